import { describe, expect, it } from 'vitest';
import { confirm } from '../../../workflow/decide/confirm-failure.ts';
import asl from '../../../workflow/failover.asl.json' with { type: 'json' };
import {
  addressTargetName,
  type Decision,
  type Incident,
} from '../../../workflow/model/incident.ts';
import {
  activeId,
  answer,
  attachmentId,
  coordinator,
  decision,
  incident,
  notVerified,
  now,
  refusal,
  secondsAgo,
  silence,
  standbyId,
} from '../../support/incidents.ts';

const nobodyReached = [silence(addressTargetName), silence(standbyId)];
const unclear = {
  active: { health: null },
  answers: [silence(addressTargetName), answer(standbyId)],
} as const;

function asDecision(incidentAfter: Incident): Decision {
  return confirm(incidentAfter, now);
}

describe('confirm failure', () => {
  it('confirm: the decision is pinned to the attachment that it is about', () => {
    expect(asDecision(incident()).pin).toEqual({ attachmentId, instanceId: activeId });
    expect(asDecision(incident({ attachedSecondsAgo: null })).pin).toBeNull();
  });

  it('confirm: the evidence of every witness stands in the record, in words', () => {
    const { evidence } = asDecision(incident());
    expect(evidence.active).toContain(`attached to ${activeId}`);
    expect(evidence.address).toBe('coordinator address is ready.');
    expect(evidence.selfReport).toContain('says healthy');
    expect(evidence.standbys).toContain(`reached by ${standbyId}`);
    expect(evidence.readyStandbys).toEqual([standbyId]);
  });

  it('confirm: input that is no object is noted and changes nothing else', () => {
    const found = asDecision(incident({ request: 'nonsense' }));
    expect(found.outcome).toBe('healthy');
    expect(found.requestNote).toMatch(
      /^The input "nonsense" is not an object and was taken as \{\}\. Allowed: \{\} to look/,
    );
  });

  it('confirm: it asks again as often as the limit allows, then holds back', () => {
    const before = decision({ outcome: 'ask-again', rule: 'unsure', asks: 11, observation: 12 });
    const last = asDecision(incident({ ...unclear, rest: { decision: before } }));
    expect(last.asks).toBe(12);
    expect(last.outcome).toBe('waiting-for-operator');
    expect(last.sentence).toContain('Asked 12 times');
    const earlier = asDecision(
      incident({ ...unclear, rest: { decision: { ...before, asks: 10 } } }),
    );
    expect(earlier.outcome).toBe('ask-again');
  });

  it('confirm: when nobody is heard any more, the end of asking is a launch, bounded like every wait', () => {
    const dark = {
      active: { health: { value: 1, at: secondsAgo(90) } },
      standbys: [{ ...standbyOf(incident()), health: null, reachable: null }],
      answers: nobodyReached,
    } as const;
    const before = decision({ outcome: 'ask-again', rule: 'unsure', asks: 11, observation: 12 });
    const last = asDecision(incident({ ...dark, rest: { decision: before } }));
    expect(last).toMatchObject({ rule: 'unsure', outcome: 'prepare', asks: 12 });
    expect(last.sentence).toContain(
      'Asked 12 times, and no standby is ready: a successor is launched',
    );
    const waited = { ...last, waits: 239 };
    const ended = asDecision(incident({ ...dark, rest: { decision: waited } }));
    expect(ended).toMatchObject({ outcome: 'incomplete', waits: 240 });
  });

  it('confirm: after a fence, giving up is a failover that is incomplete', () => {
    const before = decision({ outcome: 'ask-again', rule: 'unsure', asks: 11 });
    const termination = {
      kind: 'fenced',
      at: now,
      sentence: '',
      instanceId: activeId,
      rule: 'dead',
      fenced: [activeId],
      terminated: [],
      problems: [],
    } as const;
    const found = asDecision(incident({ ...unclear, rest: { decision: before, termination } }));
    expect(found.outcome).toBe('incomplete');
  });

  it('confirm: settling is bounded by its own time and counts as no ask', () => {
    const before = decision({ outcome: 'ask-again', rule: 'settling', asks: 11 });
    const scene = { attachedSecondsAgo: 10, answers: [refusal(addressTargetName)] };
    const found = asDecision(incident({ ...scene, rest: { decision: before } }));
    expect(found).toMatchObject({ rule: 'settling', outcome: 'ask-again', asks: 11 });
  });

  it('confirm: a fourth coordinator is not tried', () => {
    const before = decision({ rounds: 2, outcome: 'vacant' });
    const found = asDecision(incident({ attachedSecondsAgo: null, rest: { decision: before } }));
    expect(found).toMatchObject({ outcome: 'incomplete', rounds: 3 });
    expect(found.sentence).toContain('Moved the address 3 times without success');
  });

  it('confirm: waiting for a coordinator to boot is no round, and ends after two boot limits', () => {
    const nobody = {
      kind: 'nobody',
      at: now,
      instanceId: null,
      sentence: '',
      passedOver: [],
      observation: 7,
      tried: [],
    } as const;
    const before = decision({ observation: 7, outcome: 'vacant', rounds: 0, waits: 5 });
    const scene = {
      attachedSecondsAgo: null,
      active: { state: 'terminated' },
      standbys: [],
      answers: nobodyReached,
    };
    const waiting = asDecision(
      incident({ ...scene, rest: { decision: before, standbyPick: nobody } }),
    );
    expect(waiting).toMatchObject({ outcome: 'vacant', waits: 6, rounds: 0, waitSeconds: 5 });
    const late = { ...before, waits: 239 };
    const ended = asDecision(incident({ ...scene, rest: { decision: late, standbyPick: nobody } }));
    expect(ended.outcome).toBe('incomplete');
    expect(ended.sentence).toContain('No coordinator became ready within 20 minutes');
  });

  it('confirm: the longest boot limit still fits into the history of one execution', () => {
    const found = asDecision(
      incident({
        attachedSecondsAgo: null,
        settings: { readyWithinMinutes: 60, askAgainSeconds: 1 },
      }),
    );
    const observations = (2 * 60 * 60) / found.waitSeconds;
    expect(observations * 25).toBeLessThan(25_000);
  });

  it.each([
    [10, 2],
    [12, 1],
    [7, 5],
  ])(
    'confirm: the last word of a host is %i s old, so the next observation is in %i s',
    (age, wait) => {
      const scene = {
        active: { health: { value: 1, at: secondsAgo(age) } as const },
        answers: [silence(addressTargetName), refusal(standbyId)],
      };
      // The survey was a second ago: at 12 s of age it still saw a fresh sample.
      expect(asDecision(incident(scene))).toMatchObject({
        outcome: 'ask-again',
        waitSeconds: wait,
      });
    },
  );

  it('confirm: the longest boot limit ends by itself before the execution times out', () => {
    const settings = { readyWithinMinutes: 60, askAgainSeconds: 15, askLimit: 60 };
    const found = asDecision(incident({ attachedSecondsAgo: null, settings }));
    // Survey and Ask coordinators at their slowest without a retry, and the rest of an observation.
    const observationSeconds = 8.5 + 2.5 + 3;
    const observations = (2 * 60 * 60) / found.waitSeconds + settings.askLimit;
    expect(observations * (found.waitSeconds + observationSeconds)).toBeLessThan(
      asl.TimeoutSeconds,
    );
  });

  it('confirm: the isolation is timed from its first observation, and starts anew after a break', () => {
    const cutOff = {
      standbys: [{ ...standbyOf(incident()), reachable: { value: 0, at: secondsAgo(1) } as const }],
      answers: [silence(addressTargetName), refusal(standbyId)],
    };
    const first = asDecision(incident(cutOff));
    expect(first).toMatchObject({ rule: 'isolated', outcome: 'ask-again', isolatedSince: now });
    const healed = asDecision(incident({ rest: { decision: first } }));
    expect(healed.isolatedSince).toBeNull();
  });
});

describe('confirm failure, what is old', () => {
  const dead = {
    active: { health: { value: 0, at: secondsAgo(2) } },
    answers: [refusal(addressTargetName), answer(standbyId)],
  } as const;

  it('confirm: a redriven execution does not act on the observation of an hour ago', () => {
    const found = asDecision(incident({ ...dark(3600), answers: dead.answers }));
    expect(found).toMatchObject({ rule: 'address-unreadable', outcome: 'ask-again', pin: null });
    expect(found.sentence).toContain(`The last survey is of ${secondsAgo(3600)}: too old.`);
  });

  it('confirm: a check that hangs until its last timeout does not make the observation too old', () => {
    const found = asDecision(incident({ ...dead, survey: { at: secondsAgo(34) } }));
    expect(found).toMatchObject({ rule: 'dead', outcome: 'failed' });
  });

  it('confirm: the cut-off time of an earlier coordinator is not counted against this one', () => {
    const cutOff = {
      standbys: [{ ...standbyOf(incident()), reachable: { value: 0, at: secondsAgo(1) } as const }],
      answers: [silence(addressTargetName), answer(standbyId)],
    };
    const before = decision({ isolatedSince: secondsAgo(90) });
    const pin = { attachmentId: 'eni-attach-earlier', instanceId: 'i-earlier' };
    const found = asDecision(incident({ ...cutOff, rest: { decision: { ...before, pin } } }));
    expect(found).toMatchObject({ rule: 'isolated', outcome: 'ask-again', isolatedSince: now });
  });

  it('confirm: what a redriven execution saw minutes ago is not counted against the coordinator', () => {
    const unreached = {
      active: { launchedAt: secondsAgo(3600) },
      attachedSecondsAgo: 600,
      answers: [silence(addressTargetName), answer(standbyId)],
    };
    const standbys = [
      { ...standbyOf(incident()), reachable: { value: 0, at: secondsAgo(1) } as const },
    ];
    const observed = (secondsOld: number) =>
      decision({ at: secondsAgo(secondsOld), isolatedSince: secondsAgo(secondsOld + 15) });
    const looked = (secondsOld: number) =>
      asDecision(incident({ ...unreached, standbys, rest: { decision: observed(secondsOld) } }));
    expect(looked(10)).toMatchObject({ rule: 'isolated', outcome: 'failed' });
    // The slowest survey, the slowest asking, and the wait before them.
    expect(looked(5 + 38 + 25)).toMatchObject({ rule: 'isolated', outcome: 'failed' });
    expect(looked(300)).toMatchObject({
      rule: 'isolated',
      outcome: 'ask-again',
      isolatedSince: now,
    });
    // Nor is the check that failed after a promotion still a second one beside the check of now.
    const verification = { ...notVerified, at: secondsAgo(330) };
    const alone = (secondsOld: number) =>
      asDecision(
        incident({
          ...unreached,
          standbys: [coordinator(standbyId, { reachable: null })],
          rest: { decision: observed(secondsOld), verification },
        }),
      );
    expect(alone(10)).toMatchObject({ rule: 'isolated', outcome: 'failed' });
    expect(alone(300)).toMatchObject({ rule: 'self-report-healthy', outcome: 'healthy' });
  });

  function dark(secondsOld: number) {
    return {
      active: { health: { value: 0, at: secondsAgo(secondsOld + 2) } },
      survey: { at: secondsAgo(secondsOld) },
    } as const;
  }
});

function standbyOf({ survey }: Incident) {
  const found =
    survey?.kind === 'surveyed'
      ? survey.coordinators?.find(({ instanceId }) => instanceId === standbyId)
      : undefined;
  if (!found) throw new Error('The scene has no standby.');
  return found;
}
