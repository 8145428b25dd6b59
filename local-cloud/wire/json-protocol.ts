/**
 * The server side of AWS JSON 1.0 and 1.1, by the SDK's schemas and codec, with the errors of
 * services that once spoke the query protocol.
 * What can go wrong: a body that is not JSON, or not of the schema's form, is a
 * SerializationException.
 */
import { JsonCodec2 } from '@smithy/core/protocols';
import { NormalizedSchema, TypeRegistry } from '@smithy/core/schema';
import { ServiceError } from '../service/service.ts';
import { type OperationSchema, requireForm } from './schemas.ts';

/** Seconds since the epoch unless the schema says otherwise. */
const codec = new JsonCodec2({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false });

export async function readJson(schema: OperationSchema, body: string): Promise<object> {
  if (schema.input.isUnitSchema()) return {};
  const text = body === '' ? '{}' : body;
  const input = await parsed(schema, text);
  requireForm(schema.input, input, { missing: 'ValidationException', wrong: unreadable });
  return input;
}

export function writeJson(schema: OperationSchema, output: object): Uint8Array {
  if (schema.output.isUnitSchema()) return new TextEncoder().encode('{}');
  const serializer = codec.createSerializer();
  serializer.write(schema.output, output);
  return serializer.flush();
}

export interface JsonError {
  readonly body: string;
  /** For `x-amzn-query-error`: the code of the error in the query protocol. */
  readonly queryError: string;
}

/** @param namespace of the service in its schemas: `com.amazonaws.cloudwatch` */
export function writeJsonError(error: ServiceError, namespace: string): JsonError {
  const shape = errorShape(error.code, namespace);
  const type = shape === undefined ? error.code : `${namespace}#${shape.name}`;
  const side = error.status < 500 ? 'Sender' : 'Receiver';
  return {
    body: JSON.stringify({ __type: type, message: error.message, Message: error.message }),
    queryError: `${shape?.queryCode ?? error.code};${side}`,
  };
}

export interface ErrorShape {
  readonly name: string;
  readonly queryCode: string;
}

/**
 * The service's error for a code, which is the shape's name or the code of the query protocol.
 * Several shapes may share a code (CloudWatch's ResourceNotFound), so the name goes first.
 * Undefined for errors that the service's model lacks.
 */
export function errorShape(code: string, namespace: string): ErrorShape | undefined {
  let named: ErrorShape | undefined;
  let coded: ErrorShape | undefined;
  TypeRegistry.for(namespace).find((ref) => {
    const schema = NormalizedSchema.of(ref);
    const traits = schema.getMergedTraits();
    const name = schema.getName();
    if (traits.error === undefined || name === undefined) return false;
    const queryCode = queryCodeOf(traits.awsQueryError) ?? name;
    if (name === code) named = { name, queryCode };
    if (queryCode === code) coded ??= { name, queryCode };
    return named !== undefined;
  });
  return named ?? coded;
}

const unreadable = 'SerializationException';

async function parsed(schema: OperationSchema, text: string): Promise<object> {
  try {
    // The raw value is checked, too: the codec turns a list into an empty structure.
    const plain: unknown = JSON.parse(text);
    if (typeof plain === 'object' && plain !== null && !Array.isArray(plain)) {
      const input: object = await codec.createDeserializer().read(schema.input, text);
      return input;
    }
  } catch (error) {
    throw new ServiceError(unreadable, `The request cannot be read: ${(error as Error).message}`);
  }
  throw new ServiceError(unreadable, 'The request is not a JSON object.');
}

function queryCodeOf(trait: unknown): string | undefined {
  return Array.isArray(trait) && typeof trait[0] === 'string' ? trait[0] : undefined;
}
