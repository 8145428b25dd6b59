/**
 * AWS JSON 1.0 and 1.1 from the server's side, by the SDK's schemas and with the SDK's own codec:
 * it works both ways. With the errors of services that used to speak the query protocol.
 * What can go wrong: what is not JSON, or not of the schema's form, is a SerializationException.
 */
import { JsonCodec2 } from '@smithy/core/protocols';
import { NormalizedSchema, TypeRegistry } from '@smithy/core/schema';
import { ServiceError } from '../service/service.ts';
import { type OperationSchema, requireForm } from './schemas.ts';

/** Seconds since the epoch unless the schema says otherwise, as the protocol has it. */
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
  /** For `x-amzn-query-error`: the code that the query protocol knew it by. */
  readonly queryError: string;
}

/** @param namespace the service's in its schemas: `com.amazonaws.cloudwatch` */
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
 * The service's own error of that code; a code may be the shape's name or the one that the query
 * protocol has for it. Several shapes may share the latter (CloudWatch's ResourceNotFound), so the
 * name goes first. Undefined for errors that are not in the service's model.
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
    // Looked at as it is, too: the codec would turn a list into an empty structure.
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
