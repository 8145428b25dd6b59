import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, test } from 'vitest';
import { buildReport } from '../../report/build-report.ts';
import { addressAnswer, roleOf } from '../../report/facts/observations.ts';
import type { Report } from '../../report/report.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { executionArn, rehearse } from './rehearsal.ts';
import { alarmEvent } from './rehearsal-hosts.ts';
import { expectTrueTo } from './true-to.ts';

let world: Awaited<ReturnType<typeof rehearse>>;
afterEach(() => world.end());

const byAlice = { reason: 'kernel upgrade', by: 'alice' };

function reported(events: readonly HistoryEvent[]): Report {
  const report = buildReport({ executionArn, events, now: '2026-10-03T00:00:00.000Z' });
  expectTrueTo(report, events);
  return report;
}

async function withDeadActive(options: Parameters<typeof rehearse>[0] = {}): Promise<string[]> {
  world = await rehearse(options);
  const [activeId = '', ...others] = world.account.coordinatorIds;
  world.dead.add(activeId);
  await world.pause(6);
  return [activeId, ...others];
}

function epoch(minutesAgo: number): string {
  return String(Math.floor(Date.now() / 1000) - minutesAgo * 60);
}

describe('report of a failover', () => {
  test('report: what started it, the witnesses, the rule, and when', async () => {
    const [activeId = '', standbyId = ''] = await withDeadActive();
    const report = reported(await world.run(alarmEvent(world, 4)));
    expect(report.trigger).toMatchObject({
      kind: 'alarm',
      eventId: 1,
      alarm: { source: `the probe on ${activeId}`, name: 'presto-coordinator-active-health' },
    });
    const [observation] = report.observations;
    expect(observation?.decision).toMatchObject({ rule: 'dead', outcome: 'failed' });
    if (observation === undefined) throw new Error('There is no observation.');
    expect(addressAnswer(observation)?.sentence).toContain('refuses connections');
    const seen = observation.survey?.coordinators ?? [];
    expect(seen.map((one) => roleOf(observation, one))).toEqual(['active', 'standby', 'standby']);
    expect(seen[0]?.health).toMatchObject({ value: 0 });
    const ageMs = Date.parse(observation.survey?.at ?? '') - Date.parse(seen[0]?.health?.at ?? '');
    expect(ageMs).toBeLessThan(12_000);
    expect(seen[1]?.reachable?.value).toBe(0);
    expect(observation.when).toContain('the address fails, and the host says 0');
    expect(observation.decision?.evidence?.readyStandbys).toHaveLength(2);
    expect(report.outcome).toMatchObject({ kind: 'Failed over', from: activeId, to: standbyId });
  });

  test('report: how it was fenced, who was promoted and why not the others', async () => {
    const [activeId = '', standbyId = '', thirdId = ''] = await withDeadActive();
    const report = reported(await world.run(alarmEvent(world, 4)));
    const [fencing] = report.fencings;
    expect(fencing?.steps?.map(({ step, result }) => [step, result])).toEqual([
      ['guard', 'done'],
      ['retire', 'done'],
      ['detach', 'done'],
      ['terminate', 'done'],
    ]);
    expect(fencing).toMatchObject({ instanceId: activeId, terminated: [activeId], problems: [] });
    expect(fencing?.attachmentId).toMatch(/^eni-attach-/);
    expect(report.standbyPicks).toMatchObject([
      {
        instanceId: standbyId,
        passedOver: [
          { instanceId: activeId, why: 'it held the address when it failed' },
          { instanceId: thirdId, why: 'ready too, but launched later' },
        ],
      },
    ]);
  });

  test('report: retries, verification attempts, identity, outage', async () => {
    const [, standbyId = ''] = await withDeadActive();
    const report = reported(await world.run(alarmEvent(world, 4)));
    expect(report.failures[0]).toMatchObject({ error: 'EniNotReleased', state: 'Attach ENI' });
    expect(report.failures[0]?.outcome).toMatch(/^tried again 1 s later$/);
    expect(report.verifications.map(({ kind }) => kind)).toEqual(['again', 'again', 'verified']);
    expect(report.identity.sentence).toContain('Who answered at the address before is not in');
    expect(report.identity.sentence).toContain(`answered at ${standbyId}'s own IP before`);
    const { outage } = report;
    expect(outage.kind).toBe('over');
    expect(outage.firstBad?.at).toBe(report.trigger.alarm?.firstBadSampleAt);
    expect(outage.firstGoodAfter?.at).toBe(report.verifications.at(-1)?.at);
    expect(outage.lastBad?.at).toBe(report.verifications.at(-2)?.at);
    expect(outage.seconds).toBeGreaterThan(15);
    expect(report.moments.map(({ name }) => name)).toEqual([
      'First bad sign',
      'Alarm',
      'Execution started',
      'Confirmed',
      'Fenced',
      'Attached',
      'Verified',
      'Restored',
      'Ended',
    ]);
  });

  test('report: what was recorded, and that people were told', async () => {
    await withDeadActive();
    const [record] = reported(await world.run(alarmEvent(world, 4))).records;
    expect(record?.subject).toContain('presto');
    expect(record?.messageId).toBe('94f20ce6-13c5-43a0-9a9e-ca52d816e90b');
  });

  test('report: nobody to promote (a successor is launched and waited for)', async () => {
    const [activeId = ''] = await withDeadActive({ coordinators: 1 });
    const report = reported(await world.run({}));
    expect(report.observations[0]?.decision).toMatchObject({
      rule: 'no-successor',
      outcome: 'prepare',
    });
    expect(report.outcome).toMatchObject({ kind: 'Failed over', terminated: [activeId] });
    expect(report.outcome.launched).toEqual([report.outcome.to]);
    expect(report.missing.join(' ')).toContain('Who the person is');
  });

  test('report: a lost answer (the function is tried again, and finds its work done)', async () => {
    await withDeadActive();
    const lost = Object.assign(new Error('lost'), { name: 'Lambda.Unknown' });
    world.failing.set('terminate-instance', [lost]);
    const report = reported(await world.run(alarmEvent(world, 4)));
    expect(report.failures[0]).toMatchObject({
      state: 'Terminate instance',
      attempt: 1,
      error: 'Lambda.Unknown',
      outcome: 'tried again 1 s later',
    });
    expect(report.visits.find(({ state }) => state === 'Terminate instance')?.tries).toHaveLength(
      2,
    );
  });

  test('report: the address never becomes usable (rounds, then Failover incomplete)', async () => {
    await withDeadActive({ usableAfterMs: 3_600_000 });
    const report = reported(await world.run(alarmEvent(world, 4)));
    expect(report.outcome.kind).toBe('Failover incomplete');
    expect(report.execution).toMatchObject({ status: 'FAILED', error: 'FailoverIncomplete' });
    expect(report.outcome.headline).toBe(report.execution.cause);
    expect(report.outage).toMatchObject({ kind: 'not over', seconds: null });
    expect(report.fencings.length).toBeGreaterThan(1);
  });
});

describe('report of an execution that moved nothing', () => {
  test('report: nothing to do', async () => {
    world = await rehearse();
    const report = reported(await world.run(byAlice));
    expect(report.outcome).toMatchObject({ kind: 'Nothing to do', to: null, terminated: [] });
    expect(report.trigger.request).toMatchObject(byAlice);
    expect(report.outage).toMatchObject({ kind: 'none seen', seconds: null, firstBad: null });
    expect(report.identity.sentence).toContain('Before, the JVM');
    expect(report.fencings).toEqual([]);
  });

  test('report: waiting for an operator (with the failovers that count, and why)', async () => {
    await withDeadActive();
    await world.tagAddress(tagKeys.failovers, [30, 20, 10].map(epoch).join(' '));
    const report = reported(await world.run(alarmEvent(world, 4)));
    expect(report.outcome).toMatchObject({
      kind: 'Waiting for operator',
      rule: 'failover-limit',
      to: null,
    });
    expect(report.outcome.headline).toContain('There were 3 failovers within 60 minutes');
    expect(report.observations[0]?.survey?.address?.failovers).toHaveLength(3);
    expect(report.execution).toMatchObject({ status: 'FAILED', error: 'WaitingForOperator' });
    expect(report.failures.at(-1)).toMatchObject({
      error: 'WaitingForOperator',
      state: 'Waiting for operator',
    });
  });

  test('report: paused (by whom, and why)', async () => {
    await withDeadActive();
    const value = 'until resumed since 2026-10-02T03:00:00Z by alice: kernel upgrade';
    await world.tagAddress(tagKeys.paused, value);
    const report = reported(await world.run(alarmEvent(world, 4)));
    expect(report.outcome).toMatchObject({ kind: 'Paused', rule: 'paused', terminated: [] });
    expect(report.observations[0]?.survey?.address?.paused).toBe(value);
    expect(report.outcome.headline).toContain('by alice');
    expect(report.outage.kind).toBe('not over');
  });

  test('report: a dry run (what would have been done)', async () => {
    const [, standbyId] = await withDeadActive();
    const report = reported(await world.run({ dryRun: true }));
    expect(report.outcome).toMatchObject({ kind: 'Dry run', rule: 'dead', to: null });
    expect(report.observations[0]?.decision?.dryRun).toBe(true);
    expect(report.standbyPicks[0]?.instanceId).toBe(standbyId);
    expect([report.fencings, report.attachments]).toEqual([[], []]);
  });

  test('report: a request that was refused', async () => {
    world = await rehearse();
    const report = reported(await world.run({ force: true }));
    expect(report.outcome.kind).toBe('Refused request');
    expect(report.trigger.notes.join(' ')).toContain('"force" needs a "reason"');
  });

  test('report: AWS cannot be read at all (every try, and what came of it)', async () => {
    world = await rehearse();
    const refusal = () => Object.assign(new Error('throttled'), { name: 'TryAgain' });
    world.failing.set('survey-coordinators', [refusal(), refusal(), refusal()]);
    const report = reported(await world.run({}));
    expect(report.observations[0]?.gaps).toEqual([
      'The survey gave no answer: TryAgain, after 3 tries.',
    ]);
    expect(report.failures.map(({ outcome }) => outcome)).toEqual([
      'tried again 1 s later',
      'tried again 1 s later',
      'caught: the execution went on with "Note unread survey"',
    ]);
    expect(report.failures[0]?.message).toBe('throttled');
    expect(report.observations[0]?.decision?.rule).toBe('address-unreadable');
  });
});

describe('report of a planned move and of an execution without an end of its own', () => {
  test('report: a forced move (who asked, and an outage that begins with it)', async () => {
    world = await rehearse();
    const [activeId = '', standbyId = ''] = world.account.coordinatorIds;
    const report = reported(await world.run({ force: true, ...byAlice }));
    expect(report.outcome).toMatchObject({ kind: 'Failed over', from: activeId, to: standbyId });
    expect(report.trigger.request).toMatchObject({ ...byAlice, force: true });
    expect(report.outage.firstBad?.what).toContain(`detached from ${activeId} by this execution`);
    expect(report.outage.lastGoodBefore?.what).toContain('observation 1');
    expect(report.identity.sentence).toMatch(/^Before, the JVM .* After, the JVM /);
  });

  test('report: stopped by somebody', async () => {
    await withDeadActive();
    const stop = { error: 'Operator', cause: 'wrong cluster' };
    const report = reported(await world.runUntil(alarmEvent(world, 4), 7.3, stop));
    expect(report.outcome.kind).toBe('Stopped');
    expect(report.outcome.headline).toContain('wrong cluster');
    expect(report.failures.at(-1)?.outcome).toBe('somebody stopped the execution');
    expect(report.history.complete).toBe(true);
  });

  test('report: still running (the end is said to be missing)', async () => {
    await withDeadActive();
    const report = reported(await world.runUntil(alarmEvent(world, 4), 7.3));
    expect(report.outcome.kind).toBe('Not ended');
    expect(report.execution).toMatchObject({ status: 'RUNNING', endedAt: null, seconds: null });
    expect(report.history.gaps.join(' ')).toContain('The end is missing');
  });
});
