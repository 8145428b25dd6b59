/** The longer sentences of the rules. A decision has one sentence: log line, status and message to people. */
import { versionWords } from '../model/launch-version.ts';
import { wantsMove } from '../model/request.ts';
import type { Evidence, RuleInput } from './evidence.ts';

export function witnessSentences({ record }: Evidence): string {
  return `${record.address} ${record.selfReport} ${record.standbys}`;
}

export function failoverLimitSentence({ evidence, settings }: RuleInput): string {
  return (
    `There were ${evidence.failoversInWindow} failovers within ${settings.failoverWindowMinutes} minutes ` +
    `(limit ${settings.failoverLimit}): a person decides.`
  );
}

/** The upgrade is made where the node is kept, too: a person asked for it. */
export function upgradeSentence({ evidence, cluster }: RuleInput): string {
  const { versions, request, active } = evidence;
  const runs = typeof active === 'object' ? versionWords(active, cluster) : 'another version';
  const nodeKept =
    cluster.keepCoordinatorNode === 'yes' ? ' KeepCoordinatorNode does not stop an upgrade.' : '';
  return (
    `A planned switchover: an upgrade to version ${cluster.launchTemplateVersion} was asked for (${request.startedBy}), ` +
    `the coordinator works but runs ${runs}, and ${versions.ready.join(', ')} is ready.${nodeKept}`
  );
}

/**
 * Why a move that was asked for is not made, with a blank before it; empty where no move was asked for or
 * this execution has made it. Two people who ask at once make one move.
 */
export function notMovedSentence(input: RuleInput, isOverFailoverLimit: boolean): string {
  const { evidence, cluster } = input;
  const { request, moveRequested, upgradeRequested, fenced, versions } = evidence;
  if (fenced || !(wantsMove(request) || request.upgrade)) return '';
  const version = `version ${cluster.launchTemplateVersion}`;
  if (request.upgrade && !versions.activeIsOutdated) return ` It runs ${version} already.`;
  if (!moveRequested && !upgradeRequested) {
    return ' The address has moved since this execution began, so it is not moved again.';
  }
  if (moveRequested) {
    return ' It is not moved as asked: no standby is ready yet. Ask again when one is.';
  }
  if (isOverFailoverLimit) {
    return ` The upgrade to ${version} waits: ${failoverLimitSentence(input)}`;
  }
  return ` The upgrade to ${version} waits: no standby of that version is ready yet. Ask again when one is.`;
}
