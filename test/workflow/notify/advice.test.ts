/** The advice is true: what it tells a person to type changes what is decided, and nothing else does. */
import { describe, expect, it } from 'vitest';
import { confirm } from '../../../workflow/decide/confirm-failure.ts';
import { endingOf } from '../../../workflow/model/ending.ts';
import {
  addressTargetName,
  type Decision,
  type Incident,
  type RuleName,
} from '../../../workflow/model/incident.ts';
import { acknowledgedTagValue, pausedTagValue } from '../../../workflow/model/tags.ts';
import { adviceOn, leadingCommand } from '../../../workflow/notify/advice.ts';
import {
  activeId,
  answer,
  cluster,
  coordinator,
  decision,
  incident,
  now,
  refusal,
  type Scene,
  secondsAgo,
  silence,
  standbyId,
} from '../../support/incidents.ts';

const who = { by: 'alice', reason: 'seen' };
const paused = pausedTagValue({ until: null, since: secondsAgo(600), ...who });
const failovers = [60, 600, 1200].map(secondsAgo);
const timedOut = [silence(addressTargetName), silence(activeId), answer(standbyId)];
const dead: Scene = {
  active: { health: { value: 0, at: secondsAgo(2) } },
  answers: [refusal(addressTargetName), refusal(activeId), answer(standbyId)],
};
const silent: Scene = { active: { health: { value: 1, at: secondsAgo(60) } }, answers: timedOut };
const cutOff: Scene = {
  standbys: [coordinator(standbyId, { reachable: { value: 0, at: secondsAgo(3) } })],
  answers: timedOut,
  rest: { decision: decision({ outcome: 'ask-again', isolatedSince: secondsAgo(21) }) },
};
const asked = { rest: { decision: decision({ outcome: 'ask-again', asks: 99 }) } };

const acknowledge = 'acknowledge --reason "..."';
const move = 'failover --force --reason "..."';

/** What a person may type, as the next execution finds it. */
const typed: Readonly<Record<string, Scene>> = {
  [acknowledge]: { address: { acknowledged: acknowledgedTagValue({ at: now, ...who }) } },
  [move]: { request: { force: true, ...who } },
  resume: { address: { paused: null } },
};

interface Case {
  readonly scene: Scene;
  /** What the next execution sees, where that is not the same. */
  readonly next?: Scene;
  readonly kept?: true;
  readonly rule: RuleName;
  /** Of `typed`: after which the address is moved. */
  readonly works: readonly string[];
  readonly advised: string;
}

const cases: readonly (readonly [string, Case])[] = [
  [
    'waiting for an operator by the failover limit',
    {
      scene: { ...dead, address: { failovers } },
      rule: 'failover-limit',
      works: [acknowledge, move],
      advised: acknowledge,
    },
  ],
  [
    'waiting for an operator because the node is kept',
    { scene: dead, kept: true, rule: 'node-kept', works: [move], advised: move },
  ],
  [
    'waiting for an operator because the node is kept, and after too many failovers',
    {
      scene: { ...dead, address: { failovers } },
      kept: true,
      rule: 'node-kept',
      works: [move],
      advised: move,
    },
  ],
  [
    'waiting for an operator because the evidence stayed unclear',
    {
      scene: { ...silent, ...asked },
      next: silent,
      rule: 'unsure',
      works: [move],
      advised: move,
    },
  ],
  [
    'waiting for an operator because nobody reaches it and the limit is reached',
    {
      scene: { ...cutOff, address: { failovers } },
      rule: 'isolated',
      works: [acknowledge, move],
      advised: move,
    },
  ],
  [
    'waiting for an operator because the address cannot be read',
    {
      scene: { survey: { address: null }, ...asked },
      next: { survey: { address: null } },
      rule: 'address-unreadable',
      works: [],
      advised: 'doctor',
    },
  ],
  [
    'paused',
    {
      scene: { ...dead, address: { paused } },
      rule: 'paused',
      works: [move, 'resume'],
      advised: 'resume',
    },
  ],
];

describe('what an operator should do', () => {
  it.each(cases)('advice: %s', (_what, { scene, next = scene, kept, rule, works, advised }) => {
    const ended = documentOf(scene, kept);
    const found = decide(ended);
    expect(found.rule).toBe(rule);
    const ending = endingOf({ ...ended, decision: found });
    const advice = adviceOn({ ending, rule: found.rule, standbysIncomplete: false });
    expect(leadingCommand(advice)).toBe(advised);
    const moving = Object.entries(typed).filter(([, change]) => {
      const address = { ...next.address, ...change.address };
      return decide(documentOf({ ...next, ...change, address }, kept)).outcome === 'failed';
    });
    expect(moving.map(([command]) => command)).toEqual(works);
    const acting = advice.commands.map((_command, index) =>
      leadingCommand({ ...advice, commands: advice.commands.slice(index, index + 1) }),
    );
    for (const command of acting.filter((text) => text in typed)) expect(works).toContain(command);
  });

  it('advice: the sentence of the rule "kept" names the command that is advised after it', () => {
    const { sentence } = decide(documentOf(dead, true));
    const advice = adviceOn({
      ending: 'waiting-for-operator',
      rule: 'node-kept',
      standbysIncomplete: false,
    });
    expect(sentence).toContain(`coordinator-failover ${leadingCommand(advice)}`);
  });

  it.each(['of-a-later-version', 'constructor', null])(
    'advice: after a rule %j that is not known here, it is that of the ending',
    (rule) => {
      const advice = adviceOn({ ending: 'waiting-for-operator', rule, standbysIncomplete: false });
      expect(leadingCommand(advice)).toBe(move);
    },
  );
});

function documentOf(scene: Scene, kept: true | undefined): Incident {
  const made = incident(scene);
  return kept ? { ...made, cluster: { ...cluster, keepCoordinatorNode: 'yes' } } : made;
}

function decide(document: Incident): Decision {
  return confirm(document, now);
}
