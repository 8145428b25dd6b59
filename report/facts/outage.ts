/**
 * How long the address was not served, as far as the history can tell. Only the outside check asks
 * the address itself, at some moments; alarms, samples and events tell of the beginning.
 * What can go wrong: a number that looks exact and is not. So both ends are named with who saw
 * them, and with the last sign to the contrary.
 */
import { secondsBetween } from '../../history/values.ts';
import { addressTargetName } from '../../workflow/model/incident.ts';
import type { Fencing, Observation, Outage, Report, Sign, Trigger } from '../report.ts';
import { addressAnswer, roleOf } from './observations.ts';

export interface OutageSources {
  readonly trigger: Trigger;
  readonly observations: readonly Observation[];
  readonly fencings: readonly Fencing[];
  readonly verifications: Report['verifications'];
}

export function outageOf(sources: OutageSources): Outage {
  const checks = checksOf(sources);
  const broken = checks.some(({ good }) => !good) || fenced(sources).length > 0;
  if (checks.length === 0) return without('unknown', 'The history holds no check of the address.');
  if (!broken) return noneSeen(checks, sources.trigger);
  const bad = [
    ...checks.filter(({ good }) => !good),
    ...fenced(sources),
    ...signsOfTheBeginning(sources),
  ].sort(byTime);
  const [firstBad] = bad;
  const last = checks.at(-1);
  const lastBadCheck = checks.findLast(({ good }) => !good);
  const lastBad = [lastBadCheck, fenced(sources).at(-1)]
    .filter((sign) => sign !== undefined)
    .sort(byTime)
    .at(-1);
  if (firstBad === undefined || last === undefined || lastBad === undefined) {
    return without('unknown', 'The history does not tell when the address was not served.');
  }
  const firstGoodAfter = checks.find(({ at, good }) => good && at > lastBad.at);
  const goodBefore = [...checks.filter(({ good }) => good), ...goodSamples(sources)].sort(byTime);
  const signs = {
    firstBad: signOf(firstBad),
    lastGoodBefore: signOrNull(goodBefore.findLast(({ at }) => at < firstBad.at)),
    lastBad: signOf(lastBad),
    firstGoodAfter: signOrNull(firstGoodAfter),
  };
  return describe(signs, checks);
}

interface Check extends Sign {
  readonly good: boolean;
}

type Signs = Pick<Outage, 'lastGoodBefore' | 'firstGoodAfter'> & {
  readonly firstBad: Sign;
  readonly lastBad: Sign;
};

/** What answered at the address when it was asked: at looks and at verifications. */
function checksOf({ observations, verifications }: OutageSources): readonly Check[] {
  const asked = observations.flatMap((observation) => {
    const at = observation.answers?.at ?? null;
    const answer = addressAnswer(observation);
    if (at === null || answer === null) return [];
    const good = answer.ready === true;
    const what = `observation ${observation.number}: ${answer.sentence ?? (good ? 'ready' : 'not ready')}`;
    return [{ at, good, what }];
  });
  const verified = verifications.flatMap(({ at, kind, answers, sentence }) => {
    const answer = answers.find(({ name }) => name === addressTargetName);
    if (at === null || answer === undefined) return [];
    const good = kind === 'verified';
    return [{ at, good, what: `Verify coordinator: ${sentence ?? kind}` }];
  });
  return [...asked, ...verified].sort(byTime);
}

function fenced({ fencings }: OutageSources): readonly Check[] {
  return fencings.flatMap(({ kind, at, instanceId, steps }) => {
    const detached = steps?.find(({ step, result }) => step === 'detach' && result === 'done')?.at;
    const when = detached ?? at;
    if (kind !== 'fenced' || when === null) return [];
    const what = `the address was detached from ${instanceId} by this execution`;
    return [{ at: when, good: false, what }];
  });
}

function signsOfTheBeginning({ trigger, observations }: OutageSources): readonly Sign[] {
  const { alarm } = trigger;
  const signs: Sign[] = observations.flatMap(badSamples);
  if (alarm?.firstBadSampleAt) {
    signs.push({ at: alarm.firstBadSampleAt, what: `first bad sample, says ${alarm.source}` });
  }
  if (alarm?.changedAt) {
    signs.push({ at: alarm.changedAt, what: `the alarm ${alarm.name} went off` });
  }
  if (trigger.kind === 'instance' && trigger.at !== null) {
    signs.push({ at: trigger.at, what: `EC2 reported it (${trigger.sentence})` });
  }
  return signs;
}

/** What probes said at an observation that did not find everything well. */
function badSamples(observation: Observation): Sign[] {
  if (observation.decision?.outcome === 'healthy') return [];
  return (observation.survey?.coordinators ?? []).flatMap((one) => {
    const { instanceId, health, reachable } = one;
    const role = roleOf(observation, one);
    if (role === 'active' && health?.value === 0) {
      return signAt(health.at, `a sample of ${instanceId}'s own probe was bad`);
    }
    if (role === 'standby' && reachable?.value === 0) {
      const what = `the probe of the standby ${instanceId} did not reach the address`;
      return signAt(reachable.at, what);
    }
    return [];
  });
}

function signAt(at: string | null, what: string): Sign[] {
  return at === null ? [] : [{ at, what }];
}

function goodSamples({ observations }: OutageSources): readonly Sign[] {
  return observations.flatMap((observation) =>
    (observation.survey?.coordinators ?? []).flatMap((one) => {
      const { instanceId, reachable } = one;
      if (roleOf(observation, one) !== 'standby' || reachable?.value !== 1) return [];
      return signAt(reachable.at, `the probe of the standby ${instanceId} reached the address`);
    }),
  );
}

function noneSeen(checks: readonly Check[], { alarm }: Trigger): Outage {
  const first = checks[0];
  const alarmWords =
    alarm === null ? '' : ` The alarm itself said: ${alarm.reason ?? 'no reason'}.`;
  return {
    ...without(
      'none seen',
      `Every check of the address in this execution (${checks.length}) got a ready answer: no outage is in the history.${alarmWords}`,
    ),
    firstGoodAfter: signOrNull(first),
  };
}

function describe(signs: Signs, checks: readonly Check[]): Outage {
  const { firstBad, lastBad, firstGoodAfter } = signs;
  if (firstGoodAfter === null) {
    const sentence =
      `The address was not served from ${firstBad.at} (${firstBad.what}) on. The last check in the history ` +
      `(${lastBad.at}) was bad: the end of the outage is not in the history.`;
    return { kind: 'not over', sentence, seconds: null, ...signs };
  }
  const seconds = secondsBetween(firstBad.at, firstGoodAfter.at);
  const surely = secondsBetween(firstBad.at, lastBad.at);
  const between = checks.find(({ at, good }) => good && at > firstBad.at && at < lastBad.at);
  const sentence =
    `The address was not served for about ${seconds} s: from ${firstBad.at} (${firstBad.what}) ` +
    `until ${firstGoodAfter.at} (${firstGoodAfter.what}). ` +
    `At least ${surely} s of it are certain: the last bad sign was at ${lastBad.at}.` +
    (between ? ` In between it answered once or more, first at ${between.at}.` : '');
  return { kind: 'over', sentence, seconds, ...signs };
}

function without(kind: Outage['kind'], sentence: string): Outage {
  const none = { firstBad: null, lastGoodBefore: null, lastBad: null, firstGoodAfter: null };
  return { kind, sentence, seconds: null, ...none };
}

function signOf({ at, what }: Sign): Sign {
  return { at, what };
}

function signOrNull(sign: Sign | undefined): Sign | null {
  return sign === undefined ? null : signOf(sign);
}

function byTime(one: Sign, other: Sign): number {
  return Date.parse(one.at) - Date.parse(other.at);
}
