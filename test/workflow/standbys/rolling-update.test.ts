/** How Launch standby gets the coordinators to the cluster's launch template version. */
import { describe, expect, it } from 'vitest';
import { fencedTag, scaledInTag } from '../../../workflow/model/tags.ts';
import { reconcile } from '../../../workflow/standbys/reconcile.ts';
import {
  activeId,
  answer,
  coordinator,
  decision,
  incident,
  now,
  secondsAgo,
  standbyId,
} from '../../support/incidents.ts';
import {
  newId,
  newOne,
  old,
  oldActive,
  oldStandby,
  plan,
  thirdId,
} from '../../support/rollouts.ts';

describe('a rollout, from observation to observation', () => {
  it('rollout: one of the new version is launched beside the outdated standby, into its slot', () => {
    const found = plan({ coordinators: [oldActive, oldStandby] });
    expect(found).toMatchObject({
      kind: 'complete',
      launch: [],
      terminate: [],
      surge: { slot: 2, generation: 2 },
    });
    expect(found.sentence).toBe(
      '2 of 2 coordinators are there. The cluster is to run version 1, but ' +
        `${activeId} runs version 0, ${standbyId} runs version 0. One of version 1 is launched beside ${standbyId}.`,
    );
  });

  it('rollout: while the new one boots, nobody is scaled in and nobody else is launched', () => {
    const found = plan({ coordinators: [oldActive, oldStandby, newOne], unready: [newId] });
    expect(found).toMatchObject({ kind: 'complete', surge: null, surplus: [], launch: [] });
    expect(found.sentence).toContain(`${newId} of version 1 is not ready yet`);
  });

  it('rollout: when it is ready, the outdated standby goes after two observations, never the active', () => {
    const coordinators = [oldActive, oldStandby, newOne];
    expect(plan({ coordinators })).toMatchObject({ kind: 'observe-again', surplus: [standbyId] });
    const second = plan({ coordinators, surplusBefore: [standbyId] });
    expect(second.terminate).toEqual([{ instanceId: standbyId, why: 'surplus' }]);
    expect(second).toMatchObject({ launch: [], surge: null });
    expect(second.sentence).toContain('The active is moved by {"upgrade": true} only.');
  });

  it('rollout: an outdated active with standbys of the right version is left alone', () => {
    const found = plan({ coordinators: [oldActive, newOne], upgrade: true });
    expect(found).toMatchObject({ kind: 'complete', surge: null, surplus: [], launch: [] });
  });

  it('rollout: of several outdated standbys the oldest is replaced first, one at a time', () => {
    const older = coordinator(thirdId, { ...old, slot: 3, launchedAt: secondsAgo(9000) });
    const coordinators = [oldActive, oldStandby, older];
    expect(plan({ coordinators, wanted: 3 }).surge).toEqual({ slot: 3, generation: 2 });
    const scaling = plan({
      coordinators: [...coordinators, newOne],
      wanted: 3,
      surplusBefore: [standbyId],
    });
    expect(scaling.terminate).toEqual([{ instanceId: standbyId, why: 'surplus' }]);
    // The next one at once: what is scaled in is on its way out.
    expect(scaling.surge).toEqual({ slot: 3, generation: 2 });
  });

  it('rollout: a gap is filled first, which is one of the new version anyway', () => {
    const found = plan({ coordinators: [oldActive, oldStandby], wanted: 3 });
    expect(found).toMatchObject({ launch: [{ slot: 3, generation: 1 }], surge: null });
  });

  it('rollout: whoever does not say what it was launched from is outdated', () => {
    const silent = coordinator(standbyId, { templateVersion: null });
    const found = plan({ coordinators: [coordinator(activeId), silent] });
    expect(found.surge).toEqual({ slot: 2, generation: 2 });
    expect(found.sentence).toContain(`${standbyId} runs an unknown version`);
  });

  it('rollout: nothing of it while the address is not on a coordinator that works', () => {
    const coordinators = [oldActive, oldStandby];
    const given = incident({ survey: { coordinators }, rest: { decision: decision() } });
    expect(reconcile(given, { coordinators, holderId: activeId }, now).surge).toBeNull();
  });

  it('rollout: an old observation launches nobody beside the others, because it does not know who is ready', () => {
    const coordinators = [oldActive, oldStandby];
    const rest = { decision: decision({ rule: 'answers', outcome: 'healthy' }) };
    const given = incident({ survey: { coordinators, at: secondsAgo(3600) }, rest });
    expect(reconcile(given, { coordinators, holderId: activeId }, now).surge).toBeNull();
  });

  it('rollout: after a switchover the promoted one counts as the active, and the rollout goes on', () => {
    const coordinators = [newOne, oldStandby];
    const attachment = { kind: 'attached', instanceId: newId, unfit: [] } as never;
    const given = incident({
      survey: { coordinators },
      answers: [answer(newId), answer(standbyId)],
      rest: { attachment, verification: { kind: 'verified' } as never },
    });
    const found = reconcile(given, { coordinators, holderId: newId }, now);
    expect(found.surge).toEqual({ slot: 2, generation: 3 });
  });
});

describe('a rollout with one coordinator', () => {
  it('rollout: without being asked, the only coordinator is left as it is', () => {
    expect(plan({ coordinators: [oldActive], wanted: 1 })).toMatchObject({ surge: null });
  });

  it('rollout: for an upgrade its successor is launched beside it, into its slot', () => {
    const found = plan({ coordinators: [oldActive], wanted: 1, upgrade: true });
    expect(found.surge).toEqual({ slot: 1, generation: 2 });
  });

  it('rollout: the successor is not scaled in by the schedule while it waits for the switchover', () => {
    const found = plan({ coordinators: [oldActive, newOne], wanted: 1 });
    expect(found).toMatchObject({ kind: 'complete', surplus: [] });
  });

  it('rollout: a successor that nobody moves the address to is surplus after an hour', () => {
    const forgotten = { ...newOne, launchedAt: secondsAgo(3601) };
    expect(plan({ coordinators: [oldActive, forgotten], wanted: 1 }).surplus).toEqual([newId]);
  });
});

describe('a version that does not work', () => {
  const bad = coordinator(newId, {
    slot: 2,
    launchedAt: secondsAgo(700),
    health: { value: 0, at: secondsAgo(2) },
    lastHealthyAt: null,
  });
  const replaced = [1, 2, 3].map((number) =>
    coordinator(`i-failed${number}`, {
      state: 'terminated',
      retired: scaledInTag('not ready in time', 'arn:1', secondsAgo(600 * number)),
    }),
  );

  it('rollout: a new one that does not become ready goes, the old ones stay as they are', () => {
    const coordinators = [oldActive, oldStandby, bad];
    expect(plan({ coordinators, unready: [newId] })).toMatchObject({ surplus: [newId] });
    const second = plan({ coordinators, unready: [newId], surplusBefore: [newId] });
    // Counted as one that was not ready, so that there are not too many of them.
    expect(second.terminate).toEqual([{ instanceId: newId, why: 'not ready in time' }]);
    expect(second.surge).toEqual({ slot: 2, generation: 2 });
  });

  it('rollout: after three that failed no more are launched, and the record says what is wrong', () => {
    const found = plan({ coordinators: [oldActive, oldStandby, ...replaced] });
    expect(found).toMatchObject({ surge: null, terminate: [], surplus: [] });
    expect(found.problem?.sentence).toBe(
      'Version 1 does not work: 3 coordinators of it have failed within 60 minutes ' +
        '(i-failed1, i-failed2, i-failed3), so no more of it is launched beside the others, ' +
        'which stay as they are. Deploy a version that works.',
    );
  });

  it('rollout: the third that fails is the last one: the observation that scales it in launches no more', () => {
    const coordinators = [oldActive, oldStandby, bad, ...replaced.slice(1)];
    const found = plan({ coordinators, unready: [newId], surplusBefore: [newId] });
    expect(found.terminate).toEqual([{ instanceId: newId, why: 'not ready in time' }]);
    expect(found.surge).toBeNull();
    expect(found.problem?.sentence).toContain(
      'Version 1 does not work: 3 coordinators of it have failed',
    );
  });

  it('rollout: coordinators that end by themselves count as failed, those of another version do not', () => {
    const ended = replaced.map((one) => ({
      ...one,
      retired: null,
      launchedAt: secondsAgo(300),
    }));
    expect(plan({ coordinators: [oldActive, oldStandby, ...ended] }).problem).not.toBeNull();
    const others = ended.map((one) => ({ ...one, templateVersion: 'lt-0001:7' }));
    const found = plan({ coordinators: [oldActive, oldStandby, ...others] });
    expect(found.problem).toBeNull();
    expect(found.surge).not.toBeNull();
  });

  it('rollout: coordinators that a person moved the address off do not count as failed', () => {
    const by = (rule: 'requested' | 'dead') =>
      replaced.map((one) => ({
        ...one,
        retired: fencedTag(rule, 'arn:1', null),
        launchedAt: secondsAgo(300),
      }));
    const moved = plan({ coordinators: [oldActive, oldStandby, ...by('requested')] });
    expect(moved.problem).toBeNull();
    expect(moved.surge).not.toBeNull();
    expect(plan({ coordinators: [oldActive, oldStandby, ...by('dead')] }).problem).not.toBeNull();
  });

  it('rollout: back to the version that runs, and the one that boots is scaled in', () => {
    const booting = { ...newOne, templateVersion: 'lt-0001:2' };
    const coordinators = [coordinator(activeId), coordinator(standbyId), booting];
    const found = plan({ coordinators, unready: [newId] });
    expect(found).toMatchObject({ kind: 'observe-again', surplus: [newId], surge: null });
    expect(found.sentence).toContain(`${newId} runs version 2`);
  });

  it('rollout: back by a version of its own, and the one that boots is scaled in before the next is launched', () => {
    const booting = { ...newOne, templateVersion: 'lt-0001:2' };
    const coordinators = [oldActive, oldStandby, booting];
    const first = plan({ coordinators, unready: [newId] });
    expect(first).toMatchObject({ surplus: [newId], surge: null });
    const second = plan({ coordinators, unready: [newId], surplusBefore: [newId] });
    expect(second.terminate).toEqual([{ instanceId: newId, why: 'surplus' }]);
    expect(second.surge).toEqual({ slot: 2, generation: 3 });
  });
});

describe('HACoordinatorsCount changes', () => {
  const third = coordinator(thirdId, { slot: 3, launchedAt: secondsAgo(3600) });

  it('count: from 2 to 3 the next execution launches the third', () => {
    const coordinators = [coordinator(activeId), coordinator(standbyId)];
    expect(plan({ coordinators, wanted: 3 }).launch).toEqual([{ slot: 3, generation: 1 }]);
  });

  it('count: from 3 to 1 the standbys go, and the active stays though it is outdated', () => {
    const found = plan({ coordinators: [oldActive, oldStandby, { ...third, ...old }], wanted: 1 });
    expect([...found.surplus].sort()).toEqual([standbyId, thirdId]);
    expect(found).toMatchObject({ launch: [], surge: null });
  });

  it.each([
    ['an outdated one goes before a newer one of the right version', [oldStandby, third], []],
    [
      'an unready one of the right version goes before an outdated one that is ready',
      [coordinator(standbyId), { ...third, ...old }],
      [standbyId],
    ],
  ] as const)('count: from 3 to 2, %s', (_case, standbys, unready) => {
    const coordinators = [coordinator(activeId), ...standbys];
    expect(plan({ coordinators, unready }).surplus).toEqual([standbyId]);
  });

  it('count: from 3 to 2 while a new one boots: an outdated standby goes, the new one is waited for', () => {
    const coordinators = [oldActive, oldStandby, { ...third, ...old }, newOne];
    expect(plan({ coordinators, unready: [newId] }).surplus).toEqual([thirdId]);
  });
});
