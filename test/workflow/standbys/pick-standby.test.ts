import { describe, expect, it } from 'vitest';
import { addressTargetName, type Coordinator } from '../../../workflow/model/incident.ts';
import { fencedTag } from '../../../workflow/model/tags.ts';
import { pick } from '../../../workflow/standbys/pick-standby.ts';
import {
  activeId,
  answer,
  coordinator,
  decision,
  incident,
  now,
  refusal,
  secondsAgo,
  silence,
  standbyId,
} from '../../support/incidents.ts';

const secondId = 'i-0000000000000000c';

function dead(standbys: readonly Coordinator[], rest = {}) {
  const answers = [
    refusal(addressTargetName),
    refusal(activeId),
    ...standbys.map(({ instanceId }) => answer(instanceId)),
  ];
  return incident({ standbys, answers, rest: { decision: decision({ observation: 3 }), ...rest } });
}

describe('pick standby', () => {
  it('pick: the one that runs longest, and says why not the others', () => {
    const younger = coordinator(secondId, { launchedAt: secondsAgo(60) });
    const found = pick(dead([younger, coordinator(standbyId)]), now);
    expect(found).toMatchObject({ kind: 'picked', instanceId: standbyId, observation: 3 });
    expect(found.passedOver).toEqual([
      { instanceId: activeId, why: 'it held the address when it failed' },
      { instanceId: secondId, why: 'ready too, but launched less than 10 minutes ago' },
    ]);
    const old = coordinator(secondId, { launchedAt: secondsAgo(3600) });
    expect(pick(dead([old, coordinator(standbyId)]), now).passedOver).toContainEqual({
      instanceId: secondId,
      why: 'ready too, but launched later',
    });
  });

  /** Of version 2, where the others and the cluster of `incident()` run version 1. */
  const otherVersion = { templateVersion: 'lt-0001:2' };

  it('pick: after a failure the version of the cluster goes before an older standby, both proven', () => {
    const older = coordinator(secondId, { launchedAt: secondsAgo(9000), ...otherVersion });
    const found = pick(dead([older, coordinator(standbyId)]), now);
    expect(found.sentence).toContain(
      `${standbyId} takes over: ready, and of the cluster's launch template version`,
    );
    expect(found.passedOver).toContainEqual({
      instanceId: secondId,
      why: 'ready too, but of another launch template version than the cluster',
    });
  });

  it('pick: after a failure a version that became ready a moment ago comes after one that has proven itself', () => {
    const proven = coordinator(standbyId, otherVersion);
    const fresh = coordinator(secondId, { launchedAt: secondsAgo(90) });
    const found = pick(dead([fresh, proven]), now);
    expect(found.instanceId).toBe(standbyId);
    expect(pick(dead([fresh]), now).instanceId).toBe(secondId);
  });

  it('pick: after a failure another version that is ready goes before the right one that is not', () => {
    const other = coordinator(secondId, otherVersion);
    const given = dead([coordinator(standbyId), other]);
    const answers = [refusal(addressTargetName), refusal(standbyId), answer(secondId)];
    const asked = { kind: 'asked', at: secondsAgo(1), answers } as const;
    expect(pick({ ...given, answers: asked }, now).instanceId).toBe(secondId);
  });

  it('pick: an upgrade goes to the version of the cluster, however young', () => {
    const proven = coordinator(standbyId, otherVersion);
    const fresh = coordinator(secondId, { launchedAt: secondsAgo(90) });
    const rest = { decision: decision({ rule: 'outdated' }) };
    const found = pick(incident({ standbys: [proven, fresh], rest }), now);
    expect(found.instanceId).toBe(secondId);
  });

  it('pick: while an upgrade moves the address, whoever finds it vacant goes to the new version, too', () => {
    const standbys = [
      coordinator(standbyId, otherVersion),
      coordinator(secondId, { launchedAt: secondsAgo(90) }),
    ];
    const rest = { decision: decision({ rule: 'vacant', outcome: 'vacant', pin: null }) };
    const fencedBy = (rule: 'outdated' | 'requested' | 'dead') => {
      const active = { retired: fencedTag(rule, 'arn:another', null), state: 'shutting-down' };
      return { held: { active, standbys, rest }, free: { active, standbys, rest, ...vacant } };
    };
    const vacant = { attachedSecondsAgo: null };
    for (const scene of Object.values(fencedBy('outdated'))) {
      expect(pick(incident(scene), now).instanceId).toBe(secondId);
    }
    for (const scene of [fencedBy('requested').held, fencedBy('dead').free]) {
      expect(pick(incident(scene), now).instanceId).toBe(standbyId);
    }
  });

  it('pick: while a person has the address moved to one, whoever finds it vacant picks that one, too', () => {
    const standbys = [
      coordinator(standbyId),
      coordinator(secondId, { launchedAt: secondsAgo(60) }),
    ];
    const retired = fencedTag('requested', 'arn:another', secondId);
    const rest = { decision: decision({ rule: 'vacant', outcome: 'vacant', pin: null }) };
    const scene = { active: { retired, state: 'shutting-down' }, standbys, rest };
    const found = pick(incident(scene), now);
    expect(found.sentence).toContain(
      `${secondId} takes over: ready, and the one to which a person`,
    );
    const failed = { ...scene, active: { retired: fencedTag('dead', 'arn:1', secondId) } };
    expect(pick(incident(failed), now).instanceId).toBe(standbyId);
  });

  it('pick: the one that was asked for, and says so', () => {
    const younger = coordinator(secondId, { launchedAt: secondsAgo(60) });
    const request = { standby: secondId, by: 'alice', reason: 'bigger' };
    const found = pick({ ...dead([younger, coordinator(standbyId)]), request }, now);
    expect(found.sentence).toBe(`${secondId} takes over: ready, and asked for (alice: bigger).`);
    expect(found.passedOver).toContainEqual({
      instanceId: standbyId,
      why: 'ready too, but not asked for',
    });
  });

  it('pick: nobody in another zone, because the address cannot go there', () => {
    const elsewhere = coordinator(standbyId, { availabilityZone: 'local-1b' });
    const found = pick(dead([elsewhere]), now);
    expect(found.kind).toBe('nobody');
    expect(found.passedOver).toContainEqual({
      instanceId: standbyId,
      why: 'it is in another zone, local-1b',
    });
  });

  it('pick: the same choice in whatever order EC2 lists them', () => {
    const one = coordinator(standbyId);
    const other = coordinator(secondId);
    expect(pick(dead([one, other]), now).instanceId).toBe(standbyId);
    expect(pick(dead([other, one]), now).instanceId).toBe(standbyId);
  });

  it.each([
    ['retired', { retired: 'arn:1' }, 'retired by arn:1'],
    ['pending', { state: 'pending' }, 'its instance is pending'],
    ['of another cluster', { ours: false }, 'not tagged as a coordinator of this cluster'],
  ])('pick: never one that is %s', (_word, different, why) => {
    const found = pick(dead([coordinator(standbyId, different)]), now);
    expect(found.kind).toBe('nobody');
    expect(found.passedOver).toContainEqual({ instanceId: standbyId, why });
  });

  it('pick: never one that is not ready, and it says what it answered', () => {
    const answers = [refusal(addressTargetName), refusal(standbyId)];
    const found = pick(incident({ answers, rest: { decision: decision() } }), now);
    expect(found).toMatchObject({ kind: 'nobody', instanceId: null });
    expect(found.passedOver.at(-1)?.why).toBe(`not ready: ${standbyId} refuses.`);
  });

  it('pick: by its own word where the checker reached nobody, if that is fresh', () => {
    const answers = [silence(addressTargetName), silence(standbyId)];
    const fresh = incident({ answers, rest: { decision: decision() } });
    expect(pick(fresh, now).instanceId).toBe(standbyId);
    const health = { value: 1, at: secondsAgo(20) } as const;
    const old = incident({
      answers,
      standbys: [coordinator(standbyId, { health })],
      rest: { decision: decision() },
    });
    expect(pick(old, now).kind).toBe('nobody');
  });

  it('pick: never one that did not verify, or could not take the address, in this execution', () => {
    const rejected = {
      kind: 'none',
      tries: 12,
      rejected: [standbyId],
      attachmentId: 'x',
    };
    const unverified = dead([coordinator(standbyId)], { verification: rejected });
    expect(pick(unverified, now).passedOver.at(-1)?.why).toBe('it did not verify just now');
    const unfit = dead([coordinator(standbyId)], {
      attachment: { kind: 'unfit', unfit: [standbyId] },
    });
    expect(pick(unfit, now).passedOver.at(-1)?.why).toBe('the ENI could not be attached to it');
  });

  it('pick: one that was picked before in this execution comes after the others', () => {
    const both = [coordinator(standbyId), coordinator(secondId, { launchedAt: secondsAgo(60) })];
    const given = incident({
      standbys: both,
      answers: [refusal(addressTargetName), answer(standbyId), answer(secondId)],
      rest: { decision: decision() },
    });
    const first = pick(given, now);
    expect(first).toMatchObject({ instanceId: standbyId, tried: [standbyId] });
    const second = pick({ ...given, standbyPick: first }, now);
    expect(second).toMatchObject({ instanceId: secondId, tried: [standbyId, secondId] });
    expect(second.passedOver.at(-1)).toEqual({
      instanceId: standbyId,
      why: 'ready too, but it was tried before in this execution',
    });
    const alone = { ...given, standbyPick: { ...second, tried: [standbyId, secondId, secondId] } };
    expect(pick(alone, now).instanceId).toBe(standbyId);
  });

  it('pick: nobody from an observation that is too old: the next one decides', () => {
    const given = dead([coordinator(standbyId)]);
    const survey = { ...given.survey, at: secondsAgo(3600) } as typeof given.survey;
    expect(pick({ ...given, survey }, now).kind).toBe('nobody');
  });
});
