/** Requests of CloudFormation that come late, out of order, or are about somebody else. */
import { afterEach, describe, expect, it } from 'vitest';
import type { StackOperationCalls } from '../../aws/calls.ts';
import { advanceStackOperation } from '../../handlers/advance-stack-operation.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import type { StackOperation } from '../../workflow/stack/request.ts';
import {
  openStackOperationAccount,
  type StackOperationAccount,
} from './stack-operation-account.ts';

let account: StackOperationAccount;
afterEach(() => account.stop());

const step = (document: StackOperation, cloud = account.stackOperationCloud) =>
  advanceStackOperation(document, cloud, account.clock);

describe('requests at the wrong time or about the wrong cluster', () => {
  it('does not stop what a later request has started, however late it is redriven', async () => {
    account = await openStackOperationAccount(0);
    await account.stackOperationCloud.startExecution({
      stateMachineArn: account.stackOperationMachine,
      name: 'request-2',
      input: '{}',
    });
    await account.stackOperationCloud.startExecution({
      stateMachineArn: account.failoverMachine,
      name: 'cloudformation-request-2-1',
      input: '{}',
    });
    const document = account.document(account.event('Create'));
    const startedAt = new Date(Date.now() - 86_400_000).toISOString();
    const redriven = { ...document, execution: { ...document.execution, startedAt } };
    expect(await step(redriven)).toMatchObject({ kind: 'failed', rule: 'superseded' });
    expect(await account.running()).toEqual(['cloudformation-request-2-1']);
  });

  it.each(['Create', 'Update', 'Delete'])(
    '%s: an event about another cluster is refused, and nobody of it is touched',
    async (requestType) => {
      account = await openStackOperationAccount();
      const bystander = await account.launch({ [tagKeys.cluster]: 'presto-2' });
      const event = account.event(requestType, {}, { ClusterName: 'presto-2' });
      await expect(step(account.document(event))).rejects.toThrow(
        '$.event.ResourceProperties.ClusterName is "presto-2", but must be presto.',
      );
      expect(account.living()).toEqual([...account.coordinatorIds, bystander]);
      expect(await account.running()).toEqual([]);
    },
  );

  it('an update that is too late does not stop a failover between two coordinators', async () => {
    account = await openStackOperationAccount(0);
    const begun = await step(account.document(account.event('Update')));
    const stand = { cluster: account.cluster, termination: { kind: 'fenced', fenced: ['i-old'] } };
    const cloud: StackOperationCalls = {
      ...account.stackOperationCloud,
      getExecutionHistory: async () => ({
        $metadata: {},
        events: [
          {
            id: 1,
            timestamp: new Date(),
            type: 'PassStateEntered',
            stateEnteredEventDetails: { name: 'Begin move', input: JSON.stringify(stand) },
          },
        ],
      }),
    };
    const document = account.document(account.event('Update'), begun);
    const startedAt = new Date(Date.now() - 3_400_000).toISOString();
    const late = { ...document, execution: { ...document.execution, startedAt } };
    expect(await step(late, cloud)).toMatchObject({ kind: 'failed', rule: 'too-late' });
    expect(await account.running()).toEqual(['cloudformation-request-1-1']);
  });

  it.each(['', 'garbage', 'lt-0123456789abcdef0:', ':1', 'lt-0:x', '$(reboot):$Latest'])(
    'an update is not broken by a coordinator whose version tag is %j',
    async (value) => {
      account = await openStackOperationAccount();
      const Tags = [{ Key: tagKeys.templateVersion, Value: value }];
      await account.cloud.createTags({ Resources: [account.coordinatorIds[1] ?? ''], Tags });
      const asked: unknown[] = [];
      const cloud: StackOperationCalls = {
        ...account.stackOperationCloud,
        describeLaunchTemplateVersions: (input) => {
          asked.push(input.Versions);
          return account.stackOperationCloud.describeLaunchTemplateVersions(input);
        },
      };
      const begun = await step(account.document(account.event('Update')), cloud);
      expect(asked).toEqual([['1']]);
      expect(begun).toMatchObject({ kind: 'wait', rule: 'begin' });
    },
  );

  it('a deletion is not given up for a creation whose event arrived after it', async () => {
    account = await openStackOperationAccount(0);
    await account.stackOperationCloud.startExecution({
      stateMachineArn: account.stackOperationMachine,
      name: 'request-0-that-came-late',
      input: '{}',
    });
    const begun = await step(account.document(account.event('Delete')));
    expect(begun).toMatchObject({ kind: 'wait', rule: 'clearing' });
    const emptySince = new Date(Date.now() - 31_000).toISOString();
    const document = account.document(account.event('Delete'), { ...begun, emptySince });
    expect(await step(document)).toMatchObject({ kind: 'done', rule: 'empty' });
  });
});
