/**
 * What a service of the local cloud is: named operations that take and return what the SDK's
 * commands take and return. The same object is called in process and over HTTP.
 * What can go wrong: an operation that quietly ignores a parameter makes a drill lie. So each
 * operation lists what it takes, and anything else is refused before it runs.
 */

/** Who calls: found from the access key. */
export interface Caller {
  readonly accessKeyId: string;
  /** ARN of the role, or of the account's root for the drill itself. */
  readonly principalArn: string;
  /** Whose session of the role it is: the name of a function, the id of an instance. */
  readonly sessionName?: string;
  /** The function whose code calls (`lambda:SourceFunctionArn`). */
  readonly sourceFunctionArn?: string;
  /** The instance that calls with its profile's role (`ec2:SourceInstanceARN`). */
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
  /** As in the SDK's endpoint variables: `ec2`, `cloudwatch`, `sfn`. */
  readonly name: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** One line of the cloud's audit trail, as CloudTrail would keep it. */
export interface Call {
  readonly at: number;
  readonly service: string;
  readonly operation: string;
  readonly principalArn: string;
  readonly input: object;
  /** The error's code when it failed. */
  readonly error?: string;
}

/** An error as AWS answers it. `code` is what the SDK shows as `error.name`. */
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

/** Refuses parameters that an operation does not implement, by their full path. */
export function refuseUnknownParameters(
  name: string,
  takes: readonly string[],
  input: unknown,
): void {
  const path = unknownPath(input, '', takes);
  if (path === undefined) return;
  throw new ServiceError(
    'NotImplementedByLocalCloud',
    `${name}: the local cloud does not implement the parameter ${path}. It implements: ${takes.join(', ') || 'none'}.`,
    501,
  );
}

/** The first one that is not among those taken. Asked for every call: so without a list of all. */
function unknownPath(value: unknown, path: string, takes: readonly string[]): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || value instanceof Date || value instanceof Uint8Array) {
    return isTaken(path, takes) ? undefined : path;
  }
  const isList = Array.isArray(value);
  for (const key of Object.keys(value)) {
    const below = isList ? `${path}[]` : path === '' ? key : `${path}.${key}`;
    const unknown = unknownPath(Reflect.get(value, key), below, takes);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

function isTaken(path: string, takes: readonly string[]): boolean {
  const known = takenBefore.get(takes) ?? new Map<string, boolean>();
  const before = known.get(path);
  if (before !== undefined) return before;
  const taken = isAmong(path, takes);
  takenBefore.set(takes, known.set(path, taken));
  return taken;
}

/** By an operation's list: paths are few, and asked for again at every call. */
const takenBefore = new WeakMap<readonly string[], Map<string, boolean>>();

function isAmong(path: string, takes: readonly string[]): boolean {
  if (takes.includes(path)) return true;
  return takes.some((taken) => taken.endsWith('.*') && path.startsWith(taken.slice(0, -1)));
}
