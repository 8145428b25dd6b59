/**
 * A value that was read, or why it could not be read. A read that fails does not hide the others: an
 * operator needs them most when AWS is in trouble.
 */
import { describeError } from '../../aws/errors.ts';

export type ReadResult<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  | { readonly kind: 'unread'; readonly why: string };

/** Never rejects. */
export async function tryRead<Value>(reader: () => Promise<Value>): Promise<ReadResult<Value>> {
  try {
    return { kind: 'read', value: await reader() };
  } catch (error) {
    return { kind: 'unread', why: describeError(error) };
  }
}

/** Reads what depends on another value; unread where that value is. */
export async function readAfter<Before, Value>(
  before: ReadResult<Before>,
  reader: (value: Before) => Promise<Value>,
): Promise<ReadResult<Value>> {
  return before.kind === 'unread' ? before : tryRead(() => reader(before.value));
}

/** The value, or the fallback where it could not be read. */
export function valueOr<Value, Other>(result: ReadResult<Value>, fallback: Other): Value | Other {
  return result.kind === 'read' ? result.value : fallback;
}
