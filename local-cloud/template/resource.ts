/**
 * What a stack knows of one resource: what it is to be, what was made of it, and what can become of
 * that. What each type is, the makers know (makers/).
 * What can go wrong: a change or a deletion that nobody has written down. Then a type has no
 * `change` or no `remove`, and the stack says so instead of leaving things as they are.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Properties, propertiesOf } from '../service/properties.ts';

export interface ToBeMade {
  readonly logicalId: string;
  readonly type: string;
  /** Without intrinsic functions. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** What CloudFormation tags with, wherever tags are possible (Resource tags, user guide). */
  readonly stackTags: Readonly<Record<string, string>>;
  /** The name that CloudFormation would make up, of at most so many characters. */
  nameOf(mostCharacters: number): string;
}

export interface Created {
  /** What `Ref` returns. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` returns. */
  readonly attributes?: Readonly<Record<string, string>>;
  /**
   * Gives it other properties. `replace` when CloudFormation would make a new one instead and delete
   * this one afterwards ("Update requires: Replacement" on the type's page). Rejects as the service
   * refuses.
   */
  readonly change?: (to: ToBeMade) => Change | Promise<Change>;
  /** Deletes it. Rejects as the service refuses. */
  readonly remove?: () => void | Promise<void>;
}

export type Change = Created | 'replace';

export type Maker = (resource: ToBeMade) => Created | Promise<Created>;

/** By resource type. */
export type Makers = Readonly<Record<string, Maker>>;

/** A resource that could not be made and has left something behind all the same. */
export class HalfMade extends Error {
  override readonly name = 'HalfMade';
  readonly made: Created;

  constructor(message: string, made: Created) {
    super(message);
    this.made = made;
  }
}

/** `replace` when one of those properties is to be another, else what `change` makes of it. */
export function unlessReplaced(
  from: ToBeMade,
  replacedBy: readonly string[],
  change: (to: ToBeMade) => Created | Promise<Created>,
): NonNullable<Created['change']> {
  return (to) =>
    replacedBy.some((name) => !isSame(from.properties[name], to.properties[name]))
      ? 'replace'
      : change(to);
}

export function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other);
}

/** `AWS::EC2::SecurityGroup Group`, for messages. */
export function whatIs({ type, logicalId }: Pick<ToBeMade, 'type' | 'logicalId'>): string {
  return `${type} ${logicalId}`;
}

/** For types behind which nothing stands here that could be changed or deleted. */
export function named(
  from: ToBeMade,
  made: Pick<Created, 'physicalId' | 'attributes'>,
  replacedBy: readonly string[],
): Created {
  return {
    ...made,
    change: unlessReplaced(from, replacedBy, (to) => named(to, made, replacedBy)),
    remove: () => {},
  };
}

/**
 * Reads what a maker is given.
 * @throws PropertyError for a property that is not among the names
 */
export function read(resource: ToBeMade, names: readonly string[]): Properties {
  return propertiesOf(whatIs(resource), resource.properties, names);
}
