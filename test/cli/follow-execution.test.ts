import { expect, test } from 'vitest';
import type { OperatorCalls } from '../../aws/calls.ts';
import { status } from '../../cli/commands/status.ts';
import type { Context } from '../../cli/context.ts';
import { draw } from '../../cli/terminal/lines.ts';

/** Nothing of the cloud is there but its network interfaces. */
function contextWith(
  answers: readonly (() => Promise<object>)[],
  printed: string[],
): Context<{ readonly watch: boolean }> {
  const nowhere = { cluster: undefined, stack: undefined, region: undefined, profile: undefined };
  const controller = new AbortController();
  let observations = 0;
  const cloud = {
    region: 'local-1',
    describeNetworkInterfaces: async () => {
      const answer = answers[observations];
      observations += 1;
      if (observations === answers.length) controller.abort();
      return (await answer?.()) ?? {};
    },
  };
  return {
    options: { ...nowhere, json: false, watch: true },
    cloud: cloud as Partial<OperatorCalls> as OperatorCalls,
    now: () => Date.parse('2026-10-02T12:00:00Z'),
    rest: async () => {},
    interrupted: controller.signal,
    getInfo: async () => ({ kind: 'not-asked', detail: 'no network' }),
    userName: 'alice',
    newId: () => 'id',
    screen: {
      print: (lines) => printed.push(draw(lines, false)),
      json: () => {},
      jsonLine: () => {},
      raw: () => {},
      progress: () => {},
      clear: () => {},
    },
    writeFile: async () => {},
  };
}

const eni = async () => ({
  NetworkInterfaces: [
    {
      NetworkInterfaceId: 'eni-1',
      OwnerId: '000000000000',
      PrivateIpAddress: '10.0.0.10',
      TagSet: [{ Key: 'coordinator-failover:cluster', Value: 'presto' }],
    },
  ],
});

test('status --watch: an observation that fails is passed over with a word', async () => {
  const printed: string[] = [];
  const fails = () => Promise.reject(new Error('connection lost'));
  await status.run(contextWith([eni, fails, eni], printed));
  expect(printed.map((text) => text.split('\n')[0])).toEqual([
    'presto in local-1: DOWN  2026-10-02 12:00:00Z',
    'UNKNOWN This observation failed. Error: connection lost',
    'presto in local-1: DOWN  2026-10-02 12:00:00Z',
  ]);
});

test('status: whatever cannot be read is said, and the address is shown all the same', async () => {
  const printed: string[] = [];
  await status.run(contextWith([eni], printed));
  expect(printed[0]).toContain('DOWN     Nobody holds the address 10.0.0.10');
  expect(printed[0]).toMatch(/UNKNOWN {2}The settings could not be read\. TypeError/);
});

test('status: the first observation that fails ends it', async () => {
  const fails = () => Promise.reject(new Error('connection lost'));
  await expect(status.run(contextWith([fails], []))).rejects.toThrow('connection lost');
});
