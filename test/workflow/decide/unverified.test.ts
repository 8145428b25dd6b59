/**
 * Certificates as evidence: a server whose certificate cannot be verified may be a stranger, or healthy while our CA
 * ever while our CA bundle is wrong. The bundle is the same for everybody who asks.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confirm } from '../../../workflow/decide/confirm-failure.ts';
import { type Answer, addressTargetName } from '../../../workflow/model/incident.ts';
import { isUnverified } from '../../../workflow/model/info.ts';
import { pick } from '../../../workflow/standbys/pick-standby.ts';
import { reconcile } from '../../../workflow/standbys/reconcile.ts';
import {
  activeId,
  answer,
  coordinator,
  decision,
  incident,
  now,
  refusal,
  type Scene,
  secondsAgo,
  silence,
  standbyId,
} from '../../support/incidents.ts';

function unverified(name: string, outcome: Answer['outcome'] = 'unknown-authority'): Answer {
  return answer(name, { outcome, ready: false, sentence: `${name} cannot be verified.` });
}

const zero = { value: 0, at: secondsAgo(2) } as const;
const nobodyVerified = [addressTargetName, activeId, standbyId].map((name) => unverified(name));
/** A standby's probe says nothing about an address that it cannot verify. */
const quietStandby = coordinator(standbyId, { reachable: null });

function decisionOn(scene: Scene) {
  return confirm(incident({ standbys: [quietStandby], answers: nobodyVerified, ...scene }), now);
}

describe('nobody could be verified: what we verify by may be wrong', () => {
  it('unverified: the outside check cannot judge, and says so', () => {
    const { evidence, rule, outcome } = decisionOn({});
    expect([rule, outcome]).toEqual(['self-report-healthy', 'healthy']);
    expect(evidence.address).toBe(
      'coordinator address cannot be verified. The same check verified no other coordinator either: ' +
        'the CA bundle, pin or name that we verify by may be wrong, so this counts against nobody.',
    );
  });

  it('unverified: the only coordinator is not judged either', () => {
    const alone = decisionOn({ standbys: [], answers: [unverified(addressTargetName)] });
    expect(alone.evidence.address).toContain('counts against nobody');
    expect(alone.outcome).toBe('healthy');
  });

  it('unverified: a host that cannot verify itself either is asked again, and then a person decides', () => {
    const asked = { decision: decision({ outcome: 'ask-again', rule: 'unsure', asks: 11 }) };
    const all0 = { active: { health: zero }, standbys: [{ ...quietStandby, health: zero }] };
    expect(decisionOn(all0)).toMatchObject({ rule: 'unsure', outcome: 'ask-again' });
    // Nobody could take over: a coordinator that is launched now may have a better certificate.
    expect(decisionOn({ ...all0, rest: asked })).toMatchObject({ outcome: 'prepare' });
  });

  it('unverified: whatever the hosts say, nobody is terminated while EC2 finds nothing wrong', () => {
    const sample = fc.constantFrom(null, zero, { value: 1, at: secondsAgo(2) } as const);
    const kinds = (
      [
        'certificate-expired',
        'certificate-not-yet-valid',
        'unknown-authority',
        'name-mismatch',
        'pin-mismatch',
        'certificate-unfit',
        'tls-failed',
        'not-tls',
        'tls-instead',
      ] as const
    ).filter(isUnverified);
    expect(kinds).toHaveLength(9);
    const property = fc.property(
      fc.record({
        health: sample,
        standbyHealth: sample,
        kind: fc.constantFrom(...kinds),
        other: fc.constantFrom(unverified, silence, refusal),
        alone: fc.boolean(),
        attachedSecondsAgo: fc.constantFrom(5, 3600),
        verifyFailed: fc.boolean(),
      }),
      ({ health, standbyHealth, kind, other, alone, attachedSecondsAgo, verifyFailed }) => {
        const found = decisionOn({
          active: { health },
          standbys: alone ? [] : [{ ...quietStandby, health: standbyHealth }],
          answers: [unverified(addressTargetName, kind), other(standbyId)],
          attachedSecondsAgo,
          rest: {
            decision: decision({ outcome: 'ask-again', isolatedSince: secondsAgo(60) }),
            ...(verifyFailed ? { verification: notVerified } : {}),
          },
        });
        expect(found.outcome, found.sentence).not.toBe('failed');
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });

  it('unverified: a coordinator that has died is replaced all the same, by the word of the hosts', () => {
    const died = incident({
      active: { health: zero },
      standbys: [quietStandby],
      answers: [refusal(addressTargetName), refusal(activeId), unverified(standbyId)],
    });
    const found = confirm(died, now);
    expect([found.rule, found.outcome]).toEqual(['dead', 'failed']);
    expect(found.evidence.readyStandbys).toEqual([standbyId]);
    expect(pick({ ...died, decision: found }, now).instanceId).toBe(standbyId);
  });

  it('unverified: a standby is not replaced as unhealthy; one whose certificate alone is bad is', () => {
    const unhealthy = coordinator(standbyId, {
      health: zero,
      lastHealthyAt: null,
      reachable: null,
    });
    const surplusWith = (answers: readonly Answer[]) => {
      const rest = { decision: decision({ rule: 'answers', outcome: 'healthy' }) };
      const given = incident({ standbys: [unhealthy], answers, rest });
      const world = { coordinators: [coordinator(activeId), unhealthy], holderId: activeId };
      return reconcile(given, world, now).surplus;
    };
    expect(surplusWith(nobodyVerified)).toEqual([]);
    expect(surplusWith([answer(addressTargetName), unverified(standbyId)])).toEqual([standbyId]);
  });

  it('unverified: a machine that is gone is replaced too: the certificates show that the path works', () => {
    const found = decisionOn({
      active: { health: { value: 1, at: secondsAgo(40) } },
      standbys: [{ ...quietStandby, reachable: zero }],
      answers: [silence(addressTargetName), silence(activeId), unverified(standbyId)],
    });
    expect([found.rule, found.outcome]).toEqual(['dead', 'failed']);
  });
});

describe('another was verified: then the certificate at the address is bad', () => {
  const answers = [unverified(addressTargetName), unverified(activeId), answer(standbyId)];

  it('unverified: the outside check has failed, which alone terminates nobody', () => {
    const { evidence, rule } = decisionOn({ answers });
    expect(evidence.address).toBe(
      `coordinator address cannot be verified. The same check verified ${standbyId}.`,
    );
    expect(rule).toBe('self-report-healthy');
    expect(decisionOn({ answers, active: { health: null } }).rule).toBe('unsure');
  });

  it('unverified: with the host as second witness it is replaced, by one that was verified', () => {
    const found = decisionOn({ answers, active: { health: zero } });
    expect([found.rule, found.outcome]).toEqual(['dead', 'failed']);
    expect(found.evidence.readyStandbys).toEqual([standbyId]);
  });

  it('unverified: an answer that is not ready proves the bundle as well, a refusal does not', () => {
    const starting = answer(standbyId, { outcome: 'starting', ready: false });
    const second = (other: Answer) =>
      decisionOn({ answers: [unverified(addressTargetName), other] }).evidence.address;
    expect(second(starting)).toContain(`The same check verified ${standbyId}.`);
    expect(second(refusal(standbyId))).toContain('verified no other coordinator');
  });

  it('unverified: a standby with a bad certificate does not take over, whatever its host says', () => {
    const { evidence } = decisionOn({
      answers: [answer(addressTargetName), unverified(standbyId)],
    });
    expect(evidence.readyStandbys).toEqual([]);
  });
});

const notVerified = {
  kind: 'not-verified',
  at: secondsAgo(2),
  sentence: '',
  attachmentId: 'eni-attach-0001',
  instanceId: activeId,
  tries: 3,
  answers: [],
  rejected: [activeId],
} as const;
