import type { HistoryEvent } from '@aws-sdk/client-sfn';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endOf, newestDocument } from '../../history/ends.ts';
import { findingsOf } from '../../history/findings.ts';
import { timelineOf } from '../../history/timeline.ts';
import { currentState, historyFrom } from '../../history/visits.ts';
import { entered, event, exited, failed, numbered, task } from './events.ts';

const fenced = { termination: { kind: 'fenced', instanceId: 'i-a' } };

describe('visits', () => {
  test('visits: a state with its tries, its times and its finding', () => {
    const { visits } = historyFrom(
      numbered([
        entered('Terminate instance'),
        ...failed('TryAgain'),
        { type: 'LambdaFunctionScheduled' },
        { type: 'LambdaFunctionSucceeded' },
        exited('Terminate instance', fenced),
      ]),
    );
    expect(visits).toMatchObject([
      {
        state: 'Terminate instance',
        type: 'Task',
        firstEventId: 1,
        lastEventId: 6,
        exitedId: 6,
        leftAt: '1970-01-01T00:00:05.000Z',
        path: 'termination',
        finding: fenced.termination,
        tries: [
          { error: 'TryAgain', cause: 'it broke', endedId: 3 },
          { error: null, endedId: 5 },
        ],
      },
    ]);
  });

  test('visits: after a failure that was caught there is no finding, whatever the document holds', () => {
    const { visits } = historyFrom(
      numbered([
        entered('Terminate instance'),
        ...failed('BadInput'),
        exited('Terminate instance', fenced),
      ]),
    );
    expect(visits.map(({ finding }) => finding)).toEqual([null]);
  });

  test('visits: a function that has answered has found it, though its state is not left', () => {
    const output = JSON.stringify(fenced.termination);
    const history = historyFrom(
      numbered([
        entered('Terminate instance'),
        { type: 'LambdaFunctionScheduled' },
        { type: 'LambdaFunctionSucceeded', lambdaFunctionSucceededEventDetails: { output } },
      ]),
    );
    expect(findingsOf(history, 'termination')).toMatchObject([
      { finding: { kind: 'fenced', instanceId: 'i-a' }, eventId: 3 },
    ]);
  });

  test('visits: a state whose end is missing ends where the next one begins', () => {
    const { visits } = historyFrom(numbered([entered('Grace wait'), entered('Pick standby')]));
    expect(visits.map(({ leftAt }) => leftAt)).toEqual(['1970-01-01T00:00:01.000Z', null]);
  });

  test('visits: the current state is the last one entered, in whatever order it is read', () => {
    const events = numbered([entered('Pick standby'), entered('Attach ENI')]);
    const now = { name: 'Attach ENI', since: '1970-01-01T00:00:01.000Z' };
    expect(currentState(events)).toEqual(now);
    expect(currentState(events.toReversed())).toEqual(now);
    expect(currentState([])).toBeUndefined();
  });
});

describe('ends', () => {
  test.each([
    ['ExecutionSucceeded', 'SUCCEEDED'],
    ['ExecutionFailed', 'FAILED'],
    ['ExecutionTimedOut', 'TIMED_OUT'],
    ['ExecutionAborted', 'ABORTED'],
  ] as const)('ends: %s is %s', (type, status) => {
    const history = historyFrom(numbered([event('ExecutionStarted'), event(type)]));
    expect(endOf(history)).toMatchObject({ status, at: '1970-01-01T00:00:01.000Z' });
  });

  test('ends: an execution that was continued runs', () => {
    const history = historyFrom(numbered([event('ExecutionAborted'), event('ExecutionRedriven')]));
    expect(endOf(history)).toEqual({ status: 'RUNNING', at: null, error: null, cause: null });
  });

  test('ends: the newest document that is whole', () => {
    const events = numbered([
      entered('Pick standby', { cluster: {}, decision: { rule: 'dead' } }),
      { type: 'TaskStateExited', stateExitedEventDetails: { name: 'x', output: '{"cluster": {' } },
    ]);
    expect(newestDocument(events.toReversed())).toMatchObject({ decision: { rule: 'dead' } });
    expect(newestDocument([])).toEqual({});
  });
});

describe('a history that nobody vouches for', () => {
  test('history: any events, with anything in them, are read without an error', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.constant(undefined));
    const text = fc.oneof(
      fc.json(),
      fc.string(),
      fc.constant('{"survey":{"kind":"surveyed","at":3'),
    );
    const details = fc.record(
      {
        name: fc.oneof(fc.constantFrom(...states), fc.string()),
        input: text,
        output: text,
        error: fc.string(),
        cause: text,
      },
      { requiredKeys: [] },
    );
    const anyEvent = fc.record(
      {
        id: fc.oneof(fc.nat(40), anything),
        timestamp: fc.oneof(fc.date({ noInvalidDate: false }), anything),
        type: fc.oneof(fc.constantFrom(...types), fc.string()),
        stateEnteredEventDetails: fc.oneof(details, anything),
        stateExitedEventDetails: fc.oneof(details, anything),
        lambdaFunctionSucceededEventDetails: fc.oneof(details, anything),
        lambdaFunctionFailedEventDetails: fc.oneof(details, anything),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(anyEvent), (events) => {
        const history = historyFrom(events as HistoryEvent[]);
        timelineOf(history);
        for (const path of paths) findingsOf(history, path);
        currentState(events as HistoryEvent[]);
        newestDocument(events as HistoryEvent[]);
        expect(history.given).toHaveLength(events.length);
      }),
    );
  });

  test('history: an id that is no number, and cannot become one, costs its own event only', () => {
    const events = [...numbered([entered('Attach ENI')]), { id: [{ toString: null }] }, {}];
    const history = historyFrom(events as unknown as HistoryEvent[]);
    expect(history.visits).toHaveLength(1);
    expect(currentState(events as unknown as HistoryEvent[])?.name).toBe('Attach ENI');
    expect(newestDocument(events as unknown as HistoryEvent[])).toBeDefined();
  });

  test('history: of 25,000 events, most of them tries, in one pass', () => {
    const tries = Array.from({ length: 6000 }, () => failed('TryAgain')).flat();
    const rounds = Array.from({ length: 3200 }, () => task('Terminate instance', fenced)).flat();
    const events = numbered([entered('Attach ENI'), ...tries, ...rounds]);
    expect(events.length).toBeGreaterThan(24_700);
    const history = historyFrom(events);
    expect(history.visits).toHaveLength(3201);
    expect(findingsOf(history, 'termination')).toHaveLength(3200);
  });
});

const paths = [
  'survey',
  'answers',
  'decision',
  'termination',
  'standbyPick',
  'attachment',
] as const;
const states = [
  'Survey coordinators',
  'Confirm failure',
  'Attach ENI',
  'Notify people',
  '__proto__',
];
const types = [
  'ExecutionStarted',
  'TaskStateEntered',
  'TaskStateExited',
  'LambdaFunctionScheduled',
  'LambdaFunctionSucceeded',
  'LambdaFunctionFailed',
  'ExecutionAborted',
];
