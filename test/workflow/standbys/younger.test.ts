/** An execution that began before a deployment, and coordinators that are younger than it is. */
import { describe, expect, it } from 'vitest';
import { activeId, coordinator, secondsAgo, standbyId } from '../../support/incidents.ts';
import { newId, plan, thirdId } from '../../support/rollouts.ts';

describe('an execution that began before a deployment', () => {
  // It knows version 1 and two coordinators; it began 8 s ago.
  const newer = coordinator(newId, {
    slot: 2,
    generation: 2,
    templateVersion: 'lt-0001:2',
    launchedAt: secondsAgo(5),
  });
  const both = [coordinator(activeId), coordinator(standbyId)];

  it('rollout: it scales in nobody, neither the newer one nor one that the newer one replaces', () => {
    for (const unready of [[newId], [standbyId], []]) {
      const coordinators = [...both, newer];
      const found = plan({ coordinators, unready, surplusBefore: [newId, standbyId] });
      expect(found).toMatchObject({ terminate: [], surplus: [] });
    }
    const older = { ...newer, launchedAt: secondsAgo(9) };
    const found = plan({ coordinators: [...both, older], unready: [newId] });
    expect(found.surplus).toEqual([newId]);
  });

  it('rollout: it does not scale in one more that a later deployment asked for', () => {
    const third = coordinator(thirdId, { slot: 3, launchedAt: secondsAgo(5) });
    const found = plan({ coordinators: [...both, third], surplusBefore: [thirdId] });
    expect(found).toMatchObject({ terminate: [], surplus: [] });
  });

  it('rollout: it does not take the cluster back to the version that it knows', () => {
    const coordinators = [coordinator(activeId, { templateVersion: 'lt-0001:2' }), newer];
    const found = plan({ coordinators });
    expect(found).toMatchObject({ launch: [], surge: null, terminate: [], problem: null });
    expect(found.sentence).toContain(
      `${newId} was launched after this execution began, so this execution leaves the version to a later one.`,
    );
  });
});
