/**
 * Confirm failure: evidence, rule, and the counters that bound every loop of the execution.
 * What can go wrong: a loop without an end. Every way back to Survey coordinators passes here and is counted.
 */
import { decisionOf, isFollowedUp, standbyPickOf } from '../model/findings.ts';
import type { Decision, Incident } from '../model/incident.ts';
import type { Settings } from '../model/settings.ts';
import { describedAgainSeconds } from '../model/timing.ts';
import { type Evidence, readEvidence } from './evidence.ts';
import { refusalOf } from './refusal.ts';
import { decideByRules, isIsolated } from './rules.ts';

/** A decision before what is counted and what it rests on are added. */
type Decided = Pick<Decision, 'rule' | 'outcome' | 'sentence'>;

/**
 * Observations while waiting for a coordinator to boot, at most. Each costs about 25 history events, and
 * an execution may have 25,000 (Step Functions quota).
 */
const mostWaits = 500;

/** `now` is ISO 8601. Pure: the same document and time give the same decision. */
export function confirm(incident: Incident, now: string): Decision {
  const evidence = readEvidence(incident, now);
  const before = decisionOf(incident);
  const pin = pinOf(evidence);
  // The isolation of another holder, earlier in this execution, does not count.
  const isSame = before?.pin?.attachmentId === pin?.attachmentId && isFollowedUp(incident, now);
  const earlier = isSame ? before?.isolatedSince : null;
  const isolatedSince = isIsolated(evidence) ? (earlier ?? now) : null;
  const isolatedSeconds =
    isolatedSince === null ? 0 : (Date.parse(now) - Date.parse(isolatedSince)) / 1000;
  const refusal = refusalOf(incident, evidence);
  const { settings, cluster } = incident;
  const decided = decideByRules({ evidence, settings, cluster, isolatedSeconds, refusal });
  const counters = count(incident, before);
  const bounded = bound(decided, evidence, incident.settings, counters);
  const { note, dryRun } = evidence.request;
  return {
    kind: 'decision',
    at: now,
    ...bounded,
    pin,
    evidence: evidence.record,
    ...(note === undefined ? {} : { requestNote: note }),
    ...counters,
    waitSeconds: waitSeconds(bounded, evidence, incident.settings),
    isolatedSince,
    dryRun,
  };
}

interface Counters {
  readonly observation: number;
  readonly asks: number;
  readonly waits: number;
  readonly rounds: number;
}

/** How the observations before this one ended. Waiting for a fresh promotion to settle is not counted. */
function count(incident: Incident, before: Decision | null): Counters {
  if (before === null) return { observation: 1, asks: 0, waits: 0, rounds: 0 };
  const standbyPick = standbyPickOf(incident);
  const pickedNobody =
    standbyPick?.kind === 'nobody' && standbyPick.observation === before.observation;
  const acted = before.outcome === 'failed' || before.outcome === 'vacant';
  const waited = before.outcome === 'prepare' || (acted && pickedNobody);
  const asked = before.outcome === 'ask-again' && before.rule !== 'settling';
  return {
    observation: before.observation + 1,
    asks: before.asks + (asked ? 1 : 0),
    waits: before.waits + (waited ? 1 : 0),
    rounds: before.rounds + (acted && !pickedNobody ? 1 : 0),
  };
}

/**
 * Asked often enough. Where no standby is ready and the witnesses do not agree, all coordinators may hang at
 * once. A new coordinator harms nothing: it can take over, and is a witness.
 */
function endAsking(
  decided: Decided,
  evidence: Evidence,
  settings: Settings,
  asks: number,
): Decided {
  const { rule, outcome, sentence } = decided;
  if (outcome !== 'ask-again' || rule === 'settling' || asks < settings.askLimit) return decided;
  if (rule !== 'unsure' || evidence.readyStandbys.length > 0) return decided;
  return {
    rule,
    outcome: 'prepare',
    sentence: `Asked ${asks} times, and no standby is ready: a successor is launched. ${sentence}`,
  };
}

/** After so many rounds of a loop, its decision becomes an end that says why. */
function bound(
  given: Decided,
  evidence: Evidence,
  settings: Settings,
  { asks, waits, rounds }: Counters,
): Decided {
  const decided = endAsking(given, evidence, settings, asks);
  const { rule, outcome, sentence } = decided;
  if (outcome === 'ask-again' && rule !== 'settling' && asks >= settings.askLimit) {
    return evidence.fenced
      ? { rule, outcome: 'incomplete', sentence: `Asked ${asks} times after fencing. ${sentence}` }
      : {
          rule,
          outcome: 'waiting-for-operator',
          sentence: `Asked ${asks} times without an answer that allows acting. ${sentence}`,
        };
  }
  if ((outcome === 'failed' || outcome === 'vacant') && rounds >= settings.roundLimit) {
    return {
      rule,
      outcome: 'incomplete',
      sentence: `Moved the address ${rounds} times without success. ${sentence}`,
    };
  }
  const isWaitOver =
    (outcome === 'prepare' || outcome === 'vacant') && waits >= waitLimit(settings);
  if (isWaitOver && evidence.readyStandbys.length === 0) {
    return {
      rule,
      outcome: 'incomplete',
      sentence: `No coordinator became ready within ${waitedMinutes(settings)} minutes. ${sentence}`,
    };
  }
  return decided;
}

function pinOf({ attachment }: Evidence): Decision['pin'] {
  if (typeof attachment !== 'object') return null;
  return { attachmentId: attachment.attachmentId, instanceId: attachment.instanceId };
}

/** Two boot limits: a coordinator may fail to boot and be replaced. */
function waitedMinutes(settings: Settings): number {
  return 2 * settings.readyWithinMinutes;
}

function waitLimit(settings: Settings): number {
  return Math.ceil((waitedMinutes(settings) * 60) / bootWaitSeconds(settings));
}

function bootWaitSeconds(settings: Settings): number {
  const spread = Math.ceil((waitedMinutes(settings) * 60) / mostWaits);
  return Math.max(settings.askAgainSeconds, spread);
}

function waitSeconds({ outcome, rule }: Decided, evidence: Evidence, settings: Settings): number {
  if (outcome !== 'ask-again') return bootWaitSeconds(settings);
  if (rule === 'termination-announced')
    return Math.min(settings.askAgainSeconds, describedAgainSeconds);
  return Math.min(settings.askAgainSeconds, untilSilent(evidence, settings));
}

/**
 * A host that was healthy and has said nothing since the execution began: either a new sample comes, or the last
 * sample stops being fresh. The next observation comes no later. Whole seconds, at least 1.
 */
function untilSilent(
  { active, selfReport, selfReportIsNew, now }: Evidence,
  settings: Settings,
): number {
  const last = typeof active === 'object' ? active.health : null;
  if (selfReport !== 'healthy' || selfReportIsNew || last === null) return Number.POSITIVE_INFINITY;
  const ageSeconds = (Date.parse(now) - Date.parse(last.at)) / 1000;
  return Math.max(1, Math.ceil(settings.freshSeconds - ageSeconds));
}
