/**
 * From the document to evidence: what each witness saw. Unknown is a value, never "no".
 * What can go wrong: an old sample is taken for a new one, or a witness that could not speak for a witness
 * that said no. Either would kill a healthy coordinator.
 */
import type { Cluster } from '../model/cluster.ts';
import {
  answersOf,
  attachedBy,
  currentSurvey,
  decisionOf,
  fencedBy,
  isFollowedUp,
  surveyOf,
} from '../model/findings.ts';
import type {
  AttachmentView,
  Coordinator,
  EvidenceRecord,
  Incident,
  Sample,
  Survey,
} from '../model/incident.ts';
import { isLiving, isPendingOrRunning } from '../model/instance-state.ts';
import { readVersions, type VersionsEvidence } from '../model/launch-version.ts';
import { type Request, readRequest, wantsMove } from '../model/request.ts';
import type { Settings } from '../model/settings.ts';
import {
  failoversWithin,
  readAcknowledgement,
  readPause,
  withoutAcknowledged,
} from '../model/tags.ts';
import { type AddressEvidence, addressEvidence } from './outside-check.ts';
import {
  type Fresh,
  isReady,
  type SelfReport,
  type StandbysEvidence,
  selfReportOf,
  spokeSince,
  standbysEvidence,
} from './probe-evidence.ts';

/** What a rule may read. */
export interface RuleInput {
  readonly evidence: Evidence;
  readonly settings: Settings;
  readonly cluster: Cluster;
  /** Seconds for which this execution has seen the active isolated, 0 at the first observation. */
  readonly isolatedSeconds: number;
  /** Why a person's request is not followed, or null. */
  readonly refusal: string | null;
}

export interface Evidence {
  readonly now: string;
  /** `unknown` when the ENI could not be read. */
  readonly attachment: AttachmentView | 'none' | 'unknown';
  /** The instance that holds the ENI; `unknown` when instances could not be read. */
  readonly active: Coordinator | 'none' | 'unknown';
  readonly address: AddressEvidence;
  readonly selfReport: SelfReport;
  /** The host's newest sample was taken after this execution began. */
  readonly selfReportIsNew: boolean;
  readonly standbys: StandbysEvidence;
  /** EC2's status checks of the active. */
  readonly statusChecks: 'ok' | 'impaired' | 'unknown';
  /** Ids of the standbys that could take over now. */
  readonly readyStandbys: readonly string[];
  /** The attachment is younger than the settle time. */
  readonly settling: boolean;
  /** Verify coordinator has failed on this attachment in this execution. */
  readonly verifyFailed: boolean;
  /** This execution has fenced an instance. */
  readonly fenced: boolean;
  /**
   * This execution has fenced an instance, and the address is on its way, or where this execution attached it.
   * Once somebody else has moved the address, whatever befalls it is another failover.
   */
  readonly midFailover: boolean;
  /** Automatic failover is paused now: by whom, and why. */
  readonly paused: string | null;
  /** The stack is being deleted: the tag's value. */
  readonly stackDeleting: string | null;
  /** Failovers that no operator has acknowledged. */
  readonly failoversInWindow: number;
  readonly request: Request;
  /** EC2's event says that the active ends, and descriptions do not show the end yet. */
  readonly endAnnounced: boolean;
  /** A person asked for a move, nothing has been fenced, and the attachment is older than this execution. */
  readonly moveRequested: boolean;
  /** The same for an upgrade. */
  readonly upgradeRequested: boolean;
  /** This execution has launched a successor already, so it cannot say that it touches nothing. */
  readonly prepared: boolean;
  readonly versions: VersionsEvidence;
  readonly record: EvidenceRecord;
}

/** `now` is the time of the decision, ISO 8601. */
export function readEvidence(incident: Incident, now: string): Evidence {
  const survey = currentSurvey(incident, now);
  const attachment = readAttachment(survey);
  const active = readActive(survey, attachment);
  const activeSeen = typeof active === 'object' ? active : null;
  const fresh = freshness(incident, survey);
  const others = livingOthers(survey, activeSeen?.instanceId);
  const answers = answersOf(incident);
  const address = addressEvidence(answers, others.length > 0);
  const selfReport = selfReportOf(survey, activeSeen, others, fresh);
  const standbys = standbysEvidence(survey, others, fresh);
  const readyStandbys = others
    .filter((other) => isInZone(other, survey) && isReady(other, answers, fresh))
    .map((other) => other.instanceId);
  const attached = typeof attachment === 'object' ? attachment : null;
  const fenced = fencedBy(incident).length > 0;
  const mayMove = !fenced && attached !== null && isOlder(attached, incident);
  const versions = readVersions(incident.cluster, activeSeen, others, readyStandbys);
  const statusChecks = activeSeen?.statusChecks ?? 'unknown';
  const request = readRequest(incident.request);
  const operatorTags = readOperatorTags(survey, incident.settings.failoverWindowMinutes, now);
  return {
    now,
    attachment,
    active,
    address: address.kind,
    selfReport: selfReport.kind,
    selfReportIsNew: spokeSince(activeSeen, incident.execution.startedAt),
    standbys: standbys.kind,
    statusChecks,
    readyStandbys,
    settling: attached !== null && isSettling(attached, incident, now),
    verifyFailed: attached !== null && hasFailedToVerify(attached, incident, now),
    fenced,
    midFailover: isMidFailover(incident, attached),
    paused: operatorTags.paused,
    stackDeleting: survey?.address?.stackDeleting ?? null,
    failoversInWindow: operatorTags.failoversInWindow,
    request,
    endAnnounced: isEndAnnounced(request, activeSeen, incident, now),
    moveRequested: wantsMove(request) && mayMove,
    upgradeRequested: request.upgrade && mayMove,
    prepared: hasPrepared(incident),
    versions,
    record: {
      startedBy: request.startedBy,
      operatorTags: operatorTags.sentences,
      active: survey ? describeActive(attachment, active) : describeNoSurvey(incident),
      address: address.sentence,
      selfReport: selfReport.sentence,
      standbys: standbys.sentence,
      statusChecks,
      versions: versions.sentence,
      readyStandbys,
    },
  };
}

function isSettling({ attachedAt }: AttachmentView, { settings }: Incident, now: string): boolean {
  return Date.parse(now) - Date.parse(attachedAt) < settings.settleSeconds * 1000;
}

function hasFailedToVerify(
  { attachmentId }: AttachmentView,
  incident: Incident,
  now: string,
): boolean {
  const { verification } = incident;
  const isOfIt =
    verification?.kind === 'not-verified' && verification.attachmentId === attachmentId;
  return isOfIt && isFollowedUp(incident, now);
}

/** The address can be attached to instances of its own zone only. Where a zone is not known, EC2 decides. */
export function isInZone({ availabilityZone }: Coordinator, survey: Survey | null): boolean {
  const zone = survey?.address?.availabilityZone;
  return !zone || availabilityZone === null || availabilityZone === zone;
}

/**
 * The attachment was there before this execution: nobody has moved the address since. EC2 gives the time of an
 * attachment in whole seconds, so an attachment of the same second counts as a move.
 */
function isOlder({ attachedAt }: AttachmentView, { execution }: Incident): boolean {
  return Date.parse(attachedAt) + 1000 <= Date.parse(execution.startedAt);
}

/** Descriptions lag by seconds behind EC2's event. After so long they are right, and the event is old. */
const announcedForMs = 30_000;

function isEndAnnounced(
  { announcedEnd }: Request,
  active: Coordinator | null,
  { execution }: Incident,
  now: string,
): boolean {
  if (active === null || announcedEnd !== active.instanceId) return false;
  const isYoung = Date.parse(now) - Date.parse(execution.startedAt) < announcedForMs;
  return isYoung && isPendingOrRunning(active);
}

function readOperatorTags(survey: Survey | null, windowMinutes: number, now: string) {
  const { paused, acknowledged, failovers = [] } = survey?.address ?? {};
  const pause = readPause(paused, now);
  const acknowledgement = readAcknowledgement(acknowledged, now);
  const recent = failoversWithin(failovers, now, windowMinutes);
  return {
    paused: pause.kind === 'paused' || pause.kind === 'unreadable' ? pause.sentence : null,
    failoversInWindow: withoutAcknowledged(recent, acknowledgement).length,
    sentences: [pause, acknowledgement].flatMap((tag) =>
      tag.kind === 'none' ? [] : [tag.sentence],
    ),
  };
}

function isMidFailover(incident: Incident, attached: AttachmentView | null): boolean {
  const attachment = attachedBy(incident);
  const fenced = fencedBy(incident);
  if (fenced.length === 0 || attached === null) return fenced.length > 0;
  const isOwn = attachment?.attachmentId === attached.attachmentId;
  // Descriptions lag: they may still show an instance that this execution has just fenced as the holder.
  return isOwn || fenced.includes(attached.instanceId);
}

function readAttachment(survey: Survey | null): Evidence['attachment'] {
  if (!survey?.address) return 'unknown';
  return survey.address.attachment ?? 'none';
}

function readActive(survey: Survey | null, attachment: Evidence['attachment']): Evidence['active'] {
  if (attachment === 'none') return 'none';
  if (attachment === 'unknown' || !survey?.coordinators) return 'unknown';
  return (
    survey.coordinators.find(({ instanceId }) => instanceId === attachment.instanceId) ?? 'unknown'
  );
}

/** A sample's age is counted from the survey. A clock ahead of ours makes a sample young, never invalid. */
function freshness(incident: Incident, survey: Survey | null): Fresh {
  const oldest = survey ? Date.parse(survey.at) - incident.settings.freshSeconds * 1000 : 0;
  return (sample): sample is Sample => sample !== null && Date.parse(sample.at) > oldest;
}

function livingOthers(survey: Survey | null, activeId: string | undefined): Coordinator[] {
  return (survey?.coordinators ?? []).filter((one) => isLiving(one) && one.instanceId !== activeId);
}

function describeNoSurvey(incident: Incident): string {
  const survey = surveyOf(incident);
  return survey !== null
    ? `The last survey is of ${survey.at}: too old.`
    : 'The ENI could not be read.';
}

function describeActive(attachment: Evidence['attachment'], active: Evidence['active']): string {
  if (attachment === 'unknown') return 'The ENI could not be read.';
  if (attachment === 'none') return 'The ENI is attached to nothing.';
  const holder = `The ENI is ${attachment.status} to ${attachment.instanceId} since ${attachment.attachedAt}`;
  if (typeof active !== 'object') return `${holder}, which could not be read.`;
  const retired = active.retired === null ? '' : ', retired';
  return `${holder}, which is ${active.state}${retired}.`;
}

function hasPrepared(incident: Incident): boolean {
  const decision = decisionOf(incident);
  return decision !== null && (decision.outcome === 'prepare' || decision.waits > 0);
}
