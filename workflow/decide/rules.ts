/**
 * The rule table: evidence -> decision. The first rule that matches wins. The names are permanent:
 * they stand in executions, logs, reports and tests.
 */

import type { Outcome, RuleName } from '../model/incident.ts';
import { tagKeys } from '../model/names.ts';
import { wantsMove } from '../model/request.ts';
import {
  hasEndedOrIsEnding,
  isDead,
  isDeadBySelfReport,
  isIsolated,
  isNodeKept,
  isOverFailoverLimit,
  isSettling,
  isToBeUpgraded,
  type RuleInput,
} from './conditions.ts';
import {
  ruleOnForced,
  ruleOnHealthySelfReport,
  ruleOnIsolated,
  ruleOnOutdated,
  tooMany,
  unmoved,
  why,
} from './rule-sentences.ts';

export interface RuleDecision {
  readonly rule: RuleName;
  readonly outcome: Outcome;
  readonly sentence: string;
}

interface Rule {
  readonly name: RuleName;
  /** For docs: the condition in words. */
  readonly when: string;
  matches(input: RuleInput): boolean;
  rule(input: RuleInput): { outcome: Outcome; sentence: string };
}

export function ruleOn(input: RuleInput): RuleDecision {
  for (const rule of rules) {
    if (rule.matches(input)) return { rule: rule.name, ...rule.rule(input) };
  }
  throw new Error('The last rule matches everything: this cannot be reached.');
}

export const rules: readonly Rule[] = [
  {
    name: 'refused',
    when: 'a person asked for what cannot be understood, for a standby that cannot take over, or for a switchover from a coordinator that does not answer',
    matches: ({ refusal }) => refusal !== null,
    rule: ({ refusal }) => ({
      outcome: 'refused',
      sentence: `The request is refused, and nothing is touched. ${refusal}`,
    }),
  },
  {
    name: 'stack-deleting',
    when: 'the ENI is tagged stack-deleting: the stack is being deleted',
    matches: ({ evidence }) => evidence.stackDeleting !== null,
    rule: ({ evidence }) => ({
      outcome: 'stack-deleting',
      sentence: `The cluster is being taken down (tag ${tagKeys.stackDeleting}: ${evidence.stackDeleting}), so nothing is touched.`,
    }),
  },
  {
    name: 'address-unreadable',
    when: 'the ENI or its holder cannot be read',
    matches: ({ evidence }) => evidence.attachment === 'unknown' || evidence.active === 'unknown',
    rule: ({ evidence }) => ({
      outcome: 'ask-again',
      sentence: `Who holds the address cannot be seen, so nothing is touched. ${evidence.record.active}`,
    }),
  },
  {
    name: 'vacant',
    when: 'the ENI is attached to nothing, or to a retired instance',
    matches: ({ evidence: { active } }) =>
      active === 'none' || (typeof active === 'object' && active.retired !== null),
    rule: ({ evidence }) => ({
      outcome: 'vacant',
      sentence: `Nobody serves the address: it goes to a standby. ${evidence.record.active}`,
    }),
  },
  {
    name: 'paused',
    when: 'the ENI is tagged paused, no person moves it, and this execution is in the middle of no failover',
    matches: ({ evidence: { paused, midFailover, request } }) =>
      paused !== null && !midFailover && !wantsMove(request),
    rule: ({ evidence }) => ({
      outcome: 'paused',
      sentence: `Automatic failover is paused, so nothing is touched (${evidence.paused}).`,
    }),
  },
  {
    name: 'node-kept',
    when: 'KeepCoordinatorNode is yes, the coordinator has failed as in gone, isolated, dead or self-report-dead but is not terminated, no person moves it, and this execution is in the middle of no failover',
    matches: isNodeKept,
    rule: ({ evidence, cluster }) => ({
      outcome: 'waiting-for-operator',
      sentence:
        `The coordinator has failed, but its node is kept (KeepCoordinatorNode is yes): a person decides. ${why(evidence)} ` +
        `To move the address: coordinator-failover failover --force --reason "..." --cluster ${cluster.clusterName}`,
    }),
  },
  {
    name: 'gone',
    when: 'the active is stopping, stopped, shutting-down or terminated',
    matches: ({ evidence }) => hasEndedOrIsEnding(evidence),
    rule: ({ evidence }) => ({
      outcome: 'failed',
      sentence: `The active coordinator has failed: its instance is gone. ${evidence.record.active}`,
    }),
  },
  {
    name: 'requested',
    when: 'a person asked for a switchover or forces a failover, the address has not moved since, and a standby is ready',
    matches: ({ evidence: { forced, address, readyStandbys, prepared } }) =>
      forced && (readyStandbys.length > 0 || (address === 'ready' && !prepared)),
    rule: ruleOnForced,
  },
  {
    name: 'outdated',
    when: 'a person asked for an upgrade, the address answers and has not moved since, the active is of another launch template version than the cluster, a standby of the right one is ready, and there were not too many failovers',
    matches: isToBeUpgraded,
    rule: ruleOnOutdated,
  },
  {
    name: 'termination-announced',
    when: 'EC2 has just announced that the active ends, and it is still described as running',
    matches: ({ evidence }) => evidence.endAnnounced,
    rule: ({ evidence }) => ({
      outcome: 'ask-again',
      sentence:
        'EC2 has announced that the instance of the active coordinator ends, and does not describe ' +
        `it so yet: it is looked at again. ${evidence.record.active}`,
    }),
  },
  {
    name: 'answers',
    when: 'the address answers and is ready',
    matches: ({ evidence }) => evidence.address === 'ready',
    rule: (input) => ({
      outcome: 'healthy',
      sentence: `The coordinator is healthy: the address answers and is ready. ${input.evidence.record.selfReport}${unmoved(input)}`,
    }),
  },
  {
    name: 'settling',
    when: 'it was attached less than the settle time ago, and has not failed Verify coordinator here',
    matches: ({ evidence }) => isSettling(evidence),
    rule: ({ evidence, settings }) => ({
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
    rule: ruleOnIsolated,
  },
  {
    name: 'self-report-healthy',
    when: 'a fresh sample of the host is 1; one from before the execution is asked for again',
    matches: ({ evidence }) => evidence.selfReport === 'healthy',
    rule: ruleOnHealthySelfReport,
  },
  {
    name: 'failover-limit',
    when: 'too many failovers within the window, and this execution is in the middle of no failover',
    matches: isOverFailoverLimit,
    rule: (input) => ({
      outcome: 'waiting-for-operator',
      sentence: `${tooMany(input)} ${input.evidence.record.address}`,
    }),
  },
  {
    name: 'no-successor',
    when: 'as dead or self-report-dead, but no standby is ready and the instance still runs',
    matches: ({ evidence }) =>
      (isDead(evidence) || isDeadBySelfReport(evidence)) && evidence.readyStandbys.length === 0,
    rule: ({ evidence }) => ({
      outcome: 'prepare',
      sentence: `The coordinator has failed, but nobody is ready to take over: a successor is launched first. ${why(evidence)}`,
    }),
  },
  {
    name: 'dead',
    when: 'the address fails, and the host says 0, or is silent while no standby reaches it',
    matches: ({ evidence }) => isDead(evidence),
    rule: ({ evidence }) => ({
      outcome: 'failed',
      sentence: `The active coordinator has failed. ${why(evidence)}`,
    }),
  },
  {
    name: 'self-report-dead',
    when: 'the outside check is unknown, the host says 0, and the standbys or EC2 agree',
    matches: ({ evidence }) => isDeadBySelfReport(evidence),
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
