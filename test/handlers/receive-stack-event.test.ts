import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { answerCloudFormation } from '../../handlers/answer-cloudformation.ts';
import { type Put, putToUrl } from '../../handlers/put-answer.ts';
import { receiveStackEvent } from '../../handlers/receive-stack-event.ts';
import { refusing } from '../support/faults.ts';
import {
  openStackOperationAccount,
  type StackOperationAccount,
} from './stack-operation-account.ts';

let account: StackOperationAccount;
afterEach(() => account.stop());

const quick = { now: () => Date.now(), sleep: async () => {} };

/** Notes what is put, and answers with these statuses, the last one again and again. */
function notingPut(...statuses: (number | Error)[]) {
  const bodies: Record<string, unknown>[] = [];
  const put: Put = async (_url, body) => {
    bodies.push(JSON.parse(body) as Record<string, unknown>);
    const status = statuses.length > 1 ? statuses.shift() : (statuses[0] ?? 200);
    if (status instanceof Error) throw status;
    return status ?? 200;
  };
  return { bodies, put };
}

const startedNames = async () => {
  const listed = await account.stackOperationCloud.listExecutions({
    stateMachineArn: account.stackOperationMachine,
  });
  return (listed.executions ?? []).map(({ name }) => name);
};

describe('receive stack event', () => {
  it('starts one execution for a request, however often its event comes', async () => {
    account = await openStackOperationAccount();
    const { bodies, put } = notingPut();
    const event = account.event('Create');
    const receive = () => receiveStackEvent(event, account.stackOperationCloud, put, quick);
    expect(await receive()).toMatchObject({ kind: 'started', name: 'request-1' });
    expect(await receive()).toMatchObject({ kind: 'started' });
    const [execution] =
      (
        await account.stackOperationCloud.listExecutions({
          stateMachineArn: account.stackOperationMachine,
        })
      ).executions ?? [];
    await account.stackOperationCloud.stopExecution({ executionArn: execution?.executionArn });
    expect(await receive()).toMatchObject({ kind: 'already' });
    expect(await startedNames()).toEqual(['request-1']);
    expect(bodies).toEqual([]);
  });

  it('answers FAILED itself when the execution cannot be started', async () => {
    account = await openStackOperationAccount();
    const { bodies, put } = notingPut();
    const cloud = refusing(
      account.stackOperationCloud,
      'startExecution',
      'AccessDeniedException',
      'No.',
    );
    const event = account.event('Create');
    expect(await receiveStackEvent(event, cloud, put, quick)).toMatchObject({ kind: 'failed' });
    expect(bodies).toEqual([
      {
        Status: 'FAILED',
        Reason:
          'The execution request-1 of the stack operation state machine could not be started. AccessDeniedException: No.',
        PhysicalResourceId: 'coordinators-of-presto',
        StackId: event.StackId,
        RequestId: 'request-1',
        LogicalResourceId: 'Coordinators',
      },
    ]);
  });

  it('answers FAILED when the template gave something that cannot be', async () => {
    account = await openStackOperationAccount();
    const { bodies, put } = notingPut();
    const event = account.event('Create', {}, { HACoordinatorsCount: 'many' });
    await receiveStackEvent(event, account.stackOperationCloud, put, quick);
    expect(bodies[0]?.Reason).toContain(
      '$.event.ResourceProperties.HACoordinatorsCount is "many", but must be 1 to 9.',
    );
    expect(await startedNames()).toEqual([]);
  });

  it('fails aloud where there is nobody to answer', async () => {
    account = await openStackOperationAccount();
    const { put } = notingPut();
    const receive = receiveStackEvent({}, account.stackOperationCloud, put, quick);
    await expect(receive).rejects.toThrow('$.event.ResponseURL is missing');
  });
});

describe('answer CloudFormation', () => {
  const answer = (step: object, put: Put) => {
    const event = account.event('Update', { PhysicalResourceId: 'coordinators-of-trino' });
    return answerCloudFormation({ ...account.document(event), step }, put, quick);
  };

  it('says SUCCESS with the sentence, and keeps the id by which it is known', async () => {
    account = await openStackOperationAccount();
    const { bodies, put } = notingPut();
    await answer({ kind: 'done', sentence: 'i-a holds the address.' }, put);
    expect(bodies).toMatchObject([
      {
        Status: 'SUCCESS',
        Reason: 'i-a holds the address.',
        PhysicalResourceId: 'coordinators-of-trino',
      },
    ]);
  });

  it('cuts a reason that would make the answer too large', async () => {
    account = await openStackOperationAccount();
    const { bodies, put } = notingPut();
    await answer({ kind: 'failed', sentence: 'ä"'.repeat(4_000) }, put);
    expect(Buffer.byteLength(JSON.stringify(bodies[0]))).toBeLessThan(4_096);
    expect(bodies[0]?.Reason).toMatch(/\.\.\.$/);
  });

  it('tries again, but not where the URL takes no answer any more', async () => {
    account = await openStackOperationAccount();
    const flaky = notingPut(new Error('socket hang up'), 503, 200);
    await answer({ kind: 'done', sentence: 'Done.' }, flaky.put);
    expect(flaky.bodies).toHaveLength(3);
    const over = notingPut(403);
    const refused = answer({ kind: 'done', sentence: 'Done.' }, over.put);
    await expect(refused).rejects.toMatchObject({
      name: 'BadInput',
      message: "CloudFormation's URL did not take the answer. It answered 403.",
    });
    expect(over.bodies).toHaveLength(1);
    // Whatever an error says: only the URL's own answer is an answer.
    for (const last of [500, new Error('It answered 403.')]) {
      const never = answer({ kind: 'done', sentence: 'Done.' }, notingPut(last).put);
      await expect(never).rejects.toMatchObject({ name: 'TryAgain' });
    }
  });

  it('puts without a content type, and in clear to nobody but this machine', async () => {
    account = await openStackOperationAccount();
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      seen.push([request.method, request.headers['content-type']]);
      request.resume();
      request.on('end', () => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await putToUrl(`http://127.0.0.1:${port}/x`, '{}')).toBe(200);
    expect(seen).toEqual([['PUT', '']]);
    server.close();
    await expect(putToUrl('http://example.com/x', '{}')).rejects.toThrow('but must be https');
  });
});
