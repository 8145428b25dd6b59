/**
 * A service of the local cloud: named operations with the inputs and outputs of the SDK's commands.
 * The same object is called in process and over HTTP.
 * What can go wrong: an operation ignores a parameter, and a trial passes that would fail on AWS.
 * So each operation lists its parameters, and any other is refused before the operation runs.
 */

/** The caller, known by the access key. */
export interface Caller {
  readonly accessKeyId: string;
  /** ARN of the role, or of the account's root. */
  readonly principalArn: string;
  /** The session of the role: the name of a function, the id of an instance. */
  readonly sessionName?: string;
  /** The calling function (`lambda:SourceFunctionArn`). */
  readonly sourceFunctionArn?: string;
  /** The calling instance (`ec2:SourceInstanceARN`). */
  readonly sourceInstanceArn?: string;
}

export interface Operation {
  /**
   * The parameters that are implemented, as leaf paths: `Filters[].Name`, `MaxResults`,
   * `TagSpecifications[].Tags[].Key`. A path that ends in `.*` takes everything below it.
   */
  readonly takes: readonly string[];
  run(input: never, caller: Caller): Promise<object>;
}

export interface Service {
  /** The name in the endpoint variables of the SDK: `ec2`, `cloudwatch`, `sfn`. */
  readonly name: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** One line of the cloud's audit trail, as in CloudTrail. */
export interface RecordedCall {
  readonly at: number;
  readonly service: string;
  readonly operation: string;
  readonly principalArn: string;
  readonly input: object;
  /** The error's code, of a failed call. */
  readonly error?: string;
}

/** An error as AWS answers it. The SDK shows `code` as `error.name`. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

/**
 * A page of a listing, as AWS answers it. The token says where the next page begins.
 * @param refusal the service's code for an invalid token
 */
export function pageOf<Item>(
  items: readonly Item[],
  page: { readonly size: number; readonly token: string | undefined },
  refusal = 'InvalidNextToken',
): { items: Item[]; nextToken: string | undefined } {
  const from = page.token === undefined ? 0 : Number(page.token);
  if (!Number.isInteger(from) || from < 0) {
    throw new ServiceError(refusal, `The token ${page.token} is not one of ours.`);
  }
  const to = from + page.size;
  return {
    items: items.slice(from, to),
    nextToken: to < items.length ? String(to) : undefined,
  };
}

/** Refuses parameters that an operation does not implement, by their path. */
export function refuseUnknownParameters(
  name: string,
  takes: readonly string[],
  input: unknown,
): void {
  const path = unknownPath(input, takenBy(takes));
  if (path === undefined) return;
  throw new ServiceError(
    'NotImplementedByLocalCloud',
    `${name}: the local cloud does not implement the parameter ${path.replace(/^\./, '')}. It implements: ${takes.join(', ') || 'none'}.`,
    501,
  );
}

/** An operation's parameters as a tree, to compare calls with. */
interface Taken {
  /** A value is taken here. */
  isLeaf: boolean;
  /** `.*`: anything below is taken. */
  isAll: boolean;
  /** By name; `[]` for the items of a list. */
  readonly below: Map<string, Taken>;
}

/** The tree by the operation's list, which is constant. */
const takenBefore = new WeakMap<readonly string[], Taken>();

function takenBy(takes: readonly string[]): Taken {
  const known = takenBefore.get(takes);
  if (known !== undefined) return known;
  const root = nothingTaken();
  for (const path of takes) {
    let place = root;
    for (const part of path.replaceAll('[]', '.[]').split('.')) {
      if (part === '*') {
        place.isAll = true;
        continue;
      }
      const below = place.below.get(part) ?? nothingTaken();
      place.below.set(part, below);
      place = below;
    }
    if (!path.endsWith('.*')) place.isLeaf = true;
  }
  takenBefore.set(takes, root);
  return root;
}

function nothingTaken(): Taken {
  return { isLeaf: false, isAll: false, below: new Map() };
}

/** The path of the first refused value; a path begins with a dot. */
function unknownPath(value: unknown, taken: Taken | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || value instanceof Date || value instanceof Uint8Array) {
    return taken?.isLeaf ? undefined : '';
  }
  if (Array.isArray(value)) return unknownInList(value, taken?.below.get('[]'));
  if (taken?.isAll) return undefined;
  for (const key of Object.keys(value)) {
    const unknown = unknownPath(Reflect.get(value, key), taken?.below.get(key));
    if (unknown !== undefined) return `.${key}${unknown}`;
  }
  return undefined;
}

function unknownInList(items: readonly unknown[], taken: Taken | undefined): string | undefined {
  for (const item of items) {
    const unknown = unknownPath(item, taken);
    if (unknown !== undefined) return `[]${unknown}`;
  }
  return undefined;
}
