/**
 * The SDK's schemas of operations, by which the wire protocols read and write.
 * What can go wrong: the schemas are semi-internal to the SDK and may change with a minor version.
 * The SDK is pinned, and round-trip tests check the form.
 */
import { NormalizedSchema } from '@smithy/core/schema';
import { ServiceError } from '../service/service.ts';

export interface OperationSchema {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

/** @param client the SDK client's module: it exports a schema `RunInstances$` per operation */
export function operationSchemaOf(
  client: Readonly<Record<string, unknown>>,
  operation: string,
): OperationSchema {
  const exported = client[`${operation}$`];
  if (!isOperation(exported)) {
    throw new Error(`The SDK client exports no schema of the operation ${operation}.`);
  }
  return {
    name: operation,
    input: NormalizedSchema.of(exported[4]),
    output: NormalizedSchema.of(exported[5]),
  };
}

export interface FormCodes {
  readonly missing: string;
  readonly wrong: string;
}

/**
 * Refuses a value that does not have the schema's form. Both protocols call it on every input, each
 * with its own error codes.
 */
export function requireForm(
  schema: NormalizedSchema,
  value: unknown,
  codes: FormCodes,
  path = '',
): void {
  if (value === undefined || value === null || schema.isUnitSchema()) return;
  const expected = expectation(schema, value);
  if (expected !== undefined) {
    throw new ServiceError(
      codes.wrong,
      `Value (${shown(value)}) for parameter ${path || 'input'} is invalid. Expected ${expected}.`,
    );
  }
  if (schema.isStructSchema()) requireMembers(schema, value, codes, path);
  if (schema.isListSchema() || schema.isMapSchema()) {
    const member = schema.getValueSchema();
    for (const [key, item] of Object.entries(value)) {
      const itemPath = schema.isListSchema() ? `${path}[]` : joined(path, key);
      requireForm(member, item, codes, itemPath);
    }
  }
}

function requireMembers(
  schema: NormalizedSchema,
  value: object,
  codes: FormCodes,
  path: string,
): void {
  const fields = value as Readonly<Record<string, unknown>>;
  // A structure's schema begins with its required members.
  let requiredLeft = requiredCount(schema);
  for (const [name, member] of schema.structIterator()) {
    const field = fields[name] ?? undefined;
    if (requiredLeft > 0 && field === undefined) {
      const message = `The request must contain the parameter ${joined(path, name)}`;
      throw new ServiceError(codes.missing, message);
    }
    requiredLeft -= 1;
    requireForm(member, field, codes, joined(path, name));
  }
}

type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];

function isOperation(
  value: unknown,
): value is readonly [unknown, unknown, unknown, unknown, SchemaRef, SchemaRef] {
  return Array.isArray(value) && value[0] === 9 && value.length >= 6;
}

function requiredCount(schema: NormalizedSchema): number {
  const form: unknown = schema.getSchema();
  const count: unknown = Array.isArray(form) ? form[6] : undefined;
  return typeof count === 'number' ? count : 0;
}

/** The expected form; undefined when the value fits. */
function expectation(schema: NormalizedSchema, value: unknown): string | undefined {
  const is = (fits: boolean, what: string) => (fits ? undefined : what);
  if (schema.isStringSchema()) return is(typeof value === 'string', 'a string');
  if (schema.isBooleanSchema()) return is(typeof value === 'boolean', 'true or false');
  if (schema.isNumericSchema()) return is(Number.isFinite(value), 'a number');
  if (schema.isTimestampSchema()) {
    return is(value instanceof Date && !Number.isNaN(value.getTime()), 'a time');
  }
  if (schema.isBlobSchema()) return is(value instanceof Uint8Array, 'binary data');
  if (schema.isListSchema()) return is(Array.isArray(value), 'a list');
  if (schema.isMapSchema() || schema.isStructSchema()) {
    return is(typeof value === 'object' && !Array.isArray(value), 'a structure');
  }
  return undefined;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
