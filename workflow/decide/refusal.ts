/**
 * Why a person's request is not followed: the request cannot be understood, its standby cannot take over, or a
 * switchover is asked for and the coordinator does not answer. Refused only at the beginning: once this execution
 * has moved something, the address needs a coordinator more than the request needs its standby. A failure is not
 * masked by a refusal: the alarm starts an execution of its own.
 */
import { answerOf, decisionOf, surveyOf } from '../model/findings.ts';
import type { Incident, Survey } from '../model/incident.ts';
import { isRunning } from '../model/instance-state.ts';
import { isOutdated, versionWords } from '../model/launch-version.ts';
import { type Evidence, isInZone } from './evidence.ts';

/** A sentence, or null when the request is followed. */
export function refusalOf(incident: Incident, evidence: Evidence): string | null {
  const { request } = evidence;
  if (request.refusals.length > 0) return request.refusals.join(' ');
  const { standby } = request;
  const survey = surveyOf(incident);
  if (survey === null) return null;
  if (evidence.fenced || incident.standbyPick?.kind === 'picked') return null;
  if (mayHaveActed(incident, survey)) return null;
  if (request.switchover && failsToAnswer(evidence)) return noSwitchover(incident, evidence);
  if (standby === null) return null;
  const why = whyNot(standby, survey, evidence, incident);
  return why === null ? null : `The standby ${standby} cannot take over: ${why}.`;
}

/** Where it cannot be read who holds the address, the rule address-unreadable decides. */
function failsToAnswer({ attachment, active, address, prepared }: Evidence): boolean {
  return attachment !== 'unknown' && active !== 'unknown' && address !== 'ready' && !prepared;
}

function noSwitchover({ cluster }: Incident, { record }: Evidence): string {
  return (
    `A switchover needs a coordinator that works, but the address does not answer that it is ready. ${record.address} ` +
    `If it has failed: coordinator-failover failover --force --reason "..." --cluster ${cluster.clusterName}`
  );
}

/** This execution was to fence an instance, and the answer was lost, but the instance is fenced. */
function mayHaveActed(incident: Incident, { address, coordinators }: Survey): boolean {
  const decision = decisionOf(incident);
  const pin = decision?.outcome === 'failed' ? decision.pin : null;
  if (pin === null || address === null) return false;
  const holder = coordinators?.find(({ instanceId }) => instanceId === pin.instanceId);
  const stillAttached = address.attachment?.attachmentId === pin.attachmentId;
  return !stillAttached || (holder !== undefined && holder.retired !== null);
}

/** Null also where the instances could not be read: then the rule address-unreadable decides. */
function whyNot(
  standby: string,
  survey: Survey,
  { readyStandbys, request }: Evidence,
  incident: Incident,
): string | null {
  const { cluster } = incident;
  const { coordinators, address } = survey;
  if (coordinators === null || address === null) return null;
  const known = coordinators.find(({ instanceId }) => instanceId === standby);
  if (known === undefined || !known.ours) {
    return `it is no coordinator of the cluster ${cluster.clusterName}`;
  }
  if (address.attachment?.instanceId === standby) return 'it holds the address already';
  if (known.retired !== null) return `it is retired by ${known.retired}`;
  if (!isRunning(known)) return `its instance is ${known.state}`;
  if (!isInZone(known, survey)) {
    return `it is in ${known.availabilityZone}, but the address is in ${address.availabilityZone}`;
  }
  if (request.upgrade && isOutdated(known, cluster)) {
    return `it runs ${versionWords(known, cluster)}, and the upgrade is to version ${cluster.launchTemplateVersion}`;
  }
  if (readyStandbys.includes(standby)) return null;
  return `it is not ready (${answerOf(incident, standby)?.sentence ?? 'it could not be asked'})`;
}
