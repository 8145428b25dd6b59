/** Evidence at random: what the rules must never do, whatever is seen. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confirm } from '../../../workflow/decide/confirm-failure.ts';
import { addressTargetName, type Coordinator } from '../../../workflow/model/incident.ts';
import {
  answer,
  coordinator,
  incident,
  now,
  refusal,
  secondsAgo,
  silence,
  standbyId,
} from '../../support/incidents.ts';

describe('the rules', () => {
  it('rules: no evidence but two witnesses gets a running coordinator terminated', () => {
    const sample = fc.constantFrom<Coordinator['health']>(
      null,
      { value: 0, at: secondsAgo(2) },
      { value: 1, at: secondsAgo(2) },
      { value: 0, at: secondsAgo(60) },
      { value: 1, at: secondsAgo(60) },
    );
    const replies = fc.constantFrom(answer, refusal, silence, unverified);
    fc.assert(
      fc.property(
        fc.record({
          health: sample,
          standbyHealth: sample,
          reachable: sample,
          address: replies,
          standby: replies,
          samplesRead: fc.boolean(),
          impaired: fc.boolean(),
        }),
        (drawn) => {
          const found = confirm(
            incident({
              active: { health: drawn.health, statusChecks: drawn.impaired ? 'impaired' : 'ok' },
              standbys: [
                coordinator(standbyId, { health: drawn.standbyHealth, reachable: drawn.reachable }),
              ],
              answers: [drawn.address(addressTargetName), drawn.standby(standbyId)],
              survey: { samplesRead: drawn.samplesRead },
            }),
            now,
          );
          if (found.outcome !== 'failed') return;
          const outside =
            drawn.address === refusal ||
            (drawn.address === silence && drawn.standby !== silence) ||
            (drawn.address === unverified && drawn.standby === answer);
          const hostSaysDead = drawn.samplesRead && saysZero(drawn.health);
          const besideSaysDead = drawn.samplesRead && saysZero(drawn.reachable);
          const witnesses = [outside, hostSaysDead, besideSaysDead || drawn.impaired];
          expect(witnesses.filter(Boolean).length, found.sentence).toBeGreaterThanOrEqual(2);
          expect(saysOne(drawn.health), found.sentence).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function unverified(name: string) {
  return answer(name, { outcome: 'certificate-expired', ready: false, sentence: `${name}.` });
}

function saysZero(sample: Coordinator['health']): boolean {
  return sample?.value === 0 && sample.at === secondsAgo(2);
}

function saysOne(sample: Coordinator['health']): boolean {
  return sample?.value === 1 && sample.at === secondsAgo(2);
}
