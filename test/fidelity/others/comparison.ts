/**
 * One call, or a few, run against two accounts. What comes out is written so that it can be compared:
 * ids, addresses and times are replaced by what they are. All that the local cloud answers must be in
 * the other's answer too; the other may say more.
 */
import type { Account } from './account.ts';

export interface Comparison {
  readonly what: string;
  /** Gives the answer that is compared; an error is compared by its name. */
  readonly run: (account: Account) => Promise<unknown>;
  /** Where moto is not right: why. It is then shown to differ, so that the list does not grow old. */
  readonly motoIsWrong?: string;
  /** Members of answers that are not compared, each with why. */
  readonly aside?: Readonly<Record<string, string>>;
}

export async function outcomeOf({ run, aside = {} }: Comparison, account: Account) {
  try {
    return { answer: comparable(await run(account), Object.keys(aside)) };
  } catch (error) {
    return { error: error instanceof Error ? error.name : String(error) };
  }
}

function comparable(value: unknown, without: readonly string[]): unknown {
  if (value instanceof Date) return '<time>';
  if (Array.isArray(value)) return inOrder(value.map((item) => comparable(item, without)));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name, member]) => member !== undefined && !left(name, without))
        .map(([name, member]) => [name, comparable(member, without)]),
    );
  }
  return typeof value === 'string' ? withoutIds(compact(value)) : value;
}

/** Lists of tags come in no particular order. */
function inOrder(list: unknown[]): unknown[] {
  const keyOf = (item: unknown) =>
    typeof item === 'object' && item !== null && 'Key' in item ? String(item.Key) : '';
  return list.toSorted((one, other) => keyOf(one).localeCompare(keyOf(other)));
}

function left(name: string, without: readonly string[]): boolean {
  return name === '$metadata' || without.includes(name);
}

/** JSON is compared without its spaces. */
function compact(text: string): string {
  if (!/^[{[]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

/** `<i>` for `i-0123456789abcdef0`. */
function withoutIds(text: string): string {
  return text
    .replaceAll(/\b(eni-attach|eni|i|r|lt|sg|ami|subnet|vpc)-[0-9a-f]{8,17}\b/g, '<$1>')
    .replaceAll(/\b\d{1,3}(\.\d{1,3}){3}\b/g, '<address>')
    .replaceAll(/\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b/g, '<mac>')
    .replaceAll(/\balarm-\d+\b/g, '<alarm>')
    .replaceAll(/\b(us|eu)-[a-z]+-\d(?=\b|[a-c]\b)/g, '<region>')
    .replaceAll(/(?<=:(stateMachine|execution):[a-z]+)-\d+/g, '')
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uuid>')
    .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+(Z|\+0000)?/g, '<time>');
}
