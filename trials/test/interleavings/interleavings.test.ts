/**
 * Two executions of one incident, interleaved: planted bugs are found, and a replay says what happens.
 * Every interleaving with one switch runs in interleavings.slow.test.ts.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { terminateInstance } from '../../../handlers/terminate-instance.ts';
import { synthesize } from '../../../infra/stack/synthesize.ts';
import { play, undisturbedCalls } from '../../interleavings/run.ts';
import type { Schedule } from '../../interleavings/schedule.ts';
import { type HandlerPorts, handlers } from '../../simulation/functions.ts';

let template: object;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'interleavings-'));
  ({ template } = await synthesize(directory));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('interleavings: what they would find', () => {
  test('a new client token for every try: two replacements', async () => {
    const launchStandby = handlers['launch-standby'];
    let tries = 0;
    const schedule: Schedule = {
      pair: 'two observations',
      setting: 'prompt',
      kind: 'hold',
      first: { call: await callOf('RunInstances'), effect: true },
      other: null,
    };
    const broken = {
      ...handlers,
      'launch-standby': (event: unknown, ports: HandlerPorts) =>
        launchStandby?.(event, {
          ...ports,
          cloud: {
            ...ports.cloud,
            describeInstances: async (input) => {
              const answer = await ports.cloud.describeInstances(input);
              return { ...answer, Reservations: answer.Reservations?.slice(0, 1) };
            },
            runInstances: (input) => {
              tries += 1;
              return ports.cloud.runInstances({ ...input, ClientToken: `try-${tries}` });
            },
          },
        }) ?? {},
    };
    const { problems } = await play(schedule, { template, handlers: broken });
    expect(problems.join('\n')).toMatch(/coordinators were launched instead of 1/);
  });

  test('fencing whoever holds the address, without the pin: two failovers', async () => {
    const broken = {
      ...handlers,
      'terminate-instance': async (event: unknown, { cloud, clock }: HandlerPorts) => {
        const { NetworkInterfaces } = await cloud.describeNetworkInterfaces({});
        const { AttachmentId, InstanceId } = NetworkInterfaces?.[0]?.Attachment ?? {};
        const decision = { ...Reflect.get(Object(event), 'decision') };
        if (AttachmentId && InstanceId) {
          decision.pin = { attachmentId: AttachmentId, instanceId: InstanceId };
        }
        return terminateInstance({ ...Object(event), decision }, cloud, clock);
      },
    };
    const schedule: Schedule = {
      pair: 'two observations',
      setting: 'prompt',
      kind: 'hold',
      // It has looked and decided; what it does next is the fence.
      first: { call: (await callOf('DescribeInstanceStatus')) + 1, effect: false },
      other: null,
    };
    const { problems } = await play(schedule, { template, handlers: broken });
    expect(problems.join('\n')).toMatch(/Detached: .*, /);
  });
});

test('interleavings: a replay says who is held, where, and when it goes on', async () => {
  const schedule: Schedule = {
    pair: 'two observations',
    setting: 'prompt',
    kind: 'hold',
    first: { call: await callOf('DetachNetworkInterface'), effect: true },
    other: null,
  };
  const { recording } = await play(schedule, { template });
  const sentences = recording.facts.flatMap((fact) =>
    fact.kind === 'fault' ? [fact.sentence] : [],
  );
  expect(sentences).toEqual([
    expect.stringMatching(/^active i-\w+ exits$/),
    'a person: start',
    'a person: start',
    expect.stringMatching(
      /^the first is held after the effect of its call \d+, DetachNetworkInterface$/,
    ),
    'the first goes on',
  ]);
});

async function callOf(operation: string): Promise<number> {
  const calls = await undisturbedCalls(
    { pair: 'two observations', setting: 'prompt', which: 'first' },
    { template },
  );
  return calls.indexOf(operation);
}
