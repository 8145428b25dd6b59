/**
 * What the answers of one outside check mean together: has the coordinator at the address failed, or has the
 * check? One good answer proves that the checker works.
 * What can go wrong: a mistake on our side makes every server look bad at once - no way into the VPC, or a CA
 * bundle, pin, name or port that fits none of them. Such a mistake may not count against a server.
 */
import type { Answer } from '../model/incident.ts';
import { addressTargetName } from '../model/incident.ts';
import { isUnverified } from '../model/info.ts';

/** `unknown` = the check could not see. */
export type AddressEvidence = 'ready' | 'failed' | 'unknown';

export interface AddressFinding {
  readonly kind: AddressEvidence;
  readonly sentence: string;
}

/** `othersExist`: coordinators beside the active could have been asked. */
export function addressEvidence(answers: readonly Answer[], othersExist: boolean): AddressFinding {
  const answer = answers.find(({ name }) => name === addressTargetName);
  if (!answer) return { kind: 'unknown', sentence: 'The outside check gave no answer.' };
  const { sentence } = answer;
  if (answer.ready) return { kind: 'ready', sentence };
  if (answer.outcome === 'not-asked') return { kind: 'unknown', sentence };
  if (isUnverified(answer.outcome)) return unverifiedEvidence(answer, answers);
  if (answer.reached) return { kind: 'failed', sentence };
  const reached = answers.find((other) => other.name !== addressTargetName && other.reached);
  if (reached) {
    return { kind: 'failed', sentence: `${sentence} The same check reached ${reached.name}.` };
  }
  if (!othersExist) {
    return { kind: 'failed', sentence: `${sentence} There is no other coordinator to ask.` };
  }
  return {
    kind: 'unknown',
    sentence: `${sentence} The same check reached no other coordinator either: the checker may be at fault.`,
  };
}

function unverifiedEvidence(answer: Answer, answers: readonly Answer[]): AddressFinding {
  const verified = answers.find(isVerified);
  return verified === undefined
    ? {
        kind: 'unknown',
        sentence:
          `${answer.sentence} The same check verified no other coordinator either: the CA bundle, pin ` +
          'or name that we verify by may be wrong, so this counts against nobody.',
      }
    : {
        kind: 'failed',
        sentence: `${answer.sentence} The same check verified ${verified.name}.`,
      };
}

/** An answer in HTTP. Over TLS, the certificate was verified first. */
function isVerified({ outcome, reached }: Answer): boolean {
  return reached && !isUnverified(outcome) && !withoutAnswer.has(outcome);
}

/** These outcomes show that there is a way to the host, and nothing about certificates and protocols. */
const withoutAnswer: ReadonlySet<string> = new Set(['refused', 'reset', 'not-http']);

/** The check reached no coordinator at all, or verified none: it says nothing about this one. */
export function isUnjudged(answers: readonly Answer[], instanceId: string): boolean {
  return isUnverifiedLikeAll(answers, instanceId) || !answers.some(({ reached }) => reached);
}

/** The instance answered but could not be verified, and neither could any other coordinator. */
export function isUnverifiedLikeAll(answers: readonly Answer[], instanceId: string): boolean {
  const answer = answers.find(({ name }) => name === instanceId);
  return answer !== undefined && isUnverified(answer.outcome) && !answers.some(isVerified);
}
