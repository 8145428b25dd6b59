import { describe, expect, it } from 'vitest';
import { verificationTargets, verify } from '../../../workflow/decide/verify-coordinator.ts';
import type { Answer, Incident } from '../../../workflow/model/incident.ts';
import { addressTargetName } from '../../../workflow/model/incident.ts';
import { answer, incident, now, refusal, silence, standbyId } from '../../support/incidents.ts';

const attachment = {
  kind: 'attached',
  at: now,
  sentence: '',
  instanceId: standbyId,
  attachmentId: 'eni-attach-0002',
  unfit: [],
} as const;

function promoted(rest: Partial<Incident> = {}): Incident {
  return incident({ rest: { attachment, ...rest } });
}

function asked(...answers: Answer[]) {
  return { kind: 'asked', at: now, answers } as const;
}

describe('verify coordinator', () => {
  it('verify: asks over the address and at the own IP of the promoted one', () => {
    expect(verificationTargets(promoted())).toEqual([
      { name: addressTargetName, host: '10.0.0.10' },
      { name: standbyId, host: '10.0.0.12' },
    ]);
  });

  it('verify: the address alone is asked when the survey is missing', () => {
    const unread = promoted({ survey: { kind: 'no-answer', error: {} } });
    expect(verificationTargets(unread)).toHaveLength(1);
  });

  it.each<[string, Answer, Answer, string]>([
    [
      'both are the same JVM',
      answer(addressTargetName, { identity: 'a' }),
      answer(standbyId, { identity: 'a' }),
      'verified',
    ],
    [
      'another JVM answers at the address',
      answer(addressTargetName, { identity: 'old' }),
      answer(standbyId, { identity: 'new' }),
      'again',
    ],
    ['the address does not answer yet', silence(addressTargetName), answer(standbyId), 'again'],
    [
      'the own IP is closed to the checker',
      answer(addressTargetName),
      silence(standbyId),
      'verified',
    ],
    [
      'the address is ready but the promoted one is not',
      answer(addressTargetName),
      refusal(standbyId),
      'again',
    ],
  ])('verify: %s', (_case, atAddress, atOwnIp, kind) => {
    expect(verify(promoted(), asked(atAddress, atOwnIp), now).kind).toBe(kind);
  });

  it('verify: after the last try it is rejected, with what was seen', () => {
    const before = verify(promoted(), asked(silence(addressTargetName)), now);
    const found = verify(
      promoted({ verification: { ...before, tries: 11 } }),
      asked(silence(addressTargetName)),
      now,
    );
    expect(found).toMatchObject({ kind: 'not-verified', tries: 12, rejected: [standbyId] });
    expect(found.sentence).toBe(
      `${standbyId} did not serve the address within 12 tries. coordinator address did not answer.`,
    );
  });

  it('verify: one that says at its own IP that it is not ready is rejected at the third try', () => {
    const dead = asked(silence(addressTargetName), refusal(standbyId));
    const first = verify(promoted(), dead, now);
    const second = verify(promoted({ verification: first }), dead, now);
    const third = verify(promoted({ verification: second }), dead, now);
    expect([first.kind, second.kind, third.kind]).toEqual(['again', 'again', 'not-verified']);
    expect(third.rejected).toEqual([standbyId]);
  });

  it('verify: the next attachment has its own tries, and remembers who was rejected', () => {
    const rejected = { ...verify(promoted(), asked(), now), tries: 12, rejected: ['i-old'] };
    const next = promoted({
      attachment: { ...attachment, attachmentId: 'eni-attach-0003' },
      verification: rejected,
    });
    expect(verify(next, asked(answer(addressTargetName)), now)).toMatchObject({
      tries: 1,
      rejected: ['i-old'],
    });
  });
});
