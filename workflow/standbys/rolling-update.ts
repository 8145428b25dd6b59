/**
 * How the coordinators get to the cluster's launch template version. A newcomer of that version is launched
 * beside the others; when the newcomer is ready, an outdated standby is scaled in; then the next. Only the
 * rule `outdated` moves the active, when a person asks for an upgrade. Pure.
 * What can go wrong: the version does not work. Nothing is scaled in before a newcomer is ready, and after
 * `mostReplacements` failures no more are launched.
 */
import { attachedBy, currentSurvey } from '../model/findings.ts';
import type { Coordinator, Incident } from '../model/incident.ts';
import { isShuttingDownOrTerminated } from '../model/instance-state.ts';
import { isOutdated, versionWords } from '../model/launch-version.ts';
import { readRequest } from '../model/request.ts';
import { isNoFailure, replacedAt, surplusReason } from '../model/tags.ts';
import { cloudFormationWaitsSeconds } from '../model/timing.ts';
import {
  answersReady,
  byAge,
  type ClusterNow,
  isBooting,
  mostReplacements,
  type Removal,
  unhealthyReason,
} from './unhealthy.ts';

/** `world` is a fresh description, `alive` are the living coordinators in it, `now` is ISO 8601. */
export interface View {
  readonly incident: Incident;
  readonly world: ClusterNow;
  readonly alive: readonly Coordinator[];
  readonly now: string;
}

export interface Rollout {
  /** The coordinator beside which a newcomer is launched, or null. */
  readonly replaced: Coordinator | null;
  /** The rollout in words; empty when every coordinator runs the cluster's version. */
  readonly sentence: string;
  /** Why the rollout needs a person, or null. */
  readonly problem: string | null;
}

/** How long a single coordinator's successor may wait for the switchover: as long as a stack's update. */
const successorMinutes = cloudFormationWaitsSeconds / 60;

/**
 * The standbys beyond HACoordinatorsCount: unready before ready, then outdated before current, then the
 * newest first. The newcomer is not counted: the standby that it replaces is needed until the newcomer is
 * ready. Empty where a coordinator is younger than this execution: the execution that launched that
 * coordinator may know another version or count.
 */
export function surplusOf(view: View): Removal[] {
  const { incident, world, alive, now } = view;
  if (world.holderId === null || youngerOf(view) !== undefined) return [];
  const newcomer = newcomerOf(view);
  const counted = alive.filter((one) => one !== newcomer);
  const count = counted.length - roomFor(view, counted);
  if (count <= 0) return [];
  const rank = (one: Coordinator) =>
    (answersReady(incident, one) ? 2 : 0) + (isOutdated(one, incident.cluster) ? 0 : 1);
  return standbysOf(view, counted)
    .sort((one, other) => rank(one) - rank(other) || byAge(other, one))
    .slice(0, count)
    .map((one) => ({
      instanceId: one.instanceId,
      why: unhealthyReason(incident, one, now) ?? surplusReason,
    }));
}

/** `terminated`: the living coordinators that are scaled in now. */
export function planRollout(view: View, terminated: readonly Removal[]): Rollout {
  const { incident, alive, now } = view;
  const going = new Set(terminated.map(({ instanceId }) => instanceId));
  const kept = alive.filter(({ instanceId }) => !going.has(instanceId));
  const { cluster } = incident;
  const outdated = kept.filter((one) => isOutdated(one, cluster));
  if (outdated.length === 0) return { replaced: null, sentence: '', problem: null };
  const version = `version ${cluster.launchTemplateVersion}`;
  const who = outdated.map((one) => `${one.instanceId} runs ${versionWords(one, cluster)}`);
  const runs = `The cluster is to run ${version}, but ${who.join(', ')}.`;
  const younger = youngerOf(view);
  if (younger !== undefined && isOutdated(younger, cluster)) {
    const newer = `${younger.instanceId} was launched after this execution began, so this execution leaves the version to a later one.`;
    return { replaced: null, sentence: `${runs} ${newer}`, problem: null };
  }
  const failed = [...failedOf(view), ...failingNow(view, terminated)];
  if (failed.length >= mostReplacements) {
    const problem =
      `${capital(version)} does not work: ${failed.length} coordinators of it have failed within ` +
      `${incident.settings.failoverWindowMinutes} minutes (${failed.join(', ')}), so no more of it is ` +
      'launched beside the others, which stay as they are. Deploy a version that works.';
    return { replaced: null, sentence: runs, problem };
  }
  const booting = standbysOf(view, kept).find(
    (one) => !isOutdated(one, cluster) && !answersReady(incident, one),
  );
  if (booting !== undefined) {
    const wait = isBooting(incident, booting, now)
      ? `${booting.instanceId} of ${version} is not ready yet: until it is, nobody is replaced.`
      : `${booting.instanceId} of ${version} did not become ready, so nobody is replaced.`;
    return { replaced: null, sentence: `${runs} ${wait}`, problem: null };
  }
  const replaced = replacedNext(view, kept);
  const beside = replaced && `One of ${version} is launched beside ${replaced.instanceId}.`;
  const move = 'The active is moved by {"upgrade": true} only.';
  return { replaced, sentence: `${runs} ${beside ?? move}`, problem: null };
}

/** The oldest outdated standby; for an upgrade of a single coordinator the active itself. */
function replacedNext(view: View, kept: readonly Coordinator[]): Coordinator | null {
  const { incident, world, now } = view;
  const { cluster, settings } = incident;
  // One surge at a time, and not on an old survey, which does not tell who is ready.
  if (kept.length !== settings.haCoordinatorsCount || currentSurvey(incident, now) === null) {
    return null;
  }
  const standbys = standbysOf(view, kept);
  const [oldest] = standbys.filter((one) => isOutdated(one, cluster)).sort(byAge);
  if (oldest !== undefined) return oldest;
  if (standbys.length > 0 || !readRequest(incident.request).upgrade) return null;
  return kept.find(({ instanceId }) => instanceId === world.holderId) ?? null;
}

/** The oldest booting standby of the cluster's version, beside an outdated coordinator. */
function newcomerOf(view: View): Coordinator | undefined {
  const { incident, alive, now } = view;
  const { cluster } = incident;
  if (!alive.some((one) => isOutdated(one, cluster))) return undefined;
  return standbysOf(view, alive)
    .filter((one) => !isOutdated(one, cluster) && !answersReady(incident, one))
    .filter((one) => isBooting(incident, one, now))
    .sort(byAge)[0];
}

/**
 * A coordinator that is younger than this execution. A deployment may have come between: a running or
 * redriven execution keeps the version and the count of its start.
 */
function youngerOf({ incident, alive }: View): Coordinator | undefined {
  const startedMs = Date.parse(incident.execution.startedAt);
  return alive.find(({ launchedAt }) => Date.parse(launchedAt) > startedMs);
}

/** HACoordinatorsCount, and one more for the ready successor of a single outdated coordinator. */
function roomFor(view: View, counted: readonly Coordinator[]): number {
  const { incident, world, now } = view;
  const { cluster, settings } = incident;
  const wanted = settings.haCoordinatorsCount;
  const holder = counted.find(({ instanceId }) => instanceId === world.holderId);
  if (wanted > 1 || holder === undefined || !isOutdated(holder, cluster)) return wanted;
  const youngest = Date.parse(now) - successorMinutes * 60_000;
  const hasSuccessor = standbysOf(view, counted).some(
    (one) =>
      !isOutdated(one, cluster) &&
      answersReady(incident, one) &&
      Date.parse(one.launchedAt) > youngest,
  );
  return hasSuccessor ? wanted + 1 : wanted;
}

/** Coordinators of the cluster's version that were replaced, failed over from, or ended by themselves. */
function failedOf({ incident, world, now }: View): string[] {
  const oldest = Date.parse(now) - incident.settings.failoverWindowMinutes * 60_000;
  return world.coordinators
    .filter((one) => !isOutdated(one, incident.cluster))
    .filter((one) => {
      const { retired, launchedAt } = one;
      if (isNoFailure(retired)) return false;
      if (retired === null && !isShuttingDownOrTerminated(one)) return false;
      return (replacedAt(retired) ?? Date.parse(launchedAt)) > oldest;
    })
    .map(({ instanceId }) => instanceId);
}

/** Unhealthy coordinators of the cluster's version that are scaled in now. */
function failingNow({ incident, alive }: View, terminated: readonly Removal[]): string[] {
  const current = alive.filter((one) => !isOutdated(one, incident.cluster));
  return terminated
    .filter(({ instanceId, why }) => {
      return why !== surplusReason && current.some((one) => one.instanceId === instanceId);
    })
    .map(({ instanceId }) => instanceId);
}

function standbysOf(
  { incident, world }: View,
  coordinators: readonly Coordinator[],
): Coordinator[] {
  const active = [world.holderId, attachedBy(incident)?.instanceId];
  return coordinators.filter(({ instanceId }) => !active.includes(instanceId));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
