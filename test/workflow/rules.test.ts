import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confirm } from '../../workflow/confirmation.ts';
import { addressTargetName, type Coordinator } from '../../workflow/incident.ts';
import { type Outcome, type RuleName, rules } from '../../workflow/rules.ts';
import {
  activeId,
  answer,
  attachmentId,
  coordinator,
  incident,
  now,
  refusal,
  type Scene,
  secondsAgo,
  silence,
  standbyId,
  verdict,
} from '../support/incidents.ts';

const boxSays0 = { health: { value: 0, at: secondsAgo(2) } } as const;
const boxSilent = { health: { value: 1, at: secondsAgo(40) } } as const;
const standbySees0: Coordinator = coordinator(standbyId, {
  reachable: { value: 0, at: secondsAgo(2) },
});
const standbyQuiet: Coordinator = coordinator(standbyId, { health: null, reachable: null });
const refused = [refusal(addressTargetName), refusal(activeId), answer(standbyId)];
const timedOut = [silence(addressTargetName), silence(activeId), answer(standbyId)];
const blindChecker = [silence(addressTargetName), silence(activeId), silence(standbyId)];
const cases: readonly (readonly [string, Scene, RuleName, Outcome])[] = [
  ['nothing is wrong', {}, 'answers', 'healthy'],
  ['the ENI could not be read', { survey: { address: null } }, 'blind', 'ask-again'],
  ['the instances could not be read', { survey: { coordinators: null } }, 'blind', 'ask-again'],
  [
    'the survey gave no answer at all',
    { rest: { survey: { kind: 'no-answer', error: {} } } },
    'blind',
    'ask-again',
  ],
  ['the ENI is attached to nothing', { attachedSecondsAgo: null }, 'vacant', 'vacant'],
  ['the holder is condemned', { active: { condemned: 'arn:1' } }, 'vacant', 'vacant'],
  ['the instance is shutting down', { active: { state: 'shutting-down' } }, 'gone', 'failed'],
  ['the instance is stopped', { active: { state: 'stopped' } }, 'gone', 'failed'],
  ['the box says 0 but the address answers', { active: boxSays0 }, 'answers', 'healthy'],
  [
    'it was attached 10 s ago and fails',
    { attachedSecondsAgo: 10, active: boxSays0, answers: refused },
    'settling',
    'ask-again',
  ],
  [
    'it was attached 10 s ago and did not verify here',
    {
      attachedSecondsAgo: 10,
      active: boxSays0,
      answers: refused,
      rest: {
        verification: {
          kind: 'not-verified',
          at: secondsAgo(2),
          sentence: '',
          attachmentId,
          instanceId: activeId,
          tries: 12,
          answers: [],
          rejected: [activeId],
        },
      },
    },
    'dead',
    'failed',
  ],
  [
    'the box says healthy, standbys and checker do not reach it',
    { standbys: [standbySees0], answers: timedOut },
    'cut-off',
    'ask-again',
  ],
  [
    'the same for 21 s',
    {
      standbys: [standbySees0],
      answers: timedOut,
      rest: { verdict: verdict({ outcome: 'ask-again', cutOffSince: secondsAgo(21) }) },
    },
    'cut-off',
    'failed',
  ],
  [
    'the same for 21 s, and nobody is ready',
    {
      standbys: [{ ...standbySees0, health: boxSays0.health }],
      answers: [silence(addressTargetName), silence(activeId), refusal(standbyId)],
      rest: { verdict: verdict({ outcome: 'ask-again', cutOffSince: secondsAgo(21) }) },
    },
    'cut-off',
    'prepare',
  ],
  [
    'the box says healthy, only the checker does not reach it',
    { answers: timedOut },
    'box-says-healthy',
    'healthy',
  ],
  [
    'the box says healthy, the checker reaches nobody',
    { answers: blindChecker },
    'box-says-healthy',
    'healthy',
  ],
  [
    'it is dead after three failovers within the hour',
    { active: boxSays0, answers: refused, address: { failovers: [60, 600, 1200].map(secondsAgo) } },
    'held',
    'held-back',
  ],
  [
    'it is dead, the three failovers are older than the window',
    {
      active: boxSays0,
      answers: refused,
      address: { failovers: [4000, 5000, 6000].map(secondsAgo) },
    },
    'dead',
    'failed',
  ],
  [
    'it is dead and nobody is ready',
    {
      active: boxSays0,
      answers: [refusal(addressTargetName), refusal(activeId), refusal(standbyId)],
    },
    'no-successor',
    'prepare',
  ],
  [
    'it is dead and there is no standby',
    { active: boxSays0, standbys: [], answers: [refusal(addressTargetName)] },
    'no-successor',
    'prepare',
  ],
  ['the address refuses, the box says 0', { active: boxSays0, answers: refused }, 'dead', 'failed'],
  [
    'the address times out, the box is silent, standbys do not reach it',
    { active: boxSilent, standbys: [standbySees0], answers: timedOut },
    'dead',
    'failed',
  ],
  [
    'the address times out, the box is silent, a standby reaches it',
    { active: boxSilent, answers: timedOut },
    'unsure',
    'ask-again',
  ],
  [
    'the address times out, no box is heard',
    { active: boxSilent, standbys: [standbyQuiet], answers: timedOut },
    'unsure',
    'ask-again',
  ],
  [
    'the address times out, the samples could not be read',
    { survey: { samplesRead: false }, answers: timedOut },
    'unsure',
    'ask-again',
  ],
  [
    'the checker is blind, the box says 0, nobody seconds it',
    { active: boxSays0, answers: blindChecker },
    'unsure',
    'ask-again',
  ],
  [
    'the checker is blind, the box says 0, standbys second it',
    { active: boxSays0, standbys: [standbySees0], answers: blindChecker },
    'box-says-dead',
    'failed',
  ],
  [
    'the checker did not run, the box says 0, EC2 seconds it',
    { active: { ...boxSays0, statusChecks: 'impaired' }, answers: null },
    'box-says-dead',
    'failed',
  ],
  [
    'the checker is blind and the box is silent',
    { active: boxSilent, standbys: [standbySees0], answers: blindChecker },
    'unsure',
    'ask-again',
  ],
];

describe('the rules', () => {
  it.each(cases)('rules: %s', (_case, scene, rule, outcome) => {
    const found = confirm(incident(scene), now);
    expect({ rule: found.rule, outcome: found.outcome }).toEqual({ rule, outcome });
    expect(found.sentence).toMatch(/^[A-Z].*\.$/);
  });

  it('rules: every rule is reached by a case here, or in lever-rules.test.ts', () => {
    const reached = new Set(cases.map(([, , rule]) => rule));
    expect(rules.map(({ name }) => name).filter((name) => !reached.has(name))).toEqual([
      'refused',
      'paused',
      'forced',
    ]);
  });

  it('rules: no evidence but two witnesses gets a running coordinator terminated', () => {
    const sample = fc.constantFrom<Coordinator['health']>(
      null,
      { value: 0, at: secondsAgo(2) },
      { value: 1, at: secondsAgo(2) },
      { value: 0, at: secondsAgo(60) },
      { value: 1, at: secondsAgo(60) },
    );
    const replies = fc.constantFrom(answer, refusal, silence);
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
            drawn.address === refusal || (drawn.address === silence && drawn.standby !== silence);
          const boxSaysDead = drawn.samplesRead && saysZero(drawn.health);
          const besideSaysDead = drawn.samplesRead && saysZero(drawn.reachable);
          const witnesses = [outside, boxSaysDead, besideSaysDead || drawn.impaired];
          expect(witnesses.filter(Boolean).length, found.sentence).toBeGreaterThanOrEqual(2);
          expect(saysOne(drawn.health), found.sentence).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function saysZero(sample: Coordinator['health']): boolean {
  return sample?.value === 0 && sample.at === secondsAgo(2);
}

function saysOne(sample: Coordinator['health']): boolean {
  return sample?.value === 1 && sample.at === secondsAgo(2);
}
