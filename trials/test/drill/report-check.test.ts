/** The drill's check of its own reports, on histories of each end. */
import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { reportProblems } from '../../drill/report-check.ts';

const arn = 'arn:aws:states:eu-central-1:123456789012:execution:drill-failover:one';
const now = '2026-10-02T13:00:00.000Z';

function historyUntil(end: HistoryEventType): HistoryEvent[] {
  const timestamp = new Date('2026-10-02T12:00:00Z');
  return [
    {
      id: 1,
      previousEventId: 0,
      timestamp,
      type: 'ExecutionStarted',
      executionStartedEventDetails: { input: '{}' },
    },
    {
      id: 2,
      previousEventId: 1,
      timestamp,
      type: 'SucceedStateEntered',
      stateEnteredEventDetails: { name: 'Nothing to do', input: '{}' },
    },
    { id: 3, previousEventId: 2, timestamp, type: end },
  ];
}

test.each<HistoryEventType>([
  'ExecutionSucceeded',
  'ExecutionFailed',
  'ExecutionTimedOut',
  'ExecutionAborted',
])('report check: report and history agree on an execution that ends with %s', (end) => {
  const execution = {
    arn,
    startedAt: 0,
    status: 'read from the events',
    events: historyUntil(end),
  };
  const problems = reportProblems([execution], now);
  expect(problems.filter((problem) => problem.includes('says of status'))).toEqual([]);
});

test('report check: an execution that still runs is not judged; one that has ended without an end is', () => {
  const events = historyUntil('ExecutionSucceeded').slice(0, 2);
  const execution = { arn, startedAt: 0, events };
  expect(reportProblems([{ ...execution, status: 'RUNNING' }], now)).toEqual([]);
  expect(reportProblems([{ ...execution, status: 'SUCCEEDED' }], now)).not.toEqual([]);
});
