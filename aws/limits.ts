/** How long one call may take and how often it is tried, as the SDK's clients want it said. */
import { type CallLimits, functionCalls, operatorCalls } from '../workflow/model/timing.ts';

/** In a function. */
export const functionLimits = clientSettings(functionCalls);

/** On the command line. */
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
