/**
 * The rule table: evidence -> verdict. The first rule that matches wins. The names are permanent:
 * they stand in executions, logs, reports and tests.
 */
import type { Evidence } from './evidence.ts';
import type { Settings } from './settings.ts';

export type RuleName =
  | 'refused'
  | 'blind'
  | 'vacant'
  | 'gone'
  | 'forced'
  | 'paused'
  | 'answers'
  | 'settling'
  | 'cut-off'
  | 'box-says-healthy'
  | 'held'
  | 'no-successor'
  | 'dead'
  | 'box-says-dead'
  | 'unsure';

/**
 * What the state machine does next. failed: terminate the active. vacant: give the address to a
 * standby. prepare: launch a successor and ask again. incomplete: give up and say so. refused: what a
 * person asked for is not done, and nothing else either.
 */
export type Outcome =
  | 'failed'
  | 'vacant'
  | 'prepare'
  | 'ask-again'
  | 'healthy'
  | 'paused'
  | 'held-back'
  | 'incomplete'
  | 'refused';

export interface Ruling {
  readonly rule: RuleName;
  readonly outcome: Outcome;
  readonly sentence: string;
}

/** What a rule may look at: the evidence, and how long the cut-off condition has lasted. */
export interface Circumstances {
  readonly evidence: Evidence;
  readonly settings: Settings;
  /** Seconds for which this execution has seen `isCutOff`, 0 at the first look. */
  readonly cutOffSeconds: number;
  /** Why a person's request is not followed, or null. */
  readonly refusal: string | null;
}

interface Rule {
  readonly name: RuleName;
  /** For docs: the condition in words. */
  readonly when: string;
  matches(circumstances: Circumstances): boolean;
  rule(circumstances: Circumstances): { outcome: Outcome; sentence: string };
}

export function ruleOn(circumstances: Circumstances): Ruling {
  for (const rule of rules) {
    if (rule.matches(circumstances)) return { rule: rule.name, ...rule.rule(circumstances) };
  }
  throw new Error('The last rule matches everything: this cannot be reached.');
}

/**
 * The address fails and another witness says so, but the box itself says that it is healthy. Verify
 * coordinator is the outside check once more: against a standby that reaches the address it is none.
 */
export function isCutOff({ address, standbys, verifyFailed, box }: Evidence): boolean {
  const seconded = standbys === 'do not reach it' || (verifyFailed && standbys !== 'reach it');
  return address === 'failed' && seconded && box === 'healthy';
}

/** Each failover costs the running queries: too many of them are a fault that moving does not cure. */
function isHeld({ evidence, settings }: Circumstances): boolean {
  return evidence.failoversInWindow >= settings.failoverLimit && !evidence.fenced;
}

function tooMany({ evidence, settings }: Circumstances): string {
  return (
    `There were ${evidence.failoversInWindow} failovers within ${settings.failoverWindowMinutes} minutes ` +
    `(limit ${settings.failoverLimit}): a person decides.`
  );
}

/** The outside check failed, and the box agrees: by its own word, or by silence seen from beside. */
function isDead({ address, box, standbys }: Evidence): boolean {
  const nobodyReaches = standbys === 'do not reach it' || standbys === 'none exist';
  return address === 'failed' && (box === 'unhealthy' || (box === 'silent' && nobodyReaches));
}

/** As dead, where the outside check could not see: the box, and the standbys or EC2, agree. */
function isDeadByItsOwnWord({ address, box, standbys, statusChecks }: Evidence): boolean {
  const seconded = standbys === 'do not reach it' || statusChecks === 'impaired';
  return address === 'unknown' && box === 'unhealthy' && seconded;
}

const endedStates = ['stopping', 'stopped', 'shutting-down', 'terminated'];

export const rules: readonly Rule[] = [
  {
    name: 'refused',
    when: 'a person asked for what cannot be understood, or for a standby that cannot take over',
    matches: ({ refusal }) => refusal !== null,
    rule: ({ refusal }) => ({
      outcome: 'refused',
      sentence: `The request is refused, and nothing is touched. ${refusal}`,
    }),
  },
  {
    name: 'blind',
    when: 'the ENI or its holder cannot be read',
    matches: ({ evidence }) => evidence.attachment === 'unknown' || evidence.active === 'unknown',
    rule: ({ evidence }) => ({
      outcome: 'ask-again',
      sentence: `Who holds the address cannot be seen, so nothing is touched. ${evidence.record.active}`,
    }),
  },
  {
    name: 'vacant',
    when: 'the ENI is attached to nothing, or to a condemned instance',
    matches: ({ evidence: { active } }) =>
      active === 'none' || (typeof active === 'object' && active.condemned !== null),
    rule: ({ evidence }) => ({
      outcome: 'vacant',
      sentence: `Nobody serves the address: it goes to a standby. ${evidence.record.active}`,
    }),
  },
  {
    name: 'paused',
    when: 'the ENI is tagged paused, nobody forces a move, and this execution has fenced nothing',
    matches: ({ evidence: { paused, fenced, request } }) =>
      paused !== null && !fenced && !request.force,
    rule: ({ evidence }) => ({
      outcome: 'paused',
      sentence: `Automatic failover is paused, so nothing is touched (${evidence.paused}).`,
    }),
  },
  {
    name: 'gone',
    when: 'the active is stopping, stopped, shutting-down or terminated',
    matches: ({ evidence: { active } }) =>
      typeof active === 'object' && endedStates.includes(active.state),
    rule: ({ evidence }) => ({
      outcome: 'failed',
      sentence: `The active coordinator has failed: its instance is gone. ${evidence.record.active}`,
    }),
  },
  {
    name: 'forced',
    when: 'a person asked for the move, the address has not moved since, and a standby is ready',
    matches: ({ evidence: { forced, address, readyStandbys } }) =>
      forced && (readyStandbys.length > 0 || address === 'ready'),
    rule: ruleOnForced,
  },
  {
    name: 'answers',
    when: 'the address answers and is ready',
    matches: ({ evidence }) => evidence.address === 'ready',
    rule: ({ evidence }) => ({
      outcome: 'healthy',
      sentence: `The coordinator is healthy: the address answers and is ready. ${evidence.record.box}${movedMeanwhile(evidence)}`,
    }),
  },
  {
    name: 'settling',
    when: 'it was attached less than the settle time ago, and has not failed Verify coordinator here',
    matches: ({ evidence }) => evidence.settling && !evidence.verifyFailed,
    rule: ({ evidence, settings }) => ({
      outcome: 'ask-again',
      sentence:
        `The address moved less than ${settings.settleSeconds} s ago and gets time to settle. ` +
        evidence.record.address,
    }),
  },
  {
    name: 'cut-off',
    when: 'the address fails and a second witness agrees, but the box says healthy',
    matches: ({ evidence }) => isCutOff(evidence),
    rule: ruleOnCutOff,
  },
  {
    name: 'box-says-healthy',
    when: 'a fresh sample of the box is 1; one from before the execution is asked for again',
    matches: ({ evidence }) => evidence.box === 'healthy',
    rule: ruleOnHealthyBox,
  },
  {
    name: 'held',
    when: 'too many failovers within the window, and this execution has fenced nothing',
    matches: isHeld,
    rule: (circumstances) => ({
      outcome: 'held-back',
      sentence: `${tooMany(circumstances)} ${circumstances.evidence.record.address}`,
    }),
  },
  {
    name: 'no-successor',
    when: 'as dead or box-says-dead, but no standby is ready and the instance still runs',
    matches: ({ evidence }) =>
      (isDead(evidence) || isDeadByItsOwnWord(evidence)) && evidence.readyStandbys.length === 0,
    rule: ({ evidence }) => ({
      outcome: 'prepare',
      sentence: `The coordinator has failed, but nobody is ready to take over: a successor is launched first. ${why(evidence)}`,
    }),
  },
  {
    name: 'dead',
    when: 'the address fails, and the box says 0, or is silent while no standby reaches it',
    matches: ({ evidence }) => isDead(evidence),
    rule: ({ evidence }) => ({
      outcome: 'failed',
      sentence: `The active coordinator has failed. ${why(evidence)}`,
    }),
  },
  {
    name: 'box-says-dead',
    when: 'the outside check is unknown, the box says 0, and the standbys or EC2 agree',
    matches: ({ evidence }) => isDeadByItsOwnWord(evidence),
    rule: ({ evidence }) => ({
      outcome: 'failed',
      sentence:
        `The active coordinator has failed by its own word, seconded by others. ${why(evidence)} ` +
        `EC2 status checks: ${evidence.statusChecks}.`,
    }),
  },
  {
    name: 'unsure',
    when: 'anything else',
    matches: () => true,
    rule: ({ evidence }) => ({
      outcome: 'ask-again',
      sentence: `The witnesses do not agree that it has failed, so they are asked again. ${why(evidence)}`,
    }),
  },
];

function ruleOnForced({ evidence }: Circumstances): { outcome: Outcome; sentence: string } {
  const asked = evidence.request.startedBy;
  const ready = evidence.readyStandbys.join(', ');
  // A cluster that works is not taken down for want of a successor.
  return ready === ''
    ? {
        outcome: 'refused',
        sentence: `A person asked to move the address (${asked}), but no standby is ready and the coordinator answers: nothing is touched.`,
      }
    : {
        outcome: 'failed',
        sentence: `A person asked to move the address (${asked}), and ${ready} is ready.`,
      };
}

/** Two people who force at once make one move. */
function movedMeanwhile({ request, forced, fenced }: Evidence): string {
  if (!request.force || forced || fenced) return '';
  return ' The address has moved since this execution began, so it is not moved again.';
}

/**
 * What is published takes seconds to be read. So the last word before the failure may look fresh, and
 * believing it would end the execution: the next look would be a minute away.
 */
function ruleOnHealthyBox({ evidence }: Circumstances): { outcome: Outcome; sentence: string } {
  if (!evidence.boxSpokeSince) {
    return {
      outcome: 'ask-again',
      sentence: `The address fails, and the box has not spoken since. ${why(evidence)}`,
    };
  }
  return {
    outcome: 'healthy',
    sentence:
      'The coordinator is healthy by its own word, but a path to it is broken: ' +
      `${evidence.record.address} ${evidence.record.standbys}`,
  };
}

function ruleOnCutOff(circumstances: Circumstances): { outcome: Outcome; sentence: string } {
  const { evidence, settings, cutOffSeconds } = circumstances;
  const seen = `The box says healthy, but it cannot be reached for ${Math.round(cutOffSeconds)} s. ${why(evidence)}`;
  if (cutOffSeconds < settings.cutOffSeconds) {
    return {
      outcome: 'ask-again',
      sentence: `${seen} It has until ${settings.cutOffSeconds} s to come back.`,
    };
  }
  // A broken path looks the same from every new coordinator: without this, each would be killed.
  if (isHeld(circumstances)) {
    return { outcome: 'held-back', sentence: `${seen} ${tooMany(circumstances)}` };
  }
  if (evidence.readyStandbys.length === 0) {
    return { outcome: 'prepare', sentence: `${seen} Nobody is ready: a successor is launched.` };
  }
  return { outcome: 'failed', sentence: `${seen} A coordinator that nobody reaches has failed.` };
}

function why({ record }: Evidence): string {
  return `${record.address} ${record.box} ${record.standbys}`;
}
