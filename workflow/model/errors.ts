/**
 * Every error that the state machine matches by name. A name is permanent: it stands in the ASL
 * file, in execution histories and in the run-book.
 */

/** The ENI is still on its way from the old holder: Attach ENI is retried every second. */
export class EniNotReleased extends Error {
  override readonly name = 'EniNotReleased';
}

/** AWS refused or did not answer; the same request may work in a moment. */
export class TryAgain extends Error {
  override readonly name = 'TryAgain';
}

/** A function got something that it cannot work with. Trying again will not help. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

export const errorNames = ['EniNotReleased', 'TryAgain', 'BadInput'] as const;

/** Never empty: an error of Node that holds others says nothing itself, but has a code. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
