import { describe, expect, it } from 'vitest';
import { confirm } from '../../workflow/confirmation.ts';
import { addressTargetName, type Coordinator } from '../../workflow/incident.ts';
import {
  activeId,
  answer,
  coordinator,
  incident,
  now,
  refusal,
  type Scene,
  standbyId,
  verdict,
} from '../support/incidents.ts';

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
    ['is condemned', standby({ condemned: 'arn:1' }), 'it is condemned by arn:1'],
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
    expect(confirm(incident({ request }), now).rule).toBe('forced');
  });

  it('refusal: nothing is refused while the world cannot be seen', () => {
    const found = confirm(incident({ request, survey: { coordinators: null } }), now);
    expect(found.rule).toBe('blind');
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
    const rest = { verdict: verdict({ rule: 'forced' }) };
    const scene = { request: { ...request, standby: activeId }, rest };
    const outcomes = [
      { ...scene, attachedSecondsAgo: null },
      { ...scene, active: { condemned: 'forced: arn:1' } },
      scene,
    ].map((one) => confirm(incident(one), now).rule);
    expect(outcomes).toEqual(['vacant', 'vacant', 'refused']);
  });
});
