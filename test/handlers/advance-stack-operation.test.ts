import { afterEach, describe, expect, it } from 'vitest';
import type { StackOperationCalls } from '../../aws/calls.ts';
import { advanceStackOperation } from '../../handlers/advance-stack-operation.ts';
import { launchStandby } from '../../handlers/launch-standby.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import type { StackOperation, Step } from '../../workflow/stack/request.ts';
import { failingOnce, refusing } from '../support/faults.ts';
import {
  openStackOperationAccount,
  type StackOperationAccount,
} from './stack-operation-account.ts';

let account: StackOperationAccount;
afterEach(() => account.stop());

/** The step, as Step Functions takes it: tried again when it failed. */
async function step(document: StackOperation, cloud = account.stackOperationCloud): Promise<Step> {
  try {
    return await advanceStackOperation(document, cloud, account.clock);
  } catch {
    return advanceStackOperation(document, cloud, account.clock);
  }
}

const start = (name: string) =>
  account.stackOperationCloud.startExecution({
    stateMachineArn: account.failoverMachine,
    name,
    input: '{}',
  });

/** Later: as if so many seconds had passed since the execution began. */
const later = (document: StackOperation, seconds: number): StackOperation => ({
  ...document,
  execution: {
    ...document.execution,
    startedAt: new Date(Date.parse(document.execution.startedAt) - seconds * 1000).toISOString(),
  },
});

describe('creation', () => {
  it('starts one failover, which is asked about until the address answers', async () => {
    account = await openStackOperationAccount(0);
    const first = account.document(account.event('Create'));
    const begun = await step(first);
    expect(begun).toMatchObject({ kind: 'wait', rule: 'begin', attempts: 1, ask: true });
    expect(await account.running()).toEqual(['cloudformation-request-1-1']);
    expect(await account.inputOf('cloudformation-request-1-1')).toEqual({
      reason: 'the stack is created',
      by: 'CloudFormation',
    });
    expect(begun.targets).toEqual([
      { name: 'coordinator address', host: account.cluster.coordinatorAddress },
    ]);
    // The same step once more, its answer lost: still one execution.
    expect(await step(first)).toMatchObject({ kind: 'wait', failover: begun.failover });
    const second = account.document(account.event('Create'), begun);
    expect(await step(second)).toMatchObject({ kind: 'wait', rule: 'under-way', attempts: 1 });
    expect(await account.running()).toHaveLength(1);
  });

  it('is done when the holder answers over the address', async () => {
    account = await openStackOperationAccount();
    const answers = account.answers(account.coordinatorIds);
    const document = account.document(account.event('Create'), undefined, answers);
    expect(await step(document)).toMatchObject({ kind: 'done', rule: 'reached' });
    expect(await account.running()).toEqual([]);
  });

  it('begins again when its execution was stopped by somebody', async () => {
    account = await openStackOperationAccount(0);
    const begun = await step(account.document(account.event('Create')));
    await account.stackOperationCloud.stopExecution({ executionArn: begun.failover ?? '' });
    const document = later(account.document(account.event('Create'), begun), 60);
    const again = async (): Promise<Step> => {
      const next = await step(document);
      return next.rule === 'pause' ? again() : next;
    };
    expect(await again()).toMatchObject({ kind: 'wait', rule: 'begin', attempts: 2 });
    expect(await account.running()).toEqual(['cloudformation-request-1-2']);
  });

  it('gives up what it has started when it fails', async () => {
    account = await openStackOperationAccount(0);
    const begun = await step(account.document(account.event('Create')));
    const document = later(account.document(account.event('Create'), begun), 1_300);
    expect(await step(document)).toMatchObject({ kind: 'failed', rule: 'too-late' });
    expect(await account.running()).toEqual([]);
  });

  it('gives up after a minute when EC2 refuses what Launch standby asks for', async () => {
    account = await openStackOperationAccount(0);
    const refused = refusing(account.cloud, 'runInstances', 'InvalidAMIID.NotFound', 'No image.');
    const { problems } = await launchStandby(account.incident(), refused, account.clock);
    const begun = await step(account.document(account.event('Create')));
    const standbyLaunch = { kind: 'complete', problems };
    const cloud: StackOperationCalls = {
      ...account.stackOperationCloud,
      getExecutionHistory: async () => ({
        $metadata: {},
        events: [
          {
            id: 1,
            timestamp: new Date(),
            type: 'TaskStateExited',
            stateExitedEventDetails: {
              name: 'Launch standby',
              output: JSON.stringify({ cluster: account.cluster, standbyLaunch }),
            },
          },
        ],
      }),
    };
    const document = later(account.document(account.event('Create'), begun), 60);
    const failed = await step(document, cloud);
    expect(failed).toMatchObject({ kind: 'failed', rule: 'refused' });
    expect(failed.sentence).toContain('InvalidAMIID.NotFound: No image.');
  });

  it('ends what an earlier request has left running, and nothing else', async () => {
    account = await openStackOperationAccount(0);
    await start('cloudformation-request-0-1');
    await start('by-the-schedule');
    await step(account.document(account.event('Create')));
    expect((await account.running()).toSorted()).toEqual([
      'by-the-schedule',
      'cloudformation-request-1-1',
    ]);
  });

  it('leaves the field to a later request', async () => {
    account = await openStackOperationAccount(0);
    await account.stackOperationCloud.startExecution({
      stateMachineArn: account.stackOperationMachine,
      name: 'request-2',
      input: '{}',
    });
    const document = account.document(account.event('Create'));
    expect(await step(document)).toMatchObject({
      kind: 'failed',
      sentence: 'A later request to this stack is being carried out: request-2.',
    });
    expect(await account.running()).toEqual([]);
  });
});

describe('update', () => {
  const changed = (imageId: string) =>
    account.ec2.createLaunchTemplateVersion({
      launchTemplateId: account.cluster.launchTemplateId,
      data: { ImageId: imageId, InstanceType: 'm6g.large' },
    }).version;
  const update = (LaunchTemplateVersion: string) =>
    account.event(
      'Update',
      { PhysicalResourceId: 'coordinators-of-presto' },
      {
        LaunchTemplateVersion,
      },
    );

  it('asks for the upgrade when the holder was launched from other data', async () => {
    account = await openStackOperationAccount();
    const event = update(changed('ami-0002'));
    const answers = account.answers(account.coordinatorIds);
    const begun = await step(account.document(event, undefined, answers));
    expect(begun).toMatchObject({ kind: 'wait', rule: 'begin' });
    expect(begun.sentence).toContain('runs another version than');
    expect(await account.inputOf('cloudformation-request-1-1')).toEqual({
      reason: 'the stack is updated',
      by: 'CloudFormation',
      upgrade: true,
    });
  });

  it('is done with a version that has the data of the old one: a rollback moves nothing', async () => {
    account = await openStackOperationAccount();
    changed('ami-0002');
    const event = update(changed('ami-0001'));
    const answers = account.answers(account.coordinatorIds);
    const document = account.document(event, undefined, answers);
    expect(await step(document)).toMatchObject({ kind: 'done', rule: 'reached' });
    expect(await account.running()).toEqual([]);
  });

  it('starts without an upgrade when only the count changes', async () => {
    account = await openStackOperationAccount();
    const event = account.event('Update', {}, { HACoordinatorsCount: '3' });
    const answers = account.answers(account.coordinatorIds);
    await step(account.document(event, undefined, answers));
    expect(await account.inputOf('cloudformation-request-1-1')).not.toHaveProperty('upgrade');
  });
});

describe('deletion', () => {
  const remove = () => account.event('Delete', { PhysicalResourceId: 'coordinators-of-presto' });

  /** Until it says done, with the same lost answer in each step. */
  async function takeDown(
    cloudOf: (cloud: StackOperationCalls) => StackOperationCalls,
  ): Promise<Step> {
    let document = account.document(remove());
    for (let steps = 0; steps < 5; steps += 1) {
      const next = await step(document, cloudOf(account.stackOperationCloud));
      if (next.kind !== 'wait') return next;
      const emptySince = next.emptySince === null ? null : new Date(Date.now() - 31_000);
      const aged = { ...next, emptySince: emptySince?.toISOString() ?? null };
      document = account.document(remove(), aged);
    }
    throw new Error('It has not ended in 5 steps.');
  }

  it('marks the address, ends every execution, terminates this cluster only, and observes twice', async () => {
    account = await openStackOperationAccount();
    const bystander = await account.launch({ [tagKeys.cluster]: 'presto-2' });
    await start('by-the-schedule');
    expect(await takeDown((cloud) => cloud)).toMatchObject({ kind: 'done', rule: 'empty' });
    const { tags, attachment } = account.ec2.snapshot().networkInterfaces[0] ?? {};
    expect(tags?.[tagKeys.stackDeleting]).toContain('for request-1');
    expect(attachment).toBeUndefined();
    expect(account.living()).toEqual([bystander]);
    expect(await account.running()).toEqual([]);
  });

  it('is not empty while executions run that were not even listed', async () => {
    account = await openStackOperationAccount(0);
    const cut: StackOperationCalls = {
      ...account.stackOperationCloud,
      listExecutions: async (input) => ({
        ...(await account.stackOperationCloud.listExecutions(input)),
        nextToken: 'more',
      }),
    };
    const found = await step(account.document(remove()), cut);
    expect(found).toMatchObject({ kind: 'wait', emptySince: null });
    expect(found.problems).toEqual(['More than 0 executions run: not all were read.']);
    expect((await step(account.document(remove()))).emptySince).not.toBeNull();
  });

  it('takes down what was launched meanwhile, and begins to count again', async () => {
    account = await openStackOperationAccount(0);
    const empty = await step(account.document(remove()));
    expect(empty.emptySince).not.toBeNull();
    const late = await account.launch({ [tagKeys.cluster]: 'presto' });
    const next = await step(account.document(remove(), empty));
    expect(next).toMatchObject({ kind: 'wait', emptySince: null });
    expect(account.instance(late).state).not.toBe('running');
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'ends as well when call %i loses its answer',
    async (number) => {
      account = await openStackOperationAccount();
      for (const fault of ['before', 'after'] as const) {
        let faulty = true;
        const done = await takeDown((cloud) => {
          if (!faulty) return cloud;
          faulty = false;
          return failingOnce(cloud, number, fault);
        });
        expect(done).toMatchObject({ kind: 'done' });
      }
      expect(account.living()).toEqual([]);
    },
  );

  it('is done at once after a minute of nothing, also without an address', async () => {
    account = await openStackOperationAccount(0);
    await account.ec2.deleteNetworkInterface(account.cluster.networkInterfaceId);
    expect(await takeDown((cloud) => cloud)).toMatchObject({ kind: 'done' });
  });

  it('says which coordinator EC2 does not let go', async () => {
    account = await openStackOperationAccount(1);
    const refused = refusing(
      account.stackOperationCloud,
      'terminateInstances',
      'OperationNotPermitted',
      'It is protected.',
    );
    const document = later(account.document(remove()), 60);
    const failed = await step(document, refused);
    expect(failed).toMatchObject({ kind: 'failed', rule: 'refused' });
    expect(failed.sentence).toBe(
      `${account.coordinatorIds[0]} is running. ${account.coordinatorIds[0]} could not be terminated: OperationNotPermitted: It is protected.`,
    );
  });
});
