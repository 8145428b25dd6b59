import { describe, expect, it } from 'vitest';
import type {
  Answer,
  Coordinator,
  Incident,
  StandbyLaunch,
} from '../../../workflow/model/incident.ts';
import { addressTargetName } from '../../../workflow/model/incident.ts';
import { scaledInTag } from '../../../workflow/model/tags.ts';
import { reconcile } from '../../../workflow/standbys/reconcile.ts';
import { mostReplacements } from '../../../workflow/standbys/unhealthy.ts';
import {
  activeId,
  answer,
  attachmentId,
  coordinator,
  decision,
  fencedBefore,
  incident,
  lookedBefore,
  now,
  refusal,
  type Scene,
  secondsAgo,
  silence,
  standbyId,
} from '../../support/incidents.ts';

const extraId = 'i-0000000000000000c';
const healthy = decision({ rule: 'answers', outcome: 'healthy' });
const active = coordinator(activeId);
const standby = coordinator(standbyId);
const extra = coordinator(extraId, { slot: 1, generation: 2, launchedAt: secondsAgo(100) });
const unhealthy = coordinator(standbyId, {
  health: { value: 0, at: secondsAgo(2) },
  lastHealthyAt: null,
});

function plan(
  scene: Scene,
  coordinators: readonly Coordinator[],
  holderId: string | null = activeId,
) {
  const standbys = coordinators.filter(({ instanceId }) => instanceId !== activeId);
  const given = incident({ standbys, ...scene, rest: { decision: healthy, ...scene.rest } });
  return reconcile(given, { coordinators, holderId }, now);
}

describe('launch standby', () => {
  it('restoration: nothing to do when all are there', () => {
    expect(plan({}, [active, standby])).toMatchObject({
      kind: 'complete',
      launch: [],
      terminate: [],
      surplus: [],
      sentence: '2 of 2 coordinators are there.',
    });
  });

  it('restoration: an empty slot gets the generation after the highest ever seen in it', () => {
    const before = coordinator('i-old', { state: 'terminated', slot: 2, generation: 4 });
    expect(plan({}, [active, before]).launch).toEqual([{ slot: 2, generation: 5 }]);
  });

  it('restoration: a retired instance does not count, whatever its state', () => {
    const retired = coordinator(standbyId, { retired: 'arn:1' });
    expect(plan({}, [active, retired]).launch).toEqual([{ slot: 2, generation: 2 }]);
  });

  it('restoration: with a failed active and no successor, its own slot gets one', () => {
    const rest = { decision: decision({ rule: 'no-successor', outcome: 'prepare' }) };
    const found = plan({ settings: { haCoordinatorsCount: 1 }, rest }, [active]);
    expect(found.launch).toEqual([{ slot: 1, generation: 2 }]);
    const again = plan({ settings: { haCoordinatorsCount: 1 }, rest }, [active, extra]);
    expect(again.launch).toEqual([]);
  });

  it('restoration: surplus is only noted at the first observation', () => {
    const found = plan({}, [active, standby, extra]);
    expect(found).toMatchObject({ kind: 'observe-again', terminate: [], surplus: [extraId] });
  });

  it('restoration: surplus that two observations agree upon is scaled in, the newest first', () => {
    const found = plan({ rest: lookedBefore([extraId], 11) }, [active, standby, extra]);
    expect(found.terminate).toEqual([{ instanceId: extraId, why: 'surplus' }]);
    expect(found.kind).toBe('complete');
  });

  it('restoration: two observations that are closer than 10 s are one observation', () => {
    const found = plan({ rest: lookedBefore([extraId], 3) }, [active, standby, extra]);
    expect(found).toMatchObject({ kind: 'observe-again', terminate: [], surplus: [extraId] });
  });

  it('restoration: an unready one goes before a newer one that is ready', () => {
    const answers = [answer(addressTargetName), refusal(standbyId), answer(extraId)];
    expect(plan({ answers }, [active, standby, extra]).surplus).toEqual([standbyId]);
  });

  it('restoration: whom this execution has fenced is not counted, though it is still described as running', () => {
    const fenced = coordinator(fencedBefore.instanceId, { slot: 1, generation: 2 });
    const before = lookedBefore([standbyId], 12);
    const found = plan({ rest: { ...before, termination: fencedBefore } }, [
      active,
      standby,
      fenced,
    ]);
    expect(found).toMatchObject({ kind: 'complete', terminate: [], surplus: [] });
    expect(plan({ rest: before }, [active, standby, fenced]).surplus).toHaveLength(1);
  });

  it('restoration: the holder is never surplus, even when it is the newest', () => {
    const newest = coordinator(activeId, { launchedAt: secondsAgo(90) });
    const found = plan({ settings: { haCoordinatorsCount: 1 } }, [newest, standby, extra]);
    expect([...found.surplus].sort()).toEqual([standbyId, extraId]);
  });

  it('restoration: nothing is scaled in while the address is not on a coordinator that works', () => {
    const rest = { decision: decision({ rule: 'vacant', outcome: 'vacant' }) };
    expect(plan({ rest }, [active, standby, extra], null).surplus).toEqual([]);
  });

  it('restoration: a standby that never became ready is replaced after two observations', () => {
    const answers = [answer(addressTargetName), refusal(standbyId)];
    expect(plan({ answers }, [active, unhealthy])).toMatchObject({
      kind: 'observe-again',
      surplus: [standbyId],
      launch: [],
    });
    const second = plan({ answers, rest: lookedBefore([standbyId], 12) }, [active, unhealthy]);
    expect(second.terminate).toEqual([{ instanceId: standbyId, why: 'not ready in time' }]);
    expect(second.launch).toEqual([{ slot: 2, generation: 2 }]);
  });

  it('restoration: a successor that does not boot is replaced, though observations follow every 7 s', () => {
    const rest = { decision: decision({ rule: 'no-successor', outcome: 'prepare' }) };
    const answers = [refusal(addressTargetName), refusal(standbyId)];
    const before = lookedBefore([standbyId], 7).standbyLaunch as StandbyLaunch;
    const standbyLaunch = { ...before, surplusSince: { [standbyId]: secondsAgo(14) } };
    const found = plan({ answers, rest: { ...rest, standbyLaunch } }, [active, unhealthy]);
    expect(found.terminate).toEqual([{ instanceId: standbyId, why: 'not ready in time' }]);
  });

  it('restoration: what was seen as unhealthy keeps the time at which it was first seen so', () => {
    const answers = [answer(addressTargetName), refusal(standbyId)];
    const rest = lookedBefore([standbyId], 7);
    expect(plan({ answers, rest }, [active, unhealthy]).surplusSince).toEqual({
      [standbyId]: secondsAgo(7),
    });
    expect(plan({ answers }, [active, unhealthy]).surplusSince).toEqual({ [standbyId]: now });
  });

  it.each<[string, Partial<Coordinator>]>([
    [
      'it was healthy within the boot limit (a long pause is no failed boot)',
      { lastHealthyAt: secondsAgo(90) },
    ],
    ['it still has time to boot', { launchedAt: secondsAgo(300) }],
    ['its own probe says healthy', { health: { value: 1, at: secondsAgo(2) } }],
  ])('restoration: an unready standby stays when %s', (_why, different) => {
    const answers = [answer(addressTargetName), refusal(standbyId)];
    expect(plan({ answers }, [active, { ...unhealthy, ...different }]).surplus).toEqual([]);
  });

  /** Healthy by its own word, and for the whole boot limit it has not reached the address. */
  const lonely = coordinator(standbyId, {
    reachable: { value: 0, at: secondsAgo(2) },
    lastReachingAt: null,
  });
  const nobodyReachesIt = [answer(addressTargetName), silence(standbyId)];

  it('restoration: a standby that nobody reaches, and that reaches nobody, is replaced after two observations', () => {
    const first = plan({ answers: nobodyReachesIt }, [active, lonely]);
    expect(first).toMatchObject({ kind: 'observe-again', surplus: [standbyId], launch: [] });
    const rest = lookedBefore([standbyId], 12);
    const second = plan({ answers: nobodyReachesIt, rest }, [active, lonely]);
    expect(second.terminate).toEqual([{ instanceId: standbyId, why: 'reached by nobody' }]);
    expect(second.launch).toEqual([{ slot: 2, generation: 2 }]);
  });

  it.each<[string, Partial<Coordinator>, readonly Answer[]]>([
    ['it reached the address within the boot limit', { lastReachingAt: secondsAgo(540) }, []],
    ['it reaches the address now', { reachable: { value: 1, at: secondsAgo(2) } }, []],
    ['it says nothing about the address', { reachable: null }, []],
    ['the address does not answer either', {}, [refusal(addressTargetName), silence(standbyId)]],
    ['the check reaches it', {}, [answer(addressTargetName), refusal(standbyId)]],
    ['it was not asked', {}, [answer(addressTargetName)]],
  ])(
    'restoration: a standby that is healthy by its own word stays when %s',
    (_why, different, answers) => {
      const asked = answers.length > 0 ? answers : nobodyReachesIt;
      expect(plan({ answers: asked }, [active, { ...lonely, ...different }]).surplus).toEqual([]);
    },
  );

  it('restoration: the unreachable and the never ready count together against the limit', () => {
    const replaced = Array.from({ length: mostReplacements }, (_, index) =>
      coordinator(`i-replaced${index}`, {
        state: 'terminated',
        retired: scaledInTag('reached by nobody', 'arn:1', secondsAgo(600)),
      }),
    );
    const answers = nobodyReachesIt;
    expect(plan({ answers }, [active, lonely, ...replaced]).surplus).toEqual([]);
  });

  it('restoration: no more than three are replaced within the window', () => {
    const replaced = Array.from({ length: mostReplacements }, (_, index) =>
      coordinator(`i-replaced${index}`, {
        state: 'terminated',
        retired: scaledInTag('not ready in time', 'arn:1', secondsAgo(600)),
      }),
    );
    const answers = [answer(addressTargetName), refusal(standbyId)];
    expect(plan({ answers }, [active, unhealthy, ...replaced]).surplus).toEqual([]);
    expect(plan({ answers }, [active, unhealthy, ...replaced.slice(1)]).surplus).toEqual([
      standbyId,
    ]);
  });

  it('restoration: what was verified in an earlier round does not allow scaling in in this one', () => {
    const rest: Partial<Incident> = {
      decision: decision({ rule: 'no-successor', outcome: 'prepare' }),
      verification: {
        kind: 'verified',
        at: secondsAgo(60),
        sentence: '',
        attachmentId,
        instanceId: activeId,
        tries: 1,
        answers: [],
        rejected: [],
      },
    };
    const found = plan({ settings: { haCoordinatorsCount: 1 }, rest }, [active, standby, extra]);
    expect(found.surplus).toEqual([]);
  });

  it('restoration: a slot whose instances die at once is filled again every few minutes only', () => {
    const dead = [400, 300, 200].map((seconds, index) =>
      coordinator(`i-dead${index}`, {
        state: 'terminated',
        slot: 2,
        generation: index + 1,
        launchedAt: secondsAgo(seconds),
      }),
    );
    const found = plan({}, [active, ...dead]);
    expect(found.launch).toEqual([]);
    expect(found.sentence).toContain('Slot 2 waits: 3 instances ended by themselves');
    const later = dead.map((one) => ({ ...one, launchedAt: secondsAgo(301) }));
    expect(plan({}, [active, ...later]).launch).toEqual([{ slot: 2, generation: 4 }]);
    expect(plan({}, [active, ...dead.slice(1)]).launch).toEqual([{ slot: 2, generation: 4 }]);
    const ours = dead.map((one) => ({ ...one, retired: 'arn:1' }));
    expect(plan({}, [active, ...ours]).launch).toEqual([{ slot: 2, generation: 4 }]);
  });

  it('restoration: an old observation (redriven, or before a slow move) terminates nothing, it observes again', () => {
    const answers = [answer(addressTargetName), refusal(standbyId)];
    const old = { at: secondsAgo(3600) };
    const found = plan({ answers, survey: old, rest: lookedBefore([standbyId], 3590) }, [
      active,
      unhealthy,
    ]);
    expect(found).toMatchObject({ kind: 'observe-again', terminate: [], launch: [] });
  });

  it('restoration: an execution does not observe surplus for ever', () => {
    const { standbyLaunch } = lookedBefore(['i-another'], 11);
    const rest = { standbyLaunch: { ...standbyLaunch, observations: 6 } as StandbyLaunch };
    expect(plan({ rest }, [active, standby, extra]).kind).toBe('complete');
  });
});
