/**
 * One advice in four places: after whatever end by whatever rule, the message, `status`, `failover` and
 * the report tell a person to type the same commands. Each of them is asked as its reader would ask.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { OperatorCalls } from '../../aws/calls.ts';
import type { CommonOptions } from '../../cli/common-options.ts';
import { adviceLines } from '../../cli/context.ts';
import { readIncident } from '../../cli/executions/incidents.ts';
import { readArguments } from '../../cli/program.ts';
import { assess } from '../../cli/status/assess.ts';
import { readLastEnded } from '../../cli/status/observe.ts';
import { showStatus } from '../../cli/status/show-status.ts';
import { draw } from '../../cli/terminal/lines.ts';
import { renderMarkdown } from '../../report/render/markdown.ts';
import { rules } from '../../workflow/decide/rules.ts';
import { endingOf, endStates } from '../../workflow/model/ending.ts';
import type { Ending, Incident, RuleName, Undecided } from '../../workflow/model/incident.ts';
import { pausedTagValue } from '../../workflow/model/tags.ts';
import { adviceOn, commandText } from '../../workflow/notify/advice.ts';
import { recordOf } from '../../workflow/notify/message.ts';
import {
  attachmentId,
  decision,
  incident,
  now,
  secondsAgo,
  standbyId,
} from '../support/incidents.ts';
import { address, observation, read } from './observations.ts';

const executionArn = 'arn:aws:states:eu-west-1:123456789012:execution:presto-failover:by-hand-1';
const name = 'by-hand-1';

const endings = Object.keys(endStates) as Ending[];
const every = endings.flatMap((ending) =>
  rules.flatMap((rule) =>
    [false, true].map((standbysIncomplete) => ({ ending, rule: rule.name, standbysIncomplete })),
  ),
);

describe('one advice in four places', () => {
  it('advice: after every end by every rule, all four name the same commands', async () => {
    for (const end of every) {
      const document = documentEnding(end);
      expect(endingOf(document)).toBe(end.ending);
      // Where nothing was decided, no rule has.
      const rule = end.ending === 'undecided' ? null : end.rule;
      const { kind, commands: advised } = adviceOn({ ...end, rule });
      const what = JSON.stringify(end);
      const byName = advised.map((command) => commandText(command, name));
      expect(byName.length, what).toBeGreaterThan(0);
      expect(await inReport(document), `report: ${what}`).toEqual(byName);
      expect(await inFailover(document), `failover: ${what}`).toEqual(byName);
      const byArn = advised.map((command) => commandText(command, executionArn));
      expect(inMessage(document), `message: ${what}`).toEqual(byArn);
      // A reader of `status` has it before them; and where nothing is to be done, it says nothing.
      const others = kind !== 'nothing' ? byName.filter((text) => text !== 'status') : [];
      expect(await inStatus(document), `status: ${what}`).toEqual(others);
    }
  });

  it('advice: the command line takes every command that is advised', () => {
    const texts = every.flatMap((end) =>
      adviceOn(end).commands.map((command) => commandText(command, name)),
    );
    for (const text of new Set(texts)) {
      const words = text.split(' ').map((word) => word.replaceAll('"', ''));
      expect(readArguments(words), text).toMatchObject({ kind: 'run' });
    }
  });

  it.each(['TIMED_OUT', 'ABORTED'])(
    'advice: an execution that is %s has come to no end, and all but the message say so',
    async (status) => {
      const document = documentEnding({
        ending: 'paused',
        rule: 'paused',
        standbysIncomplete: false,
      });
      const events = [
        ...eventsOf(document).slice(0, 3),
        event(4, { type: status === 'ABORTED' ? 'ExecutionAborted' : 'ExecutionTimedOut' }),
      ];
      const { incident: read, report } = await readIncident(
        cloudWith(events, {}),
        { arn: executionArn },
        now,
      );
      expect(read).toMatchObject({ ending: null });
      const advised = adviceOn({ ending: null, rule: 'paused', standbysIncomplete: false });
      expect(read.advice).toEqual(advised);
      expect(report.outcome.advice).toEqual(advised);
    },
  );
});

interface End {
  readonly ending: Ending;
  readonly rule: RuleName;
  readonly standbysIncomplete: boolean;
}

const outcomes = {
  refused: 'refused',
  'waiting-for-operator': 'waiting-for-operator',
  incomplete: 'incomplete',
  'stack-deleting': 'stack-deleting',
  paused: 'paused',
  'dry-run': 'failed',
  'failed-over': 'failed',
  'nothing-to-do': 'healthy',
} as const;

const undecided: Undecided = {
  kind: 'undecided',
  outcome: 'undecided',
  dryRun: false,
  sentence: 'A function that decides has failed: BadInput',
  error: { Error: 'BadInput' },
};

/** The document of an execution that has come to that end. */
function documentEnding({ ending, rule, standbysIncomplete }: End): Incident {
  const made = incident({ address: { paused: ending === 'paused' ? pausedTag : null } });
  return {
    ...made,
    execution: { ...made.execution, id: executionArn },
    decision:
      ending === 'undecided'
        ? undecided
        : decision({ rule, outcome: outcomes[ending], dryRun: ending === 'dry-run' }),
    ...(ending === 'failed-over' ? { attachment } : {}),
    standbyLaunch: {
      kind: 'complete',
      observations: 0,
      at: now,
      sentence: '',
      launched: [],
      terminated: [],
      surplus: [],
      surplusSince: {},
      problems: standbysIncomplete ? [{ kind: 'version-fails', sentence: 'It fails.' }] : [],
    },
  };
}

const pausedTag = pausedTagValue({ until: null, since: secondsAgo(60), by: 'al', reason: 'x' });

const attachment = {
  kind: 'attached',
  at: now,
  sentence: '',
  instanceId: standbyId,
  attachmentId,
  unfit: [],
} as const;

const failing: readonly Ending[] = ['refused', 'undecided', 'waiting-for-operator', 'incomplete'];

function event(id: number, more: Partial<HistoryEvent>): HistoryEvent {
  return { id, timestamp: new Date(Date.parse(now) + id), type: undefined, ...more };
}

/** As Step Functions tells it: one observation, and the end state. */
function eventsOf(document: Incident): HistoryEvent[] {
  const ending = endingOf(document);
  const fails = failing.includes(ending);
  const [input, state] = [JSON.stringify(document), { name: endStates[ending] }];
  return [
    event(1, { type: 'ExecutionStarted', executionStartedEventDetails: { input: '{}' } }),
    event(2, {
      type: 'TaskStateEntered',
      stateEnteredEventDetails: { name: 'Confirm failure', input },
    }),
    event(3, {
      type: 'TaskStateExited',
      stateExitedEventDetails: { name: 'Confirm failure', output: input },
    }),
    event(4, {
      type: fails ? 'FailStateEntered' : 'SucceedStateEntered',
      stateEnteredEventDetails: { ...state, input },
    }),
    fails
      ? event(5, { type: 'ExecutionFailed', executionFailedEventDetails: { error: 'Some' } })
      : event(5, { type: 'ExecutionSucceeded', executionSucceededEventDetails: { output: input } }),
  ];
}

function cloudWith(events: readonly HistoryEvent[], described: object): OperatorCalls {
  const $metadata = {};
  return {
    getExecutionHistory: async () => ({ $metadata, events: [...events] }),
    describeExecution: async () => ({ $metadata, executionArn, ...described }),
  } as object as OperatorCalls;
}

function inMessage(document: Incident): string[] {
  const { message } = recordOf(document, null, now).record;
  return commandsIn(message, ' --cluster presto --region eu-west-1');
}

async function inReport(document: Incident): Promise<string[]> {
  const cloud = cloudWith(eventsOf(document), {});
  const { report } = await readIncident(cloud, { arn: executionArn }, now);
  const [, section = ''] = renderMarkdown(report).split('## What to do after it');
  return commandsIn(section.split('\n## ')[0] ?? '', ' --cluster presto --region eu-west-1');
}

const ofNoCluster: CommonOptions = {
  cluster: undefined,
  stack: undefined,
  region: undefined,
  profile: undefined,
  json: false,
};

async function inFailover(document: Incident): Promise<string[]> {
  const cloud = cloudWith(eventsOf(document), {});
  const { incident: read } = await readIncident(cloud, { arn: executionArn }, now);
  return commandsIn(draw(adviceLines({ options: ofNoCluster }, read), false), '');
}

/** What it says of the execution that ended last, and of the pause that is still on the address. */
async function inStatus(document: Incident): Promise<string[]> {
  const ending = endingOf(document);
  const status = failing.includes(ending) ? 'FAILED' : 'SUCCEEDED';
  const cloud = cloudWith(eventsOf(document), { status, output: JSON.stringify(document) });
  const times = { startedAt: secondsAgo(90), stoppedAt: secondsAgo(20) };
  const executions = [{ arn: executionArn, name, status, ...times }];
  const lastEnded = read(await readLastEnded(cloud, { executions }, Date.parse(now)));
  const paused = ending === 'paused' ? pausedTag : null;
  const seen = observation({ lastEnded, address: read({ ...address, paused }) });
  const lines = showStatus(seen, assess(seen), (text) => `coordinator-failover ${text}`);
  return commandsIn(draw(lines, false), '');
}

/** `where`: the options that say which cluster is meant. */
function commandsIn(text: string, where: string): string[] {
  const found = text.matchAll(/coordinator-failover (.+)$/gm);
  return [...found].map(([, command = '']) => {
    expect(command).toMatch(new RegExp(`${where}$`));
    return where === '' ? command : command.slice(0, -where.length);
  });
}
