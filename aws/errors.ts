/** What a call was refused with, in words. */
import { messageOf } from '../workflow/model/errors.ts';

/** The name of an AWS error (`InvalidNetworkInterface.InUse`), or of any other. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'UnknownError';
}

/** On one line, bounded, and never empty. */
export function errorMessage(error: unknown): string {
  return messageOf(error).replace(/\s+/g, ' ').slice(0, 500);
}

/** Name and message of anything thrown: for records and for people. */
export function describeError(error: unknown): string {
  const message = errorMessage(error);
  return error instanceof Error ? `${error.name}: ${message}`.slice(0, 500) : message;
}
