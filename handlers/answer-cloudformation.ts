/**
 * Answer CloudFormation, ACT: the last step of every stack operation, done or failed. Needs no
 * permissions: the URL in the event is the permission.
 * What can go wrong: the URL does not take the answer, and CloudFormation waits for up to an hour. So
 * this function and the state machine try again.
 */
import { readAnswerTo } from '../workflow/stack/request.ts';
import { type Clock, decidingHandler, isoNow } from './entry.ts';
import { type Put, putAnswer, putToUrl } from './put-answer.ts';

export const handler = decidingHandler((event, clock) =>
  answerCloudFormation(event, putToUrl, clock),
);

export interface Answered {
  readonly kind: 'answered';
  readonly at: string;
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason: string;
}

export async function answerCloudFormation(
  document: unknown,
  put: Put,
  clock: Clock,
): Promise<Answered> {
  const { event, step } = Object(document) as Record<string, unknown>;
  const { kind, sentence } = Object(step) as Record<string, unknown>;
  const status = kind === 'done' ? 'SUCCESS' : 'FAILED';
  const reason = typeof sentence === 'string' && sentence !== '' ? sentence : 'No reason is known.';
  await putAnswer(readAnswerTo(event), { status, reason }, put, clock);
  return { kind: 'answered', at: isoNow(clock), status, reason };
}
