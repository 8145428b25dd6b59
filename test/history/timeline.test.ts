import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { type Timeline, timelineOf } from '../../history/timeline.ts';
import { historyFrom } from '../../history/visits.ts';
import { entered, event, exited, failed, numbered, task } from './events.ts';

const decision = { kind: 'decision', rule: 'dead', outcome: 'failed', sentence: 'It has failed.' };
const launched = { kind: 'complete', launched: ['i-c'], terminated: [] };

function timeline(events: readonly HistoryEvent[]): Timeline {
  return timelineOf(historyFrom(events));
}

const verify = (kind: string, seconds: number) =>
  task('Verify coordinator', { verification: { kind } }, seconds);
const attach = (seconds: number) =>
  task('Attach ENI', { attachment: { kind: 'attached' } }, seconds);

describe('timeline', () => {
  it('timeline: a failover, phase by phase', () => {
    const found = timeline(
      numbered([
        event('ExecutionStarted', 0),
        ...task('Confirm failure', { decision: { ...decision, outcome: 'ask-again' } }, 6),
        ...task('Confirm failure', { decision }, 12),
        ...task('Terminate instance', { termination: { kind: 'fenced', terminated: ['i-a'] } }, 14),
        ...attach(18),
        ...verify('again', 20),
        ...verify('verified', 22),
        ...task('Launch standby', { standbyLaunch: launched }, 24),
        event('ExecutionSucceeded', 25),
      ]),
    );
    expect(found).toEqual({
      executionStartedAt: 0,
      confirmedAt: 12_000,
      fencedAt: 14_000,
      attachedAt: 18_000,
      verifiedAt: 22_000,
      standbyRestoredAt: 24_000,
      endedAt: 25_000,
      status: 'SUCCEEDED',
      lastState: 'Launch standby',
    });
  });

  it('timeline: the attachment that counts is the one that was verified', () => {
    const found = timeline(
      numbered([
        ...attach(10),
        ...verify('not-verified', 40),
        ...attach(50),
        ...verify('verified', 52),
      ]),
    );
    expect(found).toMatchObject({ attachedAt: 50_000, verifiedAt: 52_000 });
  });

  it('timeline: a launch before the move restores nothing', () => {
    const launch = task('Launch standby', { standbyLaunch: launched }, 8);
    const found = timeline(numbered([...launch, ...attach(10), ...verify('verified', 12)]));
    expect(found.standbyRestoredAt).toBeUndefined();
  });

  it('timeline: a dry run confirms nothing', () => {
    const found = timeline(
      numbered(task('Confirm failure', { decision: { ...decision, dryRun: true } }, 5)),
    );
    expect(found.confirmedAt).toBeUndefined();
  });

  it('timeline: a failure that was caught leaves what an earlier round found', () => {
    const document = { verification: { kind: 'verified' } };
    const found = timeline(
      numbered([
        entered('Verify coordinator'),
        ...failed('TryAgain'),
        exited('Verify coordinator', document, 9),
      ]),
    );
    expect(found.verifiedAt).toBeUndefined();
  });

  it('timeline: what the history does not hold is not invented', () => {
    const found = timeline([
      ...numbered([
        event('ExecutionStarted', 0),
        ...task('Confirm failure', { decision: { ...decision, outcome: 'healthy' } }, 5),
        entered('Attach ENI'),
      ]),
      {
        id: 7,
        type: 'TaskStateExited',
        timestamp: new Date(7000),
        stateExitedEventDetails: { name: 'Attach ENI', output: '{"attachment": tru' },
      },
    ]);
    expect(found.status).toBe('RUNNING');
    const { confirmedAt, fencedAt, attachedAt, verifiedAt, endedAt } = found;
    expect([confirmedAt, fencedAt, attachedAt, verifiedAt, endedAt]).toEqual(
      Array(5).fill(undefined),
    );
  });
});
