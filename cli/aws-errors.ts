/**
 * What AWS's errors mean for a person at a terminal. Pure.
 * What can go wrong: an unknown error. It is shown in AWS's own words.
 */
import { describeError } from '../aws/errors.ts';
import { CommandFailure, exitCodes } from './exit.ts';

/** Where the calls went, for the sentences. */
export interface AskedWhere {
  readonly region: string | undefined;
  readonly profile: string | undefined;
  /** AWS_ENDPOINT_URL */
  readonly endpoint: string | undefined;
}

/** Undefined for an error that does not come from AWS or from the way to AWS. */
export function failureFromAws(error: unknown, where: AskedWhere): CommandFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const kind = kindOf(error);
  if (kind === undefined) return undefined;
  return new CommandFailure(exitCodes.noAws, sentences[kind](error, where));
}

type Kind = 'no credentials' | 'bad credentials' | 'no region' | 'no way' | 'refused' | 'other';

function kindOf(error: Error): Kind | undefined {
  // The SDK's config resolver throws a plain Error in both cases: here a message is read.
  if (/^Region (is missing|not accepted)/.test(error.message)) return 'no region';
  if (error.name === 'CredentialsProviderError') return 'no credentials';
  if (error.name === 'TokenProviderError') return 'no credentials';
  if (badCredentials.has(error.name)) return 'bad credentials';
  if (refusals.has(error.name)) return 'refused';
  if (error.name === 'TimeoutError' || noWayCodes.has(codeOf(error))) return 'no way';
  return '$metadata' in error ? 'other' : undefined;
}

/** The names that EC2, CloudWatch and Step Functions use (each service's "Common errors"). */
const badCredentials: ReadonlySet<string> = new Set([
  'AuthFailure',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
const refusals: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
]);
const noWayCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
]);

const sentences: Readonly<Record<Kind, (error: Error, where: AskedWhere) => string>> = {
  'no region': () =>
    'No region is set, or it is none. Give --region, or set AWS_REGION, or a region in the profile (aws configure).',
  'no credentials': (error, { profile }) =>
    `No AWS credentials were found${profile === undefined ? '' : ` for the profile "${profile}"`}. ` +
    'Give --profile, or set AWS_PROFILE, or sign in (aws sso login, aws configure). ' +
    `The SDK says: ${error.message.split('\n')[0]}`,
  'bad credentials': (error) =>
    `AWS does not accept the credentials: they are wrong or have expired. ${describeError(error)}`,
  'no way': (error, where) =>
    `AWS does not answer at ${where.endpoint ?? `the endpoints of the region ${where.region ?? 'in use'}`}. ` +
    `Is the region right, is there a network? ${describeError(error)}`,
  refused: (error) => `AWS refuses: a permission is missing. ${describeError(error)}`,
  other: (error) => `AWS answered with an error. ${describeError(error)}`,
};

/** Of the error or of its cause; of several addresses tried, the first address's. */
function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError && error.errors[0] instanceof Error) {
    return codeOf(error.errors[0]);
  }
  return error.cause instanceof Error ? codeOf(error.cause) : '';
}
