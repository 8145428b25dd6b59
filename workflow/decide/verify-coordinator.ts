/**
 * Verify coordinator: does the promoted coordinator answer at the address? Asked over the address and at the
 * promoted instance's own IP: the same JVM must answer at both.
 */
import { attachedBy, attachmentOf, coordinatorsOf, verificationOf } from '../model/findings.ts';
import type { Answer, Answers, CheckTarget, Incident, Verification } from '../model/incident.ts';
import { addressTargetName } from '../model/incident.ts';
import { sameCoordinator } from '../model/info.ts';

/** Whom to ask: the address, and the promoted instance at its own IP where that is known. */
export function verificationTargets(incident: Incident): CheckTarget[] {
  const promoted = promotedId(incident);
  const coordinators = coordinatorsOf(incident);
  const host = coordinators.find(({ instanceId }) => instanceId === promoted)?.privateIpAddress;
  const address = { name: addressTargetName, host: incident.cluster.coordinatorAddress };
  return promoted && host ? [address, { name: promoted, host }] : [address];
}

/** `now` is ISO 8601. Never throws: a document without an attachment is not verified. */
export function verify(incident: Incident, asked: Answers, now: string): Verification {
  const attachmentId = attachedBy(incident)?.attachmentId ?? null;
  const earlier = verificationOf(incident);
  const tries = earlier?.attachmentId === attachmentId ? (earlier?.tries ?? 0) + 1 : 1;
  const doubt = doubtAbout(asked.answers);
  const kind =
    doubt === null ? 'verified' : tries < triesFor(incident, asked) ? 'again' : 'not-verified';
  const instanceId = promotedId(incident);
  const rejected = earlier?.rejected ?? [];
  return {
    kind,
    at: now,
    sentence: sentence(kind, instanceId, tries, doubt),
    attachmentId,
    instanceId,
    tries,
    answers: asked.answers,
    rejected: kind === 'not-verified' && instanceId ? [...rejected, instanceId] : rejected,
  };
}

/**
 * An address needs time to become usable in the guest. But a coordinator that says three times at its own IP that
 * it is not ready has failed: as many times as its probe's samples.
 */
function triesFor({ settings }: Incident, { answers }: Answers): number {
  const atOwnIp = answers.find(({ name }) => name !== addressTargetName);
  const saysNotReady = atOwnIp?.reached === true && !atOwnIp.ready;
  return saysNotReady ? Math.min(triesOfUnready, settings.verifyLimit) : settings.verifyLimit;
}

const triesOfUnready = 3;

function promotedId(incident: Incident): string | null {
  return attachmentOf(incident)?.instanceId ?? null;
}

/** Why the promoted coordinator does not yet answer at the address, or null. */
function doubtAbout(answers: readonly Answer[]): string | null {
  const atAddress = answers.find(({ name }) => name === addressTargetName);
  if (!atAddress) return 'The address was not asked.';
  if (!atAddress.ready) return atAddress.sentence;
  const atOwnIp = answers.find(({ name }) => name !== addressTargetName);
  // The instance's own IP may be closed to the checker: that says nothing about the instance.
  if (!atOwnIp?.reached) return null;
  if (!atOwnIp.ready || sameCoordinator(atOwnIp, atAddress) === false) {
    return `The address answers and is ready, but it is not the coordinator that answers at ${atOwnIp.host}.`;
  }
  return null;
}

function sentence(
  kind: Verification['kind'],
  instanceId: string | null,
  tries: number,
  doubt: string | null,
): string {
  const who = instanceId ?? 'the promoted coordinator';
  if (kind === 'verified') return `The address answers and is ready: ${who} serves it.`;
  if (kind === 'again') return `Not verified yet (try ${tries}). ${doubt}`;
  return `${who} did not serve the address within ${tries} tries. ${doubt}`;
}
