/** The time and the tries of one call, as settings of SDK clients. */
import { type CallLimits, functionCalls, operatorCalls } from '../workflow/model/timing.ts';

/** For functions. */
export const functionLimits = clientSettings(functionCalls);

/** For the command line. */
export const operatorLimits = clientSettings(operatorCalls);

/** Source of the names: @smithy/node-http-handler. */
/* @__NO_SIDE_EFFECTS__ */
function clientSettings({ tries, connectionTimeoutMs, requestTimeoutMs }: CallLimits) {
  return {
    maxAttempts: tries,
    requestHandler: {
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
  };
}
