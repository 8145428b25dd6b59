/**
 * The one way a call takes into a service, whether it came over HTTP or in process: it takes its
 * time, may meet a fault, is refused if it is not implemented or not allowed, runs, and is recorded.
 */

import type { Latencies } from '../chance/latency.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { Clock } from '../time/clock.ts';
import {
  type Caller,
  type Operation,
  type RecordedCall,
  refuseUnknownParameters,
  type Service,
  ServiceError,
} from './service.ts';

export interface DispatchOptions {
  readonly clock: Clock;
  /** @default none */
  readonly latencies?: Latencies;
  /** Told of every call once it has been answered, refused ones included. */
  readonly onCall?: (call: RecordedCall) => void;
  /** Asked about every call. @default none fails */
  readonly faults?: CallFaults;
  /** Decides who may call what. @default everybody everything: for one service by itself, in tests */
  readonly authorize?: Authorizer['authorize'];
}

/** What goes wrong with a call on AWS's side; undefined when nothing does. */
export type CallFaults = (call: Omit<RecordedCall, 'error'>) => CallFault | undefined;

export interface CallFault {
  /** Whether the operation runs before its answer is replaced by the error. */
  readonly effect: 'none' | 'done';
  readonly error: ServiceError;
}

/** @throws ServiceError as AWS would answer; anything else is a bug in the service */
export async function dispatch(
  service: Service,
  operationName: string,
  input: object,
  caller: Caller,
  options?: DispatchOptions,
): Promise<object> {
  const call = () => ({
    at: options?.clock.now() ?? 0,
    service: service.name,
    operation: operationName,
    principalArn: caller.principalArn,
    input,
  });
  const record = (error?: string) =>
    options?.onCall?.({ ...call(), ...(error === undefined ? {} : { error }) });
  try {
    const latencyMs = options?.latencies?.('apiCall') ?? 0;
    if (latencyMs > 0) await options?.clock.sleep(latencyMs);
    const fault = options?.faults?.(call());
    if (fault?.effect === 'none') throw fault.error;
    const operation = operationOf(service, operationName, input);
    options?.authorize?.({ service: service.name, operation: operationName, input, caller });
    const output = await operation.run(input as never, caller);
    if (fault !== undefined) throw fault.error;
    record();
    return output;
  } catch (error) {
    record(error instanceof ServiceError ? error.code : String(error));
    throw error;
  }
}

function operationOf(service: Service, operationName: string, input: object): Operation {
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
  return operation;
}
