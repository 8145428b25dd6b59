/**
 * Reads CloudFormation properties strictly. As in CloudFormation, "10" is a number and "true" a
 * boolean. A property that the local cloud does not implement is an error.
 */

/** Values by key. */
export type Tags = Readonly<Record<string, string>>;

export interface Properties {
  /** The resource, for messages: `AWS::CloudWatch::Alarm ActiveHealth`. */
  readonly what: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A property that CloudFormation refuses, or that the local cloud does not implement. */
export class PropertyError extends Error {
  override readonly name = 'PropertyError';
}

export function propertiesOf(
  what: string,
  value: unknown,
  implemented: readonly string[],
): Properties {
  if (!isRecord(value)) throw new PropertyError(`${what}: properties must be an object.`);
  for (const name of Object.keys(value)) {
    if (!implemented.includes(name)) {
      throw new PropertyError(
        `${what}: the local cloud does not implement the property ${name}. It implements: ${implemented.join(', ')}.`,
      );
    }
  }
  return { what, values: value };
}

export function optionalText(properties: Properties, name: string): string | undefined {
  const value = properties.values[name];
  if (value === undefined) return undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value;
  throw wrong(properties, name, 'a text');
}

export function text(properties: Properties, name: string): string {
  return optionalText(properties, name) ?? missing(properties, name);
}

export function optionalNumber(properties: Properties, name: string): number | undefined {
  const value = properties.values[name];
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw wrong(properties, name, 'a number');
}

/** A whole number within the limits of AWS. */
export function optionalWithin(
  properties: Properties,
  name: string,
  [least, most]: readonly [number, number],
): number | undefined {
  const number = optionalNumber(properties, name);
  if (number === undefined || (Number.isInteger(number) && number >= least && number <= most)) {
    return number;
  }
  throw wrong(properties, name, `a whole number from ${least} to ${most}`);
}

export function requiredNumber(properties: Properties, name: string): number {
  return optionalNumber(properties, name) ?? missing(properties, name);
}

export function flag(properties: Properties, name: string, fallback: boolean): boolean {
  const value = properties.values[name];
  if (value === undefined) return fallback;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw wrong(properties, name, 'true or false');
}

export function oneOf<Value extends string>(
  properties: Properties,
  name: string,
  allowed: readonly Value[],
  fallback?: Value,
): Value {
  const value = properties.values[name] ?? fallback;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw wrong(properties, name, `one of ${allowed.join(', ')}`);
  return found;
}

/** A list; empty when missing. */
export function list(properties: Properties, name: string): readonly unknown[] {
  const value = properties.values[name];
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw wrong(properties, name, 'a list');
}

export function textList(properties: Properties, name: string): readonly string[] {
  return list(properties, name).map((item) => {
    if (typeof item !== 'string') throw wrong(properties, name, 'a list of texts');
    return item;
  });
}

/** An object; empty when missing. */
export function record(properties: Properties, name: string): Readonly<Record<string, unknown>> {
  const value = properties.values[name];
  if (value === undefined) return {};
  if (isRecord(value)) return value;
  throw wrong(properties, name, 'an object');
}

/** An object of texts, such as environment variables; empty when missing. */
export function textRecord(properties: Properties, name: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record(properties, name)).map(([key, value]) => {
      if (typeof value === 'string') return [key, value];
      if (typeof value === 'number' || typeof value === 'boolean') return [key, String(value)];
      throw wrong(properties, name, 'an object of texts');
    }),
  );
}

/** `[{Key, Value}]`, the form of tags. */
export function tagList(properties: Properties, name: string): { Key: string; Value: string }[] {
  return list(properties, name).map((item) => {
    const tag = propertiesOf(`${properties.what} ${name}`, item, ['Key', 'Value']);
    return { Key: text(tag, 'Key'), Value: text(tag, 'Value') };
  });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function missing(properties: Properties, name: string): never {
  throw new PropertyError(`${properties.what}: the property ${name} is missing.`);
}

function wrong(properties: Properties, name: string, allowed: string): PropertyError {
  return new PropertyError(
    `${properties.what}: ${name} is ${JSON.stringify(properties.values[name])}, but must be ${allowed}.`,
  );
}
