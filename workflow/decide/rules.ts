/**
 * The rule table: evidence -> decision. The first rule that matches decides. A rule's name is permanent: it
 * stands in executions, tags, logs and reports. A condition that two rules share is one function: below the
 * table.
 */
import type { Decision, RuleName } from '../model/incident.ts';
import { isShuttingDownOrTerminated, isStoppingOrStopped } from '../model/instance-state.ts';
import { tagKeys } from '../model/names.ts';
import { wantsMove } from '../model/request.ts';
import type { Evidence, RuleInput } from './evidence.ts';
import {
  failoverLimitSentence,
  notMovedSentence,
  upgradeSentence,
  witnessSentences,
} from './rule-sentences.ts';

interface Rule {
  readonly name: RuleName;
  /** For docs: the condition in words. */
  readonly when: string;
  matches(input: RuleInput): boolean;
  decide(input: RuleInput): Pick<Decision, 'outcome' | 'sentence'>;
}

export function decideByRules(input: RuleInput): Pick<Decision, 'rule' | 'outcome' | 'sentence'> {
  for (const rule of rules) {
    if (rule.matches(input)) return { rule: rule.name, ...rule.decide(input) };
  }
  throw new Error('The last rule matches everything: this cannot be reached.');
}

export const rules: readonly Rule[] = [
  {
    name: 'refused',
    when: 'a person asks for something that cannot be understood, for a standby that cannot take over, or for a switchover from a coordinator that does not answer',
    matches: ({ refusal }) => refusal !== null,
    decide: ({ refusal }) => ({
      outcome: 'refused',
      sentence: `The request is refused, and nothing is touched. ${refusal}`,
    }),
  },
  {
    name: 'stack-deleting',
    when: 'the ENI is tagged stack-deleting: the stack is being deleted',
    matches: ({ evidence }) => evidence.stackDeleting !== null,
    decide: ({ evidence }) => ({
      outcome: 'stack-deleting',
      sentence: `The cluster is being taken down (tag ${tagKeys.stackDeleting}: ${evidence.stackDeleting}), so nothing is touched.`,
    }),
  },
  {
    name: 'address-unreadable',
    when: 'the ENI or its holder cannot be read',
    matches: ({ evidence }) => evidence.attachment === 'unknown' || evidence.active === 'unknown',
    decide: ({ evidence }) => ({
      outcome: 'ask-again',
      sentence: `It cannot be read who holds the address, so nothing is touched. ${evidence.record.active}`,
    }),
  },
  {
    name: 'vacant',
    when: 'the ENI is attached to nothing, or to a retired instance',
    matches: ({ evidence: { active } }) =>
      active === 'none' || (typeof active === 'object' && active.retired !== null),
    decide: ({ evidence }) => ({
      outcome: 'vacant',
      sentence: `Nobody serves the address: it goes to a standby. ${evidence.record.active}`,
    }),
  },
  {
    name: 'paused',
    when: 'the ENI is tagged paused, no person moves it, and this execution is in the middle of no failover',
    matches: ({ evidence: { paused, midFailover, request } }) =>
      paused !== null && !midFailover && !wantsMove(request),
    decide: ({ evidence }) => ({
      outcome: 'paused',
      sentence: `Automatic failover is paused, so nothing is touched (${evidence.paused}).`,
    }),
  },
  {
    name: 'node-kept',
    when: 'KeepCoordinatorNode is yes, the coordinator has failed as in gone, isolated, dead or self-report-dead but is not terminated, no person moves it, and this execution is in the middle of no failover',
    matches: isNodeKept,
    decide: ({ evidence, cluster }) => ({
      outcome: 'waiting-for-operator',
      sentence:
        `The coordinator has failed, but its node is kept (KeepCoordinatorNode is yes): a person decides. ${witnessSentences(evidence)} ` +
        `To move the address: coordinator-failover failover --force --reason "..." --cluster ${cluster.clusterName}`,
    }),
  },
  {
    name: 'gone',
    when: 'the active is stopping, stopped, shutting-down or terminated',
    matches: ({ evidence }) => hasEndedOrIsEnding(evidence),
    decide: ({ evidence }) => ({
      outcome: 'failed',
      sentence: `The active coordinator has failed: its instance is gone. ${evidence.record.active}`,
    }),
  },
  {
    name: 'requested',
    when: 'a person asked for a switchover or forces a failover, the address has not moved since, and a standby is ready',
    matches: ({ evidence: { moveRequested, address, readyStandbys, prepared } }) =>
      moveRequested && (readyStandbys.length > 0 || (address === 'ready' && !prepared)),
    decide: decideRequested,
  },
  {
    name: 'outdated',
    when: 'a person asked for an upgrade, the address answers and has not moved since, the active runs another launch template version than the cluster, a standby of the right one is ready, and there were not too many failovers',
    matches: isToBeUpgraded,
    decide: (input) => ({ outcome: 'failed', sentence: upgradeSentence(input) }),
  },
  {
    name: 'termination-announced',
    when: 'EC2 has just announced that the active ends, and still describes it as running',
    matches: ({ evidence }) => evidence.endAnnounced,
    decide: ({ evidence }) => ({
      outcome: 'ask-again',
      sentence:
        'EC2 has announced that the instance of the active coordinator ends, but still describes it as ' +
        `running: it is described again. ${evidence.record.active}`,
    }),
  },
  {
    name: 'answers',
    when: 'the address answers and is ready',
    matches: ({ evidence }) => evidence.address === 'ready',
    decide: (input) => ({
      outcome: 'healthy',
      sentence: `The coordinator is healthy: the address answers and is ready. ${input.evidence.record.selfReport}${notMovedSentence(input, isOverFailoverLimit(input))}`,
    }),
  },
  {
    name: 'settling',
    when: 'the address was attached less than the settle time ago, and Verify coordinator has not failed in this execution',
    matches: ({ evidence }) => isSettling(evidence),
    decide: ({ evidence, settings }) => ({
      outcome: 'ask-again',
      sentence:
        `The address moved less than ${settings.settleSeconds} s ago and gets time to settle. ` +
        evidence.record.address,
    }),
  },
  {
    name: 'isolated',
    when: 'the address fails and a second witness agrees, but the host says healthy',
    matches: ({ evidence }) => isIsolated(evidence),
    decide: decideIsolated,
  },
  {
    name: 'self-report-healthy',
    when: 'a fresh sample of the host is 1; if it is older than the execution, the witnesses are asked again',
    matches: ({ evidence }) => evidence.selfReport === 'healthy',
    decide: decideSelfReportHealthy,
  },
  {
    name: 'failover-limit',
    when: 'too many failovers within the window, and this execution is in the middle of no failover',
    matches: isOverFailoverLimit,
    decide: (input) => ({
      outcome: 'waiting-for-operator',
      sentence: `${failoverLimitSentence(input)} ${input.evidence.record.address}`,
    }),
  },
  {
    name: 'no-successor',
    when: 'as dead or self-report-dead, but no standby is ready and the instance still runs',
    matches: ({ evidence }) =>
      (isDead(evidence) || isDeadBySelfReport(evidence)) && evidence.readyStandbys.length === 0,
    decide: ({ evidence }) => ({
      outcome: 'prepare',
      sentence: `The coordinator has failed, but nobody is ready to take over: a successor is launched first. ${witnessSentences(evidence)}`,
    }),
  },
  {
    name: 'dead',
    when: 'the address fails, and the host says 0, or is silent while no standby reaches the address',
    matches: ({ evidence }) => isDead(evidence),
    decide: ({ evidence }) => ({
      outcome: 'failed',
      sentence: `The active coordinator has failed. ${witnessSentences(evidence)}`,
    }),
  },
  {
    name: 'self-report-dead',
    when: 'the outside check is unknown, the host says 0, and the standbys or EC2 agree',
    matches: ({ evidence }) => isDeadBySelfReport(evidence),
    decide: ({ evidence }) => ({
      outcome: 'failed',
      sentence:
        `The active coordinator has failed: its host says so, and others agree. ${witnessSentences(evidence)} ` +
        `EC2 status checks: ${evidence.statusChecks}.`,
    }),
  },
  {
    name: 'unsure',
    when: 'anything else',
    matches: () => true,
    decide: ({ evidence }) => ({
      outcome: 'ask-again',
      sentence: `The witnesses do not agree that the coordinator has failed, so they are asked again. ${witnessSentences(evidence)}`,
    }),
  },
];

/** A cluster that works is not taken down for want of a successor. */
function decideRequested({ evidence }: RuleInput): ReturnType<Rule['decide']> {
  const request = `A person asked to move the address (${evidence.request.startedBy})`;
  const ready = evidence.readyStandbys.join(', ');
  return ready === ''
    ? {
        outcome: 'refused',
        sentence: `${request}, but no standby is ready and the coordinator answers: nothing is touched.`,
      }
    : { outcome: 'failed', sentence: `${request}, and ${ready} is ready.` };
}

/**
 * A published sample takes seconds to be readable. The last sample before a failure may still look fresh:
 * believed, it would end the execution, and the next execution may be minutes away.
 */
function decideSelfReportHealthy({ evidence }: RuleInput): ReturnType<Rule['decide']> {
  if (!evidence.selfReportIsNew) {
    return {
      outcome: 'ask-again',
      sentence: `The address fails, and the host has said nothing since. ${witnessSentences(evidence)}`,
    };
  }
  return {
    outcome: 'healthy',
    sentence:
      'The host says that its coordinator is healthy, but a path to it is broken: ' +
      `${evidence.record.address} ${evidence.record.standbys}`,
  };
}

function decideIsolated(input: RuleInput): ReturnType<Rule['decide']> {
  const { evidence, settings, isolatedSeconds } = input;
  const seen = `The host says healthy, but nobody has reached it for ${Math.round(isolatedSeconds)} s. ${witnessSentences(evidence)}`;
  if (isolatedSeconds < settings.isolatedSeconds) {
    return {
      outcome: 'ask-again',
      sentence: `${seen} After ${settings.isolatedSeconds} s it counts as failed.`,
    };
  }
  // A broken path looks the same from every new coordinator: without the limit, each would be killed.
  if (isOverFailoverLimit(input)) {
    return { outcome: 'waiting-for-operator', sentence: `${seen} ${failoverLimitSentence(input)}` };
  }
  if (evidence.readyStandbys.length === 0) {
    return {
      outcome: 'prepare',
      sentence: `${seen} No standby is ready: a successor is launched.`,
    };
  }
  return { outcome: 'failed', sentence: `${seen} A coordinator that nobody reaches has failed.` };
}

/**
 * The address fails and a second witness agrees, but the host itself says that it is healthy. Verify
 * coordinator repeats the outside check: it is no second witness against a standby that reaches the address.
 */
export function isIsolated({ address, standbys, verifyFailed, selfReport }: Evidence): boolean {
  const seconded = standbys === 'do not reach it' || (verifyFailed && standbys !== 'reach it');
  return address === 'failed' && seconded && selfReport === 'healthy';
}

/** Attached a moment ago, and nothing is known against the holder yet. */
function isSettling({ settling, verifyFailed }: Evidence): boolean {
  return settling && !verifyFailed;
}

/** Each failover costs the running queries: too many of them are a fault that moving does not cure. */
function isOverFailoverLimit({ evidence, settings }: RuleInput): boolean {
  return evidence.failoversInWindow >= settings.failoverLimit && !evidence.midFailover;
}

/** The outside check failed, and the host agrees: by a 0, or by silence while no standby reaches the address. */
function isDead({ address, selfReport, standbys }: Evidence): boolean {
  const nobodyReaches = standbys === 'do not reach it' || standbys === 'none exist';
  return (
    address === 'failed' &&
    (selfReport === 'unhealthy' || (selfReport === 'silent' && nobodyReaches))
  );
}

/** The outside check saw nothing. The host says 0, and the standbys or EC2 agree. */
function isDeadBySelfReport({ address, selfReport, standbys, statusChecks }: Evidence): boolean {
  const seconded = standbys === 'do not reach it' || statusChecks === 'impaired';
  return address === 'unknown' && selfReport === 'unhealthy' && seconded;
}

/** The instance that holds the address has ended or is ending. */
function hasEndedOrIsEnding({ active }: Evidence): boolean {
  return (
    typeof active === 'object' &&
    (isStoppingOrStopped(active) || isShuttingDownOrTerminated(active))
  );
}

/**
 * The coordinator has failed, no person moves the address, and the user wants the node kept. A terminated
 * node cannot be kept: EC2 leaves the address vacant within moments.
 */
function isNodeKept({ evidence, settings, cluster, isolatedSeconds }: RuleInput): boolean {
  const { active, midFailover, request } = evidence;
  if (cluster.keepCoordinatorNode !== 'yes' || midFailover || wantsMove(request)) return false;
  if (typeof active !== 'object' || isShuttingDownOrTerminated(active)) return false;
  if (isStoppingOrStopped(active)) return true;
  if (isSettling(evidence)) return false;
  const isLost = isIsolated(evidence) && isolatedSeconds >= settings.isolatedSeconds;
  return isLost || isDead(evidence) || isDeadBySelfReport(evidence);
}

/**
 * A person asked for an upgrade, the address has not moved since, the coordinator works but runs another
 * launch template version, and a standby of the cluster's version is ready. Where failovers have been too
 * many, no further move is planned.
 */
function isToBeUpgraded(input: RuleInput): boolean {
  const { upgradeRequested, address, versions } = input.evidence;
  if (!upgradeRequested || address !== 'ready' || isOverFailoverLimit(input)) return false;
  return versions.activeIsOutdated && versions.ready.length > 0;
}
