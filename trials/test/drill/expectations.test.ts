import { describe, expect, test } from 'vitest';
import { type Facts, whatDidNotHold } from '../../drill/expectations.ts';
import type { Expectation } from '../../drill/scenarios/scenario.ts';

const takeover: Expectation = { holder: 'another', terminated: 'failed', outage: 'short' };
const nothing: Expectation = {
  holder: 'same',
  terminated: 'nobody',
  outage: 'none',
  ending: 'nothing-to-do',
};

const over = (seconds: number) =>
  ({ kind: 'over', endedAt: 1, seconds, identity: 'bbbbb' }) as const;

/** As after a takeover that went well: i-a failed, i-b took over, i-c was launched. */
const good: Facts = {
  coordinatorsWanted: 2,
  seeded: ['i-a', 'i-b'],
  addressIsThere: true,
  failed: ['i-a'],
  holder: { instanceId: 'i-b', status: 'attached', deleteOnTermination: false },
  coordinators: [
    { instanceId: 'i-b', state: 'running', ready: true, identity: 'bbbbb' },
    { instanceId: 'i-c', state: 'running', ready: true, identity: 'ccccc' },
  ],
  terminated: ['i-a'],
  bystanders: [{ instanceId: 'i-x', what: 'another cluster', before: 'same', after: 'same' }],
  outages: [over(17.3)],
  unserved: [],
  answeredBy: 'bbbbb',
  executions: [{ arn: 'arn:x:execution-1', status: 'SUCCEEDED', state: 'Failed over' }],
  alarms: [{ name: 'health', state: 'OK' }],
  told: ['presto: Coordinator moved to i-b'],
};

/** As after nothing has happened. */
const quiet: Facts = {
  ...good,
  failed: ['i-a'],
  holder: { instanceId: 'i-a', status: 'attached', deleteOnTermination: false },
  coordinators: [
    { instanceId: 'i-a', state: 'running', ready: true, identity: 'aaaaa' },
    { instanceId: 'i-b', state: 'running', ready: true, identity: 'bbbbb' },
  ],
  terminated: [],
  outages: [{ kind: 'none' }],
  answeredBy: 'aaaaa',
  executions: [{ arn: 'arn:x:execution-1', status: 'SUCCEEDED', state: 'Nothing to do' }],
};

test('expectations: a takeover that went well holds', () => {
  expect(whatDidNotHold(takeover, good)).toEqual([]);
});

test('expectations: a false alarm that went well holds', () => {
  expect(whatDidNotHold(nothing, quiet)).toEqual([]);
});

/** As after a stack was deleted: the state machine and the alarms are gone with it. */
const gone: Facts = {
  ...good,
  addressIsThere: false,
  holder: undefined,
  coordinators: [],
  terminated: ['i-a', 'i-b'],
  executions: [],
  alarms: [],
};
const deleted: Expectation = { holder: 'nobody', terminated: 'anybody', outage: 'over' };

test('expectations: a deletion that left nothing holds, and what is left is named', () => {
  expect(whatDidNotHold(deleted, gone)).toEqual([]);
  const { holder, coordinators, bystanders } = good;
  const touched = bystanders.map((one) => ({ ...one, after: 'terminated' }));
  const left = { ...gone, holder, coordinators, addressIsThere: true, bystanders: touched };
  expect(whatDidNotHold(deleted, left)).toEqual([
    'i-b is still running.',
    'i-c is still running.',
    'The address is still held by i-b.',
    'The network interface of the address is still there.',
    'i-x (another cluster) was touched: it was same, now it is terminated.',
  ]);
});

test('expectations: after an upgrade nobody of the beginning holds the address', () => {
  const upgraded: Expectation = { holder: 'launched', terminated: 'anybody', outage: 'short' };
  expect(whatDidNotHold(upgraded, good)).toEqual([
    'The address is held by i-b, but should be held by a coordinator launched since.',
  ]);
  const moved: Facts = {
    ...good,
    holder: { instanceId: 'i-c', status: 'attached', deleteOnTermination: false },
    answeredBy: 'ccccc',
  };
  expect(whatDidNotHold(upgraded, moved)).toEqual([]);
});

test('expectations: an execution that the scenario stopped may have been aborted, another one not', () => {
  const executions = [{ arn: 'arn:x:execution-1', status: 'ABORTED', state: 'Launch standby' }];
  expect(whatDidNotHold({ ...takeover, stopsExecutions: true }, { ...good, executions })).toEqual(
    [],
  );
  expect(whatDidNotHold(takeover, { ...good, executions })).toEqual([
    'Execution execution-1 ABORTED in Launch standby.',
  ]);
});

describe('expectations: each thing that does not hold is one sentence with the value', () => {
  test.each<[string, Expectation, Partial<Facts>, string]>([
    ['no holder', takeover, { holder: undefined }, 'The address is attached to nothing.'],
    [
      'the address is still moving',
      takeover,
      { holder: { instanceId: 'i-b', status: 'attaching', deleteOnTermination: false } },
      'The address is attaching, not attached.',
    ],
    [
      'the address would die with its holder',
      takeover,
      { holder: { instanceId: 'i-b', status: 'attached', deleteOnTermination: true } },
      'The address would be deleted with i-b: DeleteOnTermination is true.',
    ],
    [
      'the client is answered by somebody else',
      takeover,
      { answeredBy: 'zzzzz' },
      'The address is held by i-b (bbbbb), but the client was answered by zzzzz.',
    ],
    [
      'a launched one took over although a standby stood there',
      takeover,
      {
        holder: { instanceId: 'i-c', status: 'attached', deleteOnTermination: false },
        answeredBy: 'ccccc',
      },
      'The address is held by i-c, but should be held by a standby that stood there: i-b.',
    ],
    [
      'too few',
      takeover,
      { coordinators: good.coordinators.slice(0, 1) },
      'There are 1 coordinators, but HACoordinatorsCount is 2.',
    ],
    [
      'the restored standby is not ready',
      takeover,
      {
        coordinators: [
          ...good.coordinators.slice(0, 1),
          { instanceId: 'i-c', state: 'pending', ready: false, identity: undefined },
        ],
      },
      'i-c is pending, but its coordinator is not ready.',
    ],
    [
      'the wrong one was terminated',
      takeover,
      { terminated: ['i-a', 'i-d'] },
      'i-d was terminated, but should have been left alone.',
    ],
    [
      'the failed one lives on',
      takeover,
      { terminated: [] },
      'i-a was made to fail, but has not been terminated.',
    ],
    [
      'a bystander was touched',
      takeover,
      { bystanders: [{ instanceId: 'i-x', what: 'no tag', before: 'running', after: 'stopping' }] },
      'i-x (no tag) was touched: it was running, now it is stopping.',
    ],
    [
      'the outage is a minute',
      takeover,
      { outages: [over(60)] },
      'The outage lasted 60.0 s, but must be under 60 s.',
    ],
    [
      'the outage goes on',
      takeover,
      { outages: [{ kind: 'lasting', sinceSeconds: 300, unanswered: 'timed out' }] },
      'The address has not been served for 300.0 s: timed out.',
    ],
    [
      'nobody took over',
      takeover,
      { outages: [{ kind: 'none' }] },
      'No other coordinator has answered at the address.',
    ],
    ['nothing started', takeover, { executions: [] }, 'No execution has started.'],
    [
      'it has not ended',
      takeover,
      { executions: [{ arn: 'arn:x:e1', status: 'RUNNING', state: 'Attach ENI' }] },
      'Execution e1 has not ended: it is in Attach ENI.',
    ],
    [
      'it gave up',
      takeover,
      { executions: [{ arn: 'arn:x:e1', status: 'FAILED', state: 'Waiting for operator' }] },
      'Execution e1 FAILED in Waiting for operator.',
    ],
    [
      'the alarm is stuck',
      takeover,
      { alarms: [{ name: 'health', state: 'ALARM' }] },
      'The alarm health is stuck in ALARM: it would never fire again.',
    ],
  ])('expectations: %s', (_case, expectation, change, sentence) => {
    expect(whatDidNotHold(expectation, { ...good, ...change })).toContain(sentence);
  });

  test.each<[string, Partial<Expectation>, Partial<Facts>, string]>([
    [
      'somebody was terminated',
      {},
      { terminated: ['i-a'] },
      'i-a was terminated, but should have been left alone.',
    ],
    [
      'the client noticed',
      {},
      { unserved: [{ secondsIn: 3.21, what: 'timed out' }] },
      '1 answers were not ready although nothing was failing, the first at 3.2 s: timed out.',
    ],
    [
      'another process answers',
      {},
      { outages: [over(12)] },
      'Another process took over after 12.0 s.',
    ],
    [
      'it ended elsewhere',
      {},
      { executions: [{ arn: 'arn:x:e1', status: 'SUCCEEDED', state: 'Failed over' }] },
      'Execution e1 ended in Failed over, not in Nothing to do.',
    ],
    [
      'it did not end where it should',
      { reached: ['dry-run'] },
      {},
      'No execution ended in Dry run, but in Nothing to do.',
    ],
    [
      'people were not told',
      { told: 'PAUSED' },
      {},
      'People were not told "PAUSED", but: presto: Coordinator moved to i-b.',
    ],
    ['one too few', { leastExecutions: 2 }, {}, 'There were 1 executions, but should have been 2.'],
  ])('expectations: nothing may happen (%s)', (_case, expectation, change, sentence) => {
    expect(whatDidNotHold({ ...nothing, ...expectation }, { ...quiet, ...change })).toContain(
      sentence,
    );
  });
});

describe('expectations: what depends on the scenario', () => {
  test('expectations: an end that is the point of the scenario is no failure', () => {
    const expectation: Expectation = {
      ...takeover,
      reached: ['waiting-for-operator', 'failed-over'],
    };
    const [moved] = good.executions;
    const waitingForOperator = { arn: 'arn:x:e0', status: 'FAILED', state: 'Waiting for operator' };
    const executions = [waitingForOperator, ...(moved ? [moved] : [])];
    expect(whatDidNotHold(expectation, { ...good, executions })).toEqual([]);
    expect(whatDidNotHold(takeover, { ...good, executions })).toEqual([
      'Execution e0 FAILED in Waiting for operator.',
    ]);
  });

  test('expectations: without a hot standby a long outage is no breach', () => {
    const facts: Facts = {
      ...good,
      coordinatorsWanted: 1,
      seeded: ['i-a'],
      coordinators: good.coordinators.slice(0, 1),
      outages: [over(75)],
    };
    expect(whatDidNotHold(takeover, facts)).toEqual([]);
  });

  test('expectations: scaling in what was launched is allowed where the old one comes back', () => {
    const backAgain: Expectation = { holder: 'same', terminated: 'launched', outage: 'over' };
    const facts: Facts = {
      ...quiet,
      coordinatorsWanted: 1,
      seeded: ['i-a'],
      coordinators: [{ instanceId: 'i-a', state: 'running', ready: true, identity: 'a2a2a' }],
      answeredBy: 'a2a2a',
      outages: [over(20)],
    };
    expect(whatDidNotHold(backAgain, { ...facts, terminated: ['i-z'] })).toEqual([]);
    expect(whatDidNotHold(backAgain, { ...facts, terminated: ['i-a'] })).toContain(
      'i-a was terminated, but should have been left alone.',
    );
  });
});
