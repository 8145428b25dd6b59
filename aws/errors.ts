/** The errors of AWS calls, in words. */
import { messageOf } from '../workflow/model/errors.ts';

/** The name of any error; for AWS the error code (`InvalidNetworkInterface.InUse`). */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'UnknownError';
}

/** On one line, bounded, and never empty. */
export function errorMessage(error: unknown): string {
  return messageOf(error).replace(/\s+/g, ' ').slice(0, 500);
}

/** Name and message of anything thrown, for records and people. */
export function describeError(error: unknown): string {
  const message = errorMessage(error);
  return error instanceof Error ? `${error.name}: ${message}`.slice(0, 500) : message;
}
