/**
 * The one way a call takes into a service, whether it came over HTTP or in process: it takes its
 * time, refuses what is not implemented, runs, and is recorded.
 */
import type { Clock } from './clock.ts';
import type { Latencies } from './latency.ts';
import {
  type Call,
  type Caller,
  refuseUnknownParameters,
  type Service,
  ServiceError,
} from './service.ts';

export interface DispatchOptions {
  readonly clock: Clock;
  /** @default none */
  readonly latencies?: Latencies;
  /** Told of every call once it has been answered, refused ones included. */
  readonly onCall?: (call: Call) => void;
}

/** @throws ServiceError as AWS would answer; anything else is a bug in the service */
export async function dispatch(
  service: Service,
  operationName: string,
  input: object,
  caller: Caller,
  options?: DispatchOptions,
): Promise<object> {
  const record = (error?: string) =>
    options?.onCall?.({
      at: options.clock.now(),
      service: service.name,
      operation: operationName,
      principalArn: caller.principalArn,
      input,
      ...(error === undefined ? {} : { error }),
    });
  try {
    const latencyMs = options?.latencies?.('apiCall') ?? 0;
    if (latencyMs > 0) await options?.clock.sleep(latencyMs);
    const output = await run(service, operationName, input, caller);
    record();
    return output;
  } catch (error) {
    record(error instanceof ServiceError ? error.code : String(error));
    throw error;
  }
}

async function run(service: Service, operationName: string, input: object, caller: Caller) {
  const operation = Object.hasOwn(service.operations, operationName)
    ? service.operations[operationName]
    : undefined;
  if (operation === undefined) {
    throw new ServiceError(
      'NotImplementedByLocalCloud',
      `${service.name}: the local cloud does not implement the operation ${operationName}. It implements: ${Object.keys(service.operations).join(', ')}.`,
      501,
    );
  }
  refuseUnknownParameters(operationName, operation.takes, input);
  return operation.run(input as never, caller);
}
