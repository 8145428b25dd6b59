/**
 * A cluster in virtual time, on a template of which something may be missing, and everything that an
 * operator could read about it: deployment, executions, logs, traces, dead letters, alarms' histories.
 */

import type { ListExecutionsOutput } from '@aws-sdk/client-sfn';
import { dispatch, type Service } from '@coordinator-failover/local-cloud';
import type { LogEntry } from '../../handlers/entry.ts';
import { recordIncident } from '../../handlers/record-incident.ts';
import { type Faults, noFaults } from '../../trials/simulation/faults.ts';
import { handlers } from '../../trials/simulation/functions.ts';
import { scheduleFaults } from '../../trials/simulation/stage.ts';
import { createVirtualTime, installFakeTimers } from '../../trials/simulation/virtual-time.ts';
import { openWorld, type SimulatedCluster } from '../../trials/simulation/world.ts';
import { stackOperationMachineOf, withStackOperations } from './stack-operations.ts';

export interface Play {
  readonly faults?: Partial<Faults>;
  /** Of the stack. @default its own defaults */
  readonly parameters?: Readonly<Record<string, string>>;
  /** How late every event is delivered. @default no later than it takes */
  readonly eventsLateMs?: number;
  /** How long the play lasts. */
  readonly seconds: number;
  /** Sets the stage, before anything happens. */
  readonly begin?: (world: SimulatedCluster) => Promise<void> | void;
  /** What else is wrong at the end; a sentence each. */
  readonly end?: (world: SimulatedCluster) => Promise<string[]> | string[];
}

const startMs = Date.UTC(2026, 9, 2, 12, 0, 0);

/** Whatever a test does on a cluster on which nothing happens. */
export async function onStage(
  template: object,
  act: (world: SimulatedCluster) => Promise<void>,
): Promise<void> {
  const time = createVirtualTime(startMs);
  const restore = installFakeTimers(time);
  try {
    await act(await openWorld({ template, faults: noFaults, time }));
  } finally {
    restore();
  }
}

/** Who was refused what, in the words that an operator reads, and what `end` found. */
export async function problemsOf(template: object, play: Play): Promise<string[]> {
  const time = createVirtualTime(startMs);
  const restore = installFakeTimers(time);
  const written: string[] = [];
  let opened: SimulatedCluster | undefined;
  try {
    const faults = { ...noFaults, ...play.faults };
    const { eventsLateMs } = play;
    const world = await openWorld({
      template: withDefaults(template, play.parameters ?? {}),
      faults,
      time,
      handlers: withStackOperations(
        {
          ...handlers,
          'record-incident': (event, { cloud, clock }) =>
            recordIncident(event, cloud, clock, (entry) => written.push(warningIn(entry))),
        },
        () => {
          if (opened === undefined) throw new Error('A function ran before the world was there.');
          return opened;
        },
        written,
      ),
      onProbeLog: (event, fields) => void written.push(`${event} ${JSON.stringify(fields)}`),
      ...(eventsLateMs === undefined ? {} : { deliveries: () => [eventsLateMs] }),
    }).catch((error: unknown) => String(error));
    if (typeof world === 'string') return refusalsIn([world]);
    opened = world;
    await play.begin?.(world);
    scheduleFaults(world);
    await time.run(
      () => false,
      () => startMs + play.seconds * 1000,
    );
    const seen = refusalsIn([...written, ...(await readableIn(world))]);
    return [...seen, ...((await play.end?.(world)) ?? [])];
  } finally {
    restore();
  }
}

function withDefaults(template: object, values: Readonly<Record<string, string>>): object {
  const { Parameters: parameters } = template as { Parameters: Record<string, object> };
  const given = Object.entries(values).map(([name, Default]) => {
    return [name, { ...parameters[name], Default }];
  });
  return { ...template, Parameters: { ...parameters, ...Object.fromEntries(given) } };
}

/** The incident's record holds the findings: those are read in the execution itself. */
function warningIn(entry: LogEntry): string {
  return entry.level === 'WARN' ? JSON.stringify(entry) : '';
}

async function readableIn(world: SimulatedCluster): Promise<string[]> {
  const { stepFunctions, cloudWatch, functions, eventBus, resources, stateMachineArn } =
    world.deployment;
  const histories = await Promise.all(
    [stateMachineArn, stackOperationMachineOf(world)].map((arn) =>
      historiesOf(stepFunctions.service, arn),
    ),
  );
  const alarms = await ask(cloudWatch.service, 'DescribeAlarmHistory', {});
  const queues = [...resources.values()].filter(({ type }) => type === 'AWS::SQS::Queue');
  const letters = queues.flatMap(({ physicalId }) => {
    const name = physicalId.split('/').at(-1) ?? '';
    return eventBus.deadLetters(`arn:aws:sqs:eu-central-1:123456789012:${name}`);
  });
  return [
    ...histories.flat().map((history) => JSON.stringify(history)),
    JSON.stringify(alarms),
    ...letters.map(({ reason }) => reason),
    ...eventBus.lostLetters().map(({ refusal }) => refusal),
    ...functions.lostLogs().map(({ refusal }) => refusal),
    ...stepFunctions.traces().map(({ lost }) => lost ?? ''),
  ];
}

async function historiesOf(service: Service, stateMachineArn: string): Promise<object[]> {
  const listed = await ask(service, 'ListExecutions', { stateMachineArn, maxResults: 1_000 });
  return Promise.all(
    ((listed as ListExecutionsOutput).executions ?? []).map(({ executionArn }) =>
      ask(service, 'GetExecutionHistory', { executionArn, maxResults: 25_000 }),
    ),
  );
}

function ask(service: Service, operation: string, input: object): Promise<object> {
  return dispatch(service, operation, input, {
    accessKeyId: 'AUDITOR',
    principalArn: 'arn:aws:iam::123456789012:root',
  });
}

/** Each refusal once, by its action and what it was about. */
function refusalsIn(texts: readonly string[]): string[] {
  const found = texts.flatMap((text) => [
    ...text.matchAll(/is not authorized to perform: \w+:\w+(?: on resource: [\w:/*.,$-]+)?/g),
  ]);
  return [...new Set(found.map(([refusal]) => refusal))];
}
