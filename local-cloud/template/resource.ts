/**
 * A resource of a stack: its definition, what was made, and how that changes and goes. The types
 * are in makers/. A type without `change` or `remove` is refused when the stack needs it.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Properties, propertiesOf } from '../service/properties.ts';

export interface ToBeMade {
  readonly logicalId: string;
  readonly type: string;
  /** Properties, without intrinsic functions. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** The tags that CloudFormation sets wherever tags are possible (Resource tags, user guide). */
  readonly stackTags: Readonly<Record<string, string>>;
  /** The generated name, with at most so many characters. */
  nameOf(mostCharacters: number): string;
}

export interface Created {
  /** The value of `Ref`. */
  readonly physicalId: string;
  /** The values of `Fn::GetAtt`. */
  readonly attributes?: Readonly<Record<string, string>>;
  /**
   * Changes the properties. `replace` when CloudFormation makes a new resource and deletes the old
   * one afterwards ("Update requires: Replacement" on the type's page). Rejects as the service
   * refuses.
   */
  readonly change?: (to: ToBeMade) => Change | Promise<Change>;
  /** Deletes the resource. Rejects as the service refuses. */
  readonly remove?: () => void | Promise<void>;
}

export type Change = Created | 'replace';

export type Maker = (resource: ToBeMade) => Created | Promise<Created>;

/** Makers by resource type. */
export type Makers = Readonly<Record<string, Maker>>;

/** A resource that failed and left something behind. */
export class HalfMade extends Error {
  override readonly name = 'HalfMade';
  readonly made: Created;

  constructor(message: string, made: Created) {
    super(message);
    this.made = made;
  }
}

/** `replace` when one of those properties differs, else the result of `change`. */
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

/** For types without anything here to change or delete. */
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
 * Reads a maker's properties.
 * @throws PropertyError for an unknown property
 */
export function read(resource: ToBeMade, names: readonly string[]): Properties {
  return propertiesOf(whatIs(resource), resource.properties, names);
}
