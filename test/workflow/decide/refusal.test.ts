import { describe, expect, it } from 'vitest';
import { confirm } from '../../../workflow/decide/confirm-failure.ts';
import { addressTargetName, type Coordinator } from '../../../workflow/model/incident.ts';
import {
  activeId,
  answer,
  coordinator,
  decision,
  fencedBefore,
  incident,
  now,
  refusal,
  type Scene,
  secondsAgo,
  silence,
  standbyId,
} from '../../support/incidents.ts';

const request = { standby: standbyId, force: true, reason: 'upgrade' };

function standby(different: Partial<Coordinator>): Scene {
  return { request, standbys: [coordinator(standbyId, different)] };
}

describe('a standby that a person names', () => {
  it.each<[string, Scene, string]>([
    [
      'is not known',
      { request: { ...request, standby: 'i-0123456789abcdef0' } },
      'it is no coordinator of the cluster presto',
    ],
    ['is not ours', standby({ ours: false }), 'it is no coordinator of the cluster presto'],
    [
      'is the active',
      { request: { ...request, standby: activeId } },
      'it holds the address already',
    ],
    ['is retired', standby({ retired: 'arn:1' }), 'it is retired by arn:1'],
    ['is stopped', standby({ state: 'stopped' }), 'its instance is stopped'],
    [
      'is in another zone',
      standby({ availabilityZone: 'local-1b' }),
      'it is in local-1b, but the address is in local-1a',
    ],
    [
      'is not ready',
      { request, answers: [answer(addressTargetName), refusal(standbyId)] },
      `it is not ready (${standbyId} refuses.)`,
    ],
  ])('refusal: one that %s ends the execution with a word, and no harm', (_case, scene, why) => {
    const found = confirm(incident(scene), now);
    expect(found).toMatchObject({ rule: 'refused', outcome: 'refused' });
    expect(found.sentence).toContain(`cannot take over: ${why}.`);
  });

  it('refusal: one that is ready is not refused', () => {
    expect(confirm(incident({ request }), now).rule).toBe('requested');
  });

  it('refusal: nothing is refused while the world cannot be seen', () => {
    const found = confirm(incident({ request, survey: { coordinators: null } }), now);
    expect(found.rule).toBe('address-unreadable');
  });

  it('refusal: once the execution has fenced, the address matters more than the request', () => {
    const termination = {
      kind: 'fenced',
      at: now,
      sentence: '',
      instanceId: activeId,
      rule: 'dead',
      fenced: [activeId],
      terminated: [activeId],
      problems: [],
    } as const;
    const scene = {
      ...standby({ state: 'stopped' }),
      attachedSecondsAgo: null,
      rest: { termination },
    };
    expect(confirm(incident(scene), now).rule).toBe('vacant');
  });

  it('refusal: a fence that was not heard counts when its work is seen, and only then', () => {
    const rest = { decision: decision({ rule: 'requested' }) };
    const scene = { request: { ...request, standby: activeId }, rest };
    const outcomes = [
      { ...scene, attachedSecondsAgo: null },
      { ...scene, active: { retired: 'requested: arn:1' } },
      scene,
    ].map((one) => confirm(incident(one), now).rule);
    expect(outcomes).toEqual(['vacant', 'vacant', 'refused']);
  });
});

describe('a switchover from a coordinator that does not answer', () => {
  const switchover = { switchover: true, reason: 'upgrade', by: 'alice' };
  const failing = [refusal(addressTargetName), refusal(activeId), answer(standbyId)];
  const hostSays0 = { health: { value: 0, at: secondsAgo(2) } } as const;
  const forceIt =
    'If it has failed: coordinator-failover failover --force --reason "..." --cluster presto';

  it.each<[string, Scene, string]>([
    ['is dead', { active: hostSays0, answers: failing }, `${addressTargetName} refuses.`],
    ['is unclear', { answers: failing }, `${addressTargetName} refuses.`],
    [
      'was stopped',
      { active: { state: 'stopped' }, answers: [silence(addressTargetName), answer(standbyId)] },
      `${addressTargetName} did not answer. The same check reached ${standbyId}.`,
    ],
    [
      'holds no address: nobody does',
      { attachedSecondsAgo: null, answers: [silence(addressTargetName), answer(standbyId)] },
      `${addressTargetName} did not answer. The same check reached ${standbyId}.`,
    ],
    ['could not be asked', { answers: null }, 'The outside check gave no answer.'],
    [
      'is dead, and the standby that is asked for is ready',
      { active: hostSays0, answers: failing, request: { ...switchover, standby: standbyId } },
      `${addressTargetName} refuses.`,
    ],
    [
      'is dead, and it is paused',
      { active: hostSays0, answers: failing, address: { paused: 'until noon' } },
      `${addressTargetName} refuses.`,
    ],
    [
      'answered once, and does not any more',
      { active: hostSays0, answers: failing, rest: { decision: decision({ rule: 'requested' }) } },
      `${addressTargetName} refuses.`,
    ],
  ])('refusal: one that %s is not touched, and what to type is said', (_case, scene, why) => {
    const found = confirm(incident({ request: switchover, ...scene }), now);
    expect(found).toMatchObject({ rule: 'refused', outcome: 'refused' });
    expect(found.sentence).toBe(
      'The request is refused, and nothing is touched. A switchover needs a coordinator that works, ' +
        `but the address does not answer that it is ready. ${why} ${forceIt}`,
    );
  });

  it('refusal: the same coordinator is moved by force', () => {
    const forced = { force: true, reason: 'it is down', by: 'alice' };
    const found = confirm(incident({ request: forced, answers: failing }), now);
    expect(found).toMatchObject({ rule: 'requested', outcome: 'failed' });
  });

  it('refusal: once the execution has fenced, the address gets a coordinator', () => {
    const scene = { request: switchover, answers: failing, attachedSecondsAgo: null };
    const fenced = confirm(incident({ ...scene, rest: { termination: fencedBefore } }), now);
    expect(fenced.rule).toBe('vacant');
    const unheard = { decision: decision({ rule: 'requested' }) };
    expect(confirm(incident({ ...scene, rest: unheard }), now).rule).toBe('vacant');
  });

  it('refusal: an upgrade of one that does not answer is not refused: the rules see to it', () => {
    const scene = { request: { upgrade: true }, active: hostSays0, answers: failing };
    expect(confirm(incident(scene), now).rule).toBe('dead');
  });
});
