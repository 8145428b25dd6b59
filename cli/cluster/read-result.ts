/**
 * Something that was read, or why it could not be. One part that fails leaves the others as they are:
 * that is what an operator needs when AWS itself is in trouble.
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

/** What depends on a part that could not be read cannot be read either. */
export async function readAfter<Before, Value>(
  before: ReadResult<Before>,
  reader: (value: Before) => Promise<Value>,
): Promise<ReadResult<Value>> {
  return before.kind === 'unread' ? before : tryRead(() => reader(before.value));
}

/** The value, or the fallback where it could not be read. */
export function valueOr<Value, Other>(part: ReadResult<Value>, fallback: Other): Value | Other {
  return part.kind === 'read' ? part.value : fallback;
}
