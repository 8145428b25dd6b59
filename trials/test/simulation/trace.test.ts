import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { noFaults } from '../../simulation/faults.ts';
import type { Fact, Recording } from '../../simulation/recording.ts';
import { traceOf } from '../../simulation/trace.ts';

const arn = 'arn:of:it';
const state = (atMs: number, name: string): Fact => ({
  kind: 'state',
  atMs,
  executionArn: arn,
  name,
});
const call = (atMs: number) =>
  ({ kind: 'call', atMs, executionArn: arn, operation: 'Attach', input: {} }) as Fact;
const event = (type: HistoryEvent['type'], ms: number, details: object = {}) =>
  ({ type, timestamp: new Date(ms), ...details }) as HistoryEvent;
const said = (ms: number, finding: object) =>
  event('LambdaFunctionSucceeded', ms, {
    lambdaFunctionSucceededEventDetails: { output: JSON.stringify(finding) },
  });

function recorded(facts: readonly Fact[], history: readonly HistoryEvent[]): Recording {
  return { startedAtMs: 0, facts, executions: [{ arn, history }] } as unknown as Recording;
}

test('trace: what a function said stands after its calls and before the next state', () => {
  const facts = [state(1000.1, 'Attach ENI'), call(1000.5), state(1000.7, 'Verify'), call(2000.2)];
  const history = [
    event('TaskStateEntered', 1000),
    said(1000, { sentence: 'It is attached.' }),
    event('TaskStateEntered', 1000),
    said(1999, { rule: 'answers', sentence: 'It answers.' }),
  ];
  expect(traceOf(recorded(facts, history)).split('\n')).toEqual([
    '    1.00 s  execution 0: Attach ENI',
    '    1.00 s  execution 0:   Attach {}',
    '    1.00 s  execution 0:   "It is attached."',
    '    1.00 s  execution 0: Verify',
    '    2.00 s  execution 0:   "answers: It answers."',
    '    2.00 s  execution 0:   Attach {}',
  ]);
});

test('trace: it says what an execution was begun with', () => {
  const detail = { alarmName: 'active-health' };
  const input = JSON.stringify({ id: '1', 'detail-type': 'CloudWatch Alarm State Change', detail });
  const began = (given: string) =>
    traceOf(
      recorded(
        [],
        [event('ExecutionStarted', 5, { executionStartedEventDetails: { input: given } })],
      ),
    );
  expect(began(input)).toContain(
    'execution 0: begins with CloudWatch Alarm State Change {"alarmName":"active-health"}',
  );
  expect(began('{"force":true}')).toContain('execution 0: begins with {"force":true}');
});

test('trace: faults of AWS and of the functions are told when they begin', () => {
  const faults = {
    ...noFaults,
    functions: [
      { kind: 'reaches nobody', name: 'any', share: 1, fromSeconds: 20, forSeconds: 115 },
    ] as const,
    clocks: [{ whose: 'functions', aheadSeconds: 3 }] as const,
  };
  expect(traceOf(recorded([], []), faults).split('\n')).toEqual([
    '    0.00 s  ! clocks: {"whose":"functions","aheadSeconds":3}',
    '   20.00 s  ! from now on, functions: {"kind":"reaches nobody","name":"any","share":1,"forSeconds":115}',
  ]);
});
