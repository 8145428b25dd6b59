/**
 * What a rule says: the outcomes, and the longer sentences. One sentence per decision: it is log line,
 * status and message to people.
 */

import type { Outcome } from '../model/incident.ts';
import { versionWords } from '../model/launch-version.ts';
import { wantsMove } from '../model/request.ts';
import { isOverFailoverLimit, type RuleInput } from './conditions.ts';
import type { Evidence } from './evidence.ts';

interface Words {
  readonly outcome: Outcome;
  readonly sentence: string;
}

export function ruleOnForced({ evidence }: RuleInput): Words {
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

/** A person's upgrade is a person's word, so it is followed where the node is kept, too. */
export function ruleOnOutdated({ evidence, cluster }: RuleInput): Words {
  const { versions, request, active } = evidence;
  const runs = typeof active === 'object' ? versionWords(active, cluster) : 'another version';
  const kept =
    cluster.keepCoordinatorNode === 'yes' ? ' KeepCoordinatorNode does not stop an upgrade.' : '';
  return {
    outcome: 'failed',
    sentence:
      `A planned switchover: an upgrade to version ${cluster.launchTemplateVersion} was asked for (${request.startedBy}), ` +
      `the coordinator works but runs ${runs}, and ${versions.ready.join(', ')} is ready.${kept}`,
  };
}

/** Why a move that was asked for is not made. Two people who ask at once make one move. */
export function unmoved(input: RuleInput): string {
  const { evidence, cluster } = input;
  const { request, forced, upgrading, fenced, versions } = evidence;
  if (fenced || !(wantsMove(request) || request.upgrade)) return '';
  const version = `version ${cluster.launchTemplateVersion}`;
  if (request.upgrade && !versions.activeIsOutdated) return ` It runs ${version} already.`;
  if (!forced && !upgrading) {
    return ' The address has moved since this execution began, so it is not moved again.';
  }
  if (forced) return ' It is not moved as asked: nobody is ready yet. Ask again when one is.';
  if (isOverFailoverLimit(input)) return ` The upgrade to ${version} waits: ${tooMany(input)}`;
  return ` The upgrade to ${version} waits: no standby of it is ready yet. Ask again when one is.`;
}

/**
 * What is published takes seconds to be read. So the last word before the failure may look fresh, and
 * believing it would end the execution: the next observation would be a minute away.
 */
export function ruleOnHealthySelfReport({ evidence }: RuleInput): Words {
  if (!evidence.selfReportIsNew) {
    return {
      outcome: 'ask-again',
      sentence: `The address fails, and the host has not spoken since. ${why(evidence)}`,
    };
  }
  return {
    outcome: 'healthy',
    sentence:
      'The coordinator is healthy by its own word, but a path to it is broken: ' +
      `${evidence.record.address} ${evidence.record.standbys}`,
  };
}

export function ruleOnIsolated(input: RuleInput): Words {
  const { evidence, settings, isolatedSeconds } = input;
  const seen = `The host says healthy, but it cannot be reached for ${Math.round(isolatedSeconds)} s. ${why(evidence)}`;
  if (isolatedSeconds < settings.isolatedSeconds) {
    return {
      outcome: 'ask-again',
      sentence: `${seen} It has until ${settings.isolatedSeconds} s to come back.`,
    };
  }
  // A broken path looks the same from every new coordinator: without this, each would be killed.
  if (isOverFailoverLimit(input)) {
    return { outcome: 'waiting-for-operator', sentence: `${seen} ${tooMany(input)}` };
  }
  if (evidence.readyStandbys.length === 0) {
    return { outcome: 'prepare', sentence: `${seen} Nobody is ready: a successor is launched.` };
  }
  return { outcome: 'failed', sentence: `${seen} A coordinator that nobody reaches has failed.` };
}

export function why({ record }: Evidence): string {
  return `${record.address} ${record.selfReport} ${record.standbys}`;
}

export function tooMany({ evidence, settings }: RuleInput): string {
  return (
    `There were ${evidence.failoversInWindow} failovers within ${settings.failoverWindowMinutes} minutes ` +
    `(limit ${settings.failoverLimit}): a person decides.`
  );
}
