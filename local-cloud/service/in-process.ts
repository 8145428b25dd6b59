/**
 * Answers an SDK client's calls from a service in the same process, without sockets and signatures.
 * The client returns and throws as over HTTP. The difference: the SDK's retries come after this
 * point, so a throttled call is not retried.
 */
import { NormalizedSchema, TypeRegistry } from '@smithy/core/schema';
import type { HandlerExecutionContext, MiddlewareStack } from '@smithy/types';
import { errorShape } from '../wire/json-protocol.ts';
import { type DispatchOptions, dispatch } from './dispatch.ts';
import { type Caller, type Service, ServiceError } from './service.ts';

/** Connects `client` to `service` as `caller`. */
export function connect<Input extends object, Output extends object>(
  client: { readonly middlewareStack: MiddlewareStack<Input, Output> },
  service: Service,
  caller: Caller,
  options?: DispatchOptions,
): void {
  client.middlewareStack.add(
    (_next, context) => async (args) => {
      const { operation, namespace } = calledOperation(context);
      try {
        // Copies: neither side can change the objects of the other.
        const input = structuredClone(args.input);
        const output = await dispatch(service, operation, input, caller, options);
        const answer = { ...structuredClone(output), $metadata: metadata(200) };
        return { response: {}, output: answer as object as Output };
      } catch (error) {
        throw error instanceof ServiceError ? sdkError(error, namespace) : error;
      }
    },
    { step: 'initialize', name: 'answerInProcess', override: true },
  );
}

function calledOperation(context: HandlerExecutionContext): {
  operation: string;
  namespace: string;
} {
  const schema: unknown = context.__smithy_context?.operationSchema;
  if (!Array.isArray(schema)) {
    throw new Error('The SDK client does not tell the schema of the operation that it calls.');
  }
  return { namespace: String(schema[1]), operation: String(schema[2]) };
}

function metadata(httpStatusCode: number) {
  return { httpStatusCode, attempts: 1, totalRetryDelay: 0 };
}

type ErrorConstructor = new (options: object) => Error;

/** The class that the SDK throws: the modelled error, else the base class of the service. */
function sdkError(error: ServiceError, namespace: string): Error {
  const registry = TypeRegistry.for(namespace);
  const details = {
    message: error.message,
    $fault: error.status < 500 ? 'client' : 'server',
    $metadata: metadata(error.status),
  };
  const shape = errorShape(error.code, namespace);
  const modelled = registry.find(
    (ref) => shape !== undefined && NormalizedSchema.of(ref).getName() === shape.name,
  );
  if (modelled !== undefined) {
    return construct(registry, modelled, details);
  }
  const base = TypeRegistry.for(`smithy.ts.sdk.synthetic.${namespace}`).getBaseException();
  if (base === undefined) return error;
  return construct(registry, base, { ...details, name: error.code });
}

function construct(registry: TypeRegistry, schema: unknown, details: object): Error {
  const Constructor: ErrorConstructor = registry.getErrorCtor(schema as never);
  return new Constructor(details);
}
