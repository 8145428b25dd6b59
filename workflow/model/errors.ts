/** The errors that the state machines match by name. Names are permanent: histories and run-books hold them. */

/** EC2 has not released the ENI from its old holder yet: Attach ENI is retried every second. */
export class EniNotReleased extends Error {
  override readonly name = 'EniNotReleased';
}

/** AWS refused or did not answer. The same request may work in a moment. */
export class TryAgain extends Error {
  override readonly name = 'TryAgain';
}

/** A document that the function cannot work with. No retry helps. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

export const errorNames = ['EniNotReleased', 'TryAgain', 'BadInput'] as const;

/** Never empty: Node's AggregateError has no message, but a code. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
