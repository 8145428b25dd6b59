/**
 * Makes real histories: the state machine of this repository on the local cloud's Step Functions, with
 * the real handlers on the local cloud's EC2 and CloudWatch, in virtual time. What answers at
 * /v1/info and what the probes say is the only part that is made up, by `Rehearsed`.
 */
import { readFileSync } from 'node:fs';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  connect,
  createStepFunctions,
  type LatencyName,
  randomFrom,
  realClock,
} from '@coordinator-failover/local-cloud';
import { vi } from 'vitest';
import type { FailoverCalls } from '../../aws/calls.ts';
import { attachEni } from '../../handlers/attach-eni.ts';
import { checkInfo } from '../../handlers/check-info.ts';
import { launchStandby } from '../../handlers/launch-standby.ts';
import { recordIncident } from '../../handlers/record-incident.ts';
import { resetAlarms } from '../../handlers/reset-alarms.ts';
import { surveyCoordinators } from '../../handlers/survey-coordinators.ts';
import { terminateInstance } from '../../handlers/terminate-instance.ts';
import { confirm } from '../../workflow/decide/confirm-failure.ts';
import { readIncident } from '../../workflow/model/document.ts';
import { defaultSettings, type Settings } from '../../workflow/model/settings.ts';
import { pick } from '../../workflow/standbys/pick-standby.ts';
import { openAccount } from '../support/account.ts';
import { askIn, type Hosts, startProbes } from './rehearsal-hosts.ts';

export const executionArn =
  'arn:aws:states:eu-central-1:210987654321:execution:presto-failover:night-of-the-2nd';

export interface Rehearsed extends Hosts {
  /** Errors by function name; each call of the function takes the first one. */
  readonly failing: Map<string, Error[]>;
  /** Puts a tag on the ENI, as operators and failovers do. */
  tagAddress(key: string, value: string): Promise<void>;
  /** Lets so many seconds pass. */
  pause(seconds: number): Promise<void>;
  /** Starts an execution and lets time pass until it has ended. */
  run(input: unknown, settings?: Partial<Settings>): Promise<readonly HistoryEvent[]>;
  /** The same, stopped after so many seconds. */
  runUntil(
    input: unknown,
    seconds: number,
    stop?: { error: string; cause: string },
  ): Promise<readonly HistoryEvent[]>;
}

const startOfTheNight = '2026-10-02T03:12:00.000Z';

/** Virtual time from here on. `end()` must be called. */
export async function rehearse(
  options: { readonly coordinators?: number; readonly usableAfterMs?: number } = {},
): Promise<Rehearsed & { end(): Promise<void> }> {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
    now: new Date(startOfTheNight),
  });
  const account = await letTimePass(
    openAccount({ coordinators: options.coordinators ?? 3, latencies }),
  );
  const world: World = {
    account,
    dead: new Set(),
    failing: new Map(),
    metAt: new Map(),
    usableAfterMs: options.usableAfterMs ?? 3_500,
  };
  const stopProbes = startProbes(world);
  await pass(60);
  return {
    ...world,
    async tagAddress(Key, Value) {
      const Resources = [account.cluster.networkInterfaceId];
      await letTimePass(account.cloud.createTags({ Resources, Tags: [{ Key, Value }] }));
    },
    pause: pass,
    run: (input, settings) => letTimePass(execute(world, input, { settings })),
    runUntil: (input, stopAfterSeconds, stop) =>
      letTimePass(execute(world, input, { stopAfterSeconds, stop })),
    async end() {
      stopProbes();
      await letTimePass(account.stop());
      vi.useRealTimers();
    },
  };
}

type World = Hosts & Pick<Rehearsed, 'failing'>;

interface Course {
  readonly settings?: Partial<Settings> | undefined;
  readonly stopAfterSeconds?: number;
  readonly stop?: { readonly error: string; readonly cause: string } | undefined;
}

async function execute(world: World, input: unknown, course: Course): Promise<HistoryEvent[]> {
  const stepFunctions = createStepFunctions({
    clock: realClock,
    random: randomFrom(1),
    latencies: (name) => (name === 'stateTransition' ? 30 : 0),
    region: 'eu-central-1',
    accountId: '210987654321',
    invoke: (functionArn, event) => invoke(world, functionArn.split(':').at(-1) ?? '', event),
  });
  const client = new SFNClient({ region: 'eu-central-1' });
  connect(client, stepFunctions.service, { accessKeyId: 'LOCAL', principalArn: 'arn:aws:iam::1' });
  const { stateMachineArn } = stepFunctions.createStateMachine({
    name: 'presto-failover',
    definition: definitionFor(world, {
      ...defaultSettings,
      haCoordinatorsCount: world.account.coordinatorIds.length,
      ...course.settings,
    }),
    roleArn: 'arn:aws:iam::210987654321:role/presto-failover',
  });
  const name = 'night-of-the-2nd';
  await client.send(
    new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
  );
  if (course.stopAfterSeconds !== undefined) {
    await realClock.sleep(course.stopAfterSeconds * 1000);
    if (course.stop) await client.send(new StopExecutionCommand({ executionArn, ...course.stop }));
  } else {
    for (let waited = 0; waited < 7200; waited += 1) {
      const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') break;
      await realClock.sleep(1000);
    }
  }
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new GetExecutionHistoryCommand({
        executionArn,
        maxResults: 1000,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  await stepFunctions.stop();
  return events;
}

/** As infra fills it in. The topic is one more function here: what it gets is not the report's. */
function definitionFor(world: World, settings: Settings): string {
  const file = new URL('../../workflow/failover.asl.json', import.meta.url);
  const definition: unknown = JSON.parse(readFileSync(file, 'utf8'), (_key, value: unknown) => {
    if (value === 'SETTINGS') return settings;
    if (value === 'CLUSTER') return world.account.cluster;
    if (value === 'PUBLISH') return functionArn('publish');
    if (value === 'TOPIC') return 'arn:aws:sns:eu-central-1:210987654321:presto-failover';
    if (typeof value === 'string' && value.startsWith('FUNCTION ')) {
      return functionArn(value.replace('FUNCTION ', ''));
    }
    return value;
  });
  return JSON.stringify(definition);
}

function functionArn(name: string): string {
  return `arn:aws:lambda:eu-central-1:210987654321:function:${name}`;
}

async function invoke(world: World, name: string, event: unknown): Promise<unknown> {
  const { cloud, clock } = world.account;
  await realClock.sleep(durationsMs.get(name) ?? 100);
  const error = world.failing.get(name)?.shift();
  if (error) throw error;
  const iso = () => new Date(clock.now()).toISOString();
  const functions: Readonly<Record<string, (cloud: FailoverCalls) => unknown>> = {
    'survey-coordinators': () => surveyCoordinators(event, cloud, clock),
    'check-info': () => checkInfo(event, (target) => askIn(world, target), clock),
    'confirm-failure': () => confirm(readIncident(event), iso()),
    'pick-standby': () => pick(readIncident(event), iso()),
    'terminate-instance': () => terminateInstance(event, cloud, clock),
    'attach-eni': () => attachEni(event, cloud, clock),
    'launch-standby': () => launchStandby(event, cloud, clock),
    'reset-alarms': () => resetAlarms(event, cloud, clock),
    'record-incident': () => recordIncident(event, cloud, clock, () => {}),
    publish: () => ({ MessageId: '94f20ce6-13c5-43a0-9a9e-ca52d816e90b' }),
  };
  const run = functions[name];
  if (run === undefined) throw new Error(`The rehearsal has no function ${name}.`);
  return run(cloud);
}

const durationsMs: ReadonlyMap<string, number> = new Map([
  ['survey-coordinators', 640],
  ['check-info', 40],
  ['terminate-instance', 820],
  ['attach-eni', 410],
  ['launch-standby', 930],
]);

/** An address that takes its time is what retries are for. */
const slowOnesMs: Partial<Record<LatencyName, number>> = {
  eniForceDetach: 6_400,
  eniAttach: 900,
  runInstancesToRunning: 9_000,
  powerOff: 1_000,
};

function latencies(name: LatencyName): number {
  return slowOnesMs[name] ?? 0;
}

async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
}

/** Virtual time goes on until the work is done. */
async function letTimePass<Result>(work: Promise<Result>): Promise<Result> {
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  over.catch(() => {});
  for (let steps = 0; !isOver && steps < 2_000_000; steps += 1) {
    await vi.advanceTimersByTimeAsync(10);
  }
  return over;
}
