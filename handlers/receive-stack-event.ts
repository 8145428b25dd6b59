/**
 * Receives CloudFormation's requests, ACT: starts one execution of the stack operation state machine for
 * each request. The execution is named after the request, so an event delivered twice is one execution.
 * What can go wrong: the execution cannot be started. Then this function itself answers FAILED: otherwise
 * the stack would wait for an hour.
 */
import type { StepFunctionsCalls } from '../aws/calls.ts';
import { describeError, errorName } from '../aws/errors.ts';
import { operationStart } from '../workflow/model/timing.ts';
import { readAnswerTo, readStackRequest, readStateMachine } from '../workflow/stack/request.ts';
import { type Clock, realClock, withLog } from './entry.ts';
import { type Put, putAnswer, putToUrl } from './put-answer.ts';

export const handler = withLog(async (event) => {
  calls ??= import('../aws/step-functions-client.ts').then(({ connectStepFunctions }) =>
    connectStepFunctions(),
  );
  return receiveStackEvent(event, await calls, putToUrl, realClock);
});

let calls: Promise<StepFunctionsCalls> | undefined;

export interface Received {
  readonly kind: 'started' | 'already' | 'failed';
  readonly name: string;
  readonly sentence: string;
}

/** @throws BadInput when the event has no way to answer */
export async function receiveStackEvent(
  event: unknown,
  cloud: Pick<StepFunctionsCalls, 'startExecution'>,
  put: Put,
  clock: Clock,
): Promise<Received> {
  const to = readAnswerTo(event);
  const name = to.requestId;
  try {
    readStackRequest(event);
    return await start(event, name, cloud, clock);
  } catch (error) {
    const sentence = `The execution ${name} of the stack operation state machine could not be started. ${describeError(error)}`;
    await putAnswer(to, { status: 'FAILED', reason: sentence }, put, clock);
    return { kind: 'failed', name, sentence };
  }
}

async function start(
  event: unknown,
  name: string,
  cloud: Pick<StepFunctionsCalls, 'startExecution'>,
  clock: Clock,
): Promise<Received> {
  const stateMachineArn = readStateMachine(event);
  for (let tried = 1; ; tried += 1) {
    try {
      await cloud.startExecution({ stateMachineArn, name, input: JSON.stringify(event) });
      return { kind: 'started', name, sentence: `Execution ${name} has started.` };
    } catch (error) {
      // The event was delivered again after its execution had ended.
      if (errorName(error) === 'ExecutionAlreadyExists') {
        return { kind: 'already', name, sentence: `Execution ${name} is there already.` };
      }
      if (tried >= operationStart.tries) throw error;
      await clock.sleep(operationStart.pauseMs);
    }
  }
}
