/**
 * The one way of a call into a service, over HTTP and in process: latency, fault, refusal,
 * operation, record.
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
  /** Gets every answered call, refused calls included. */
  readonly onCall?: (call: RecordedCall) => void;
  /** Asked before every call. @default no call fails */
  readonly faults?: CallFaults;
  /** Decides who may call what. @default everybody may: for tests of one service */
  readonly authorize?: Authorizer['authorize'];
}

/** A failure of a call on the side of AWS; undefined for none. */
export type CallFaults = (call: Omit<RecordedCall, 'error'>) => CallFault | undefined;

export interface CallFault {
  /** Whether the operation runs before the error replaces its answer. */
  readonly effect: 'none' | 'done';
  readonly error: ServiceError;
}

/** @throws ServiceError as AWS answers; any other error is a bug of the service */
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
