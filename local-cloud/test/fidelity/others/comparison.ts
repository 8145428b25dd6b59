/**
 * A case runs against two accounts, and the outcomes are compared. Ids, addresses and times are replaced
 * by their kinds. The other account must answer all that the local cloud answers, and may answer more.
 */
import type { ComparedAccount } from './account.ts';

export interface Comparison {
  readonly what: string;
  /** Gives the answer that is compared; an error is compared by its name and status. */
  readonly run: (account: ComparedAccount) => Promise<unknown>;
  /** Where moto is not right. */
  readonly motoIsWrong?: Difference;
  /** Members of answers that are not compared, each with why. */
  readonly aside?: Readonly<Record<string, string>>;
}

/** Both sides are held to it: a difference that goes away, or becomes another, is noticed. */
export interface Difference {
  readonly why: string;
  /** What EC2 and the others say, and so the local cloud. */
  readonly here: ComparedOutcome;
  readonly inMoto: ComparedOutcome;
}

export type ComparedOutcome =
  | { readonly answer: unknown }
  | { readonly error: string; readonly status?: number };

/** Runs the comparison once. The outcome is told with what is left aside, or with all but some of it. */
export async function outcomeOf(
  { run, aside = {} }: Comparison,
  account: ComparedAccount,
): Promise<(exceptFor?: string) => ComparedOutcome> {
  const names = Object.keys(aside);
  try {
    const answer = await run(account);
    return (exceptFor) => ({
      answer: comparable(
        answer,
        names.filter((name) => name !== exceptFor),
      ),
    });
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
    const status = isObject(metadata) ? Number(metadata.httpStatusCode) : undefined;
    return () => ({ error: error.name, ...(status === undefined ? {} : { status }) });
  }
}

/** The names of members that the other answer has and ours has not. */
export function leftOutOf(ours: unknown, others: unknown): string[] {
  if (Array.isArray(ours) && Array.isArray(others)) {
    return others.flatMap((item, index) => leftOutOf(ours[index], item));
  }
  if (!isObject(ours) || !isObject(others)) return [];
  return Object.keys(others).flatMap((name) =>
    name in ours ? leftOutOf(ours[name], others[name]) : [name],
  );
}

/** What the local cloud does not say although moto does, and why nobody misses it. */
export const leftOut: Readonly<Record<string, string>> = {
  ...because('of the image and the hardware', [
    'Architecture',
    'BlockDeviceMappings',
    'EbsOptimized',
    'HibernationOptions',
    'Hypervisor',
    'KernelId',
    'ProductCodes',
    'RootDeviceName',
    'RootDeviceType',
    'SriovNetSupport',
    'VirtualizationType',
  ]),
  ...because('names, and addresses that are not the private one', [
    'Association',
    'GroupName',
    'Ipv6Addresses',
    'PrivateDnsName',
    'PrivateIpAddresses',
    'PublicDnsName',
    'PublicIpAddress',
  ]),
  ...because('settings that nobody reads back', [
    'InterfaceType',
    'MetadataOptions',
    'Monitoring',
    'RequesterId',
    'RequesterManaged',
    'SourceDestCheck',
    'encryptionConfiguration',
    'loggingConfiguration',
    'tracingConfiguration',
  ]),
  ...because('moto says it of instances that run; here it is there once they end', ['StateReason']),
  StateTransitionReason: 'empty in moto; a text of when and by whom in EC2',
  CreatedBy: 'who made a version of a launch template',
  Metrics: 'of alarms on expressions, which are refused here',
};

function because(why: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, why]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
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
    .replaceAll(/\b(us|eu|ap|ca)-[a-z]+-\d(?=\b|[a-c]\b)/g, '<region>')
    .replaceAll(/(?<=:(stateMachine|execution):[a-z]+)-\d+/g, '')
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uuid>')
    .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+(Z|\+0000)?/g, '<time>');
}
