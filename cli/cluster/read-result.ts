/**
 * Something that was read, or why it could not be. One part that fails leaves the others as they are:
 * that is what an operator needs when AWS itself is in trouble.
 */
import { describeError } from '../../aws/errors.ts';

export type Part<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  | { readonly kind: 'unread'; readonly why: string };

/** Never rejects. */
export async function readPart<Value>(reader: () => Promise<Value>): Promise<Part<Value>> {
  try {
    return { kind: 'read', value: await reader() };
  } catch (error) {
    return { kind: 'unread', why: describeError(error) };
  }
}

/** What depends on a part that could not be read cannot be read either. */
export async function readAfter<Before, Value>(
  before: Part<Before>,
  reader: (value: Before) => Promise<Value>,
): Promise<Part<Value>> {
  return before.kind === 'unread' ? before : readPart(() => reader(before.value));
}

/** The value, or the fallback where it could not be read. */
export function valueOr<Value, Other>(part: Part<Value>, fallback: Other): Value | Other {
  return part.kind === 'read' ? part.value : fallback;
}
