/**
 * Tells CloudFormation how a request ended: one PUT to the presigned URL in the event.
 * What can go wrong: a header too many breaks the URL's signature, so the content type is empty. An
 * answer that is too large is thrown away, so the reason is cut. Source: CloudFormation user guide,
 * custom resource response objects; cfn-response.
 */
import { request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { BadInput, messageOf, TryAgain } from '../workflow/model/errors.ts';
import { answerPut } from '../workflow/model/timing.ts';
import type { AnswerTo } from '../workflow/stack/request.ts';
import type { Clock } from './entry.ts';

export interface AnswerOutcome {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason: string;
}

/** Resolves with the HTTP status; rejects when no answer comes in time. */
export type Put = (url: string, body: string) => Promise<number>;

/** Of the answer's 4096 bytes; the rest are ids, of which the longest may have 1 KB. */
const longestReasonBytes = 2_000;

/** @throws TryAgain when the URL cannot be reached; BadInput when the URL refuses every answer */
export async function putAnswer(
  to: AnswerTo,
  outcome: AnswerOutcome,
  put: Put,
  clock: Clock,
): Promise<void> {
  const body = JSON.stringify({
    Status: outcome.status,
    Reason: cutToBytes(outcome.reason, longestReasonBytes),
    PhysicalResourceId: to.physicalResourceId,
    StackId: to.stackId,
    RequestId: to.requestId,
    LogicalResourceId: to.logicalResourceId,
  });
  let problem = '';
  let isRefused = false;
  for (let tried = 0; tried < answerPut.tries; tried += 1) {
    if (tried > 0) await clock.sleep(answerPut.pauseMs * tried);
    try {
      const status = await put(to.responseUrl, body);
      if (status >= 200 && status < 300) return;
      problem = `It answered ${status}.`;
      // The signature is for another request, or too old: every further try is refused.
      isRefused = status >= 400 && status < 500;
      if (isRefused) break;
    } catch (error) {
      problem = messageOf(error);
    }
  }
  const sentence = `CloudFormation's URL did not take the answer. ${problem}`;
  throw isRefused ? new BadInput(sentence) : new TryAgain(sentence);
}

/** HTTPS. Plain HTTP only to this machine, where a local cloud listens. */
export const putToUrl: Put = (url, body) =>
  new Promise((resolve, reject) => {
    const { protocol, hostname } = new URL(url);
    if (protocol !== 'https:' && hostname !== '127.0.0.1') {
      reject(new BadInput(`ResponseURL begins with ${protocol}//${hostname}, but must be https.`));
      return;
    }
    const request = (protocol === 'https:' ? requestByHttps : requestByHttp)(
      url,
      {
        method: 'PUT',
        headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(answerPut.timeoutMs),
      },
      (response) => {
        response.resume();
        response.once('error', reject);
        response.once('end', () => resolve(response.statusCode ?? 0));
      },
    );
    request.once('error', reject);
    request.end(body);
  });

function cutToBytes(text: string, most: number): string {
  let cut = text;
  while (Buffer.byteLength(JSON.stringify(cut)) > most) cut = cut.slice(0, -100);
  return cut === text ? text : `${cut}...`;
}
