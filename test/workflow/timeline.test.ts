import { describe, expect, it } from 'vitest';
import { type HistoryEvent, readTimeline } from '../../workflow/timeline.ts';

function exited(name: string, seconds: number, document: object): HistoryEvent {
  return {
    type: 'TaskStateExited',
    timestamp: new Date(seconds * 1000),
    stateExitedEventDetails: { name, output: JSON.stringify(document) },
  };
}

function event(type: string, seconds: number): HistoryEvent {
  return { type, timestamp: new Date(seconds * 1000) };
}

const verdict = { rule: 'dead', outcome: 'failed', sentence: 'It has failed.' };

describe('timeline', () => {
  it('timeline: a failover, phase by phase', () => {
    const found = readTimeline([
      event('ExecutionStarted', 0),
      exited('Confirm failure', 6, { verdict: { ...verdict, outcome: 'ask-again' } }),
      exited('Confirm failure', 12, { verdict }),
      exited('Terminate instance', 14, {
        termination: { kind: 'fenced', terminated: ['i-a'] },
      }),
      exited('Attach ENI', 18, { attachment: { kind: 'attached' } }),
      exited('Verify coordinator', 20, { verification: { kind: 'again' } }),
      exited('Verify coordinator', 22, { verification: { kind: 'verified' } }),
      exited('Launch standby', 24, { restoration: { launched: ['i-c'], terminated: [] } }),
      event('ExecutionSucceeded', 25),
    ]);
    expect(found).toMatchObject({
      executionStartedAt: 0,
      confirmedAt: 12_000,
      fencedAt: 14_000,
      attachedAt: 18_000,
      verifiedAt: 22_000,
      standbyRestoredAt: 24_000,
      endedAt: 25_000,
      status: 'SUCCEEDED',
      terminated: ['i-a'],
      launched: ['i-c'],
    });
    expect(found.verdicts.map(({ outcome }) => outcome)).toEqual(['ask-again', 'failed']);
  });

  it('timeline: the attachment that counts is the one that was verified', () => {
    const found = readTimeline([
      exited('Attach ENI', 10, { attachment: { kind: 'attached' } }),
      exited('Verify coordinator', 40, { verification: { kind: 'not-verified' } }),
      exited('Attach ENI', 50, { attachment: { kind: 'attached' } }),
      exited('Verify coordinator', 52, { verification: { kind: 'verified' } }),
    ]);
    expect(found).toMatchObject({ attachedAt: 50_000, verifiedAt: 52_000 });
  });

  it('timeline: what the history does not hold is not invented', () => {
    const found = readTimeline([
      event('ExecutionStarted', 0),
      exited('Confirm failure', 5, { verdict: { ...verdict, outcome: 'healthy' } }),
      { type: 'PassStateExited', stateExitedEventDetails: { name: 'Attach ENI', output: '{}' } },
      {
        type: 'TaskStateExited',
        timestamp: new Date(7000),
        stateExitedEventDetails: { name: 'Attach ENI', output: '{"attachment": tru' },
      },
    ]);
    expect(found.status).toBe('RUNNING');
    for (const phase of ['confirmedAt', 'fencedAt', 'attachedAt', 'verifiedAt', 'endedAt']) {
      expect(found).not.toHaveProperty(phase);
    }
  });
});
