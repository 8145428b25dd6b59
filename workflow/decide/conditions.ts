/**
 * What the rules ask of the evidence, each condition by its name. Pure.
 * What can go wrong: two rules that mean the same condition and drift apart. So a condition that two
 * of them use stands here, once.
 */
import type { Cluster } from '../model/cluster.ts';
import { isShuttingDownOrTerminated, isStoppingOrStopped } from '../model/instance-state.ts';
import { wantsMove } from '../model/request.ts';
import type { Settings } from '../model/settings.ts';
import type { Evidence } from './evidence.ts';

/** What a rule may look at: the evidence, and how long the isolation has lasted. */
export interface RuleInput {
  readonly evidence: Evidence;
  readonly settings: Settings;
  readonly cluster: Cluster;
  /** Seconds for which this execution has seen `isIsolated`, 0 at the first observation. */
  readonly isolatedSeconds: number;
  /** Why a person's request is not followed, or null. */
  readonly refusal: string | null;
}

/**
 * The address fails and another witness says so, but the host itself says that it is healthy. Verify
 * coordinator is the outside check once more: against a standby that reaches the address it is none.
 */
export function isIsolated({ address, standbys, verifyFailed, selfReport }: Evidence): boolean {
  const seconded = standbys === 'do not reach it' || (verifyFailed && standbys !== 'reach it');
  return address === 'failed' && seconded && selfReport === 'healthy';
}

/** Attached a moment ago, and nothing is known against it yet. */
export function isSettling({ settling, verifyFailed }: Evidence): boolean {
  return settling && !verifyFailed;
}

/** Each failover costs the running queries: too many of them are a fault that moving does not cure. */
export function isOverFailoverLimit({ evidence, settings }: RuleInput): boolean {
  return evidence.failoversInWindow >= settings.failoverLimit && !evidence.midFailover;
}

/** The outside check failed, and the host agrees: by its own word, or by silence seen from beside. */
export function isDead({ address, selfReport, standbys }: Evidence): boolean {
  const nobodyReaches = standbys === 'do not reach it' || standbys === 'none exist';
  return (
    address === 'failed' &&
    (selfReport === 'unhealthy' || (selfReport === 'silent' && nobodyReaches))
  );
}

/** As dead, where the outside check could not see: the host, and the standbys or EC2, agree. */
export function isDeadBySelfReport({
  address,
  selfReport,
  standbys,
  statusChecks,
}: Evidence): boolean {
  const seconded = standbys === 'do not reach it' || statusChecks === 'impaired';
  return address === 'unknown' && selfReport === 'unhealthy' && seconded;
}

/** The instance that holds the address has ended or is ending. */
export function hasEndedOrIsEnding({ active }: Evidence): boolean {
  return (
    typeof active === 'object' &&
    (isStoppingOrStopped(active) || isShuttingDownOrTerminated(active))
  );
}

/**
 * It has failed, no person moves it, and the user wants its node kept. One that is terminated is
 * not there to be kept: EC2 leaves the address vacant within moments.
 */
export function isNodeKept({ evidence, settings, cluster, isolatedSeconds }: RuleInput): boolean {
  const { active, midFailover, request } = evidence;
  if (cluster.keepCoordinatorNode !== 'yes' || midFailover || wantsMove(request)) return false;
  if (typeof active !== 'object' || isShuttingDownOrTerminated(active)) return false;
  if (isStoppingOrStopped(active)) return true;
  if (isSettling(evidence)) return false;
  const isLost = isIsolated(evidence) && isolatedSeconds >= settings.isolatedSeconds;
  return isLost || isDead(evidence) || isDeadBySelfReport(evidence);
}

/**
 * Somebody asked for an upgrade, the address has not moved since, the coordinator works but is of
 * another launch template version, and one of the cluster's stands ready. Where moves have failed
 * again and again, one more is not planned.
 */
export function isToBeUpgraded(input: RuleInput): boolean {
  const { upgrading, address, versions } = input.evidence;
  if (!upgrading || address !== 'ready' || isOverFailoverLimit(input)) return false;
  return versions.activeIsOutdated && versions.ready.length > 0;
}
