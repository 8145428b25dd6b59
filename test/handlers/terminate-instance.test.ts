import { afterEach, describe, expect, it } from 'vitest';
import type { FailoverCalls } from '../../aws/calls.ts';
import { terminateInstance } from '../../handlers/terminate-instance.ts';
import type { Decision, Incident } from '../../workflow/model/incident.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { type Account, isoAgo, openAccount } from '../support/account.ts';
import { failingOnce, interrupting, listening, refusing } from '../support/faults.ts';
import { decision } from '../support/incidents.ts';

let account: Account;
afterEach(() => account.stop());

function judged(different: Partial<Decision> = {}): Incident {
  const pin = {
    attachmentId: account.attachmentId() ?? '',
    instanceId: account.coordinatorIds[0] ?? '',
  };
  return account.incident({ decision: decision({ at: isoAgo(2), pin, ...different }) });
}

function activeId(): string {
  return account.coordinatorIds[0] ?? '';
}

describe('terminate instance', () => {
  it('terminate: guards the ENI, retires, detaches by force, terminates, in this order', async () => {
    account = await openAccount();
    const calls: string[] = [];
    const found = await terminateInstance(judged(), listening(account.cloud, calls), account.clock);
    expect(calls.filter((name) => !name.startsWith('describe'))).toEqual([
      'modifyNetworkInterfaceAttribute',
      'createTags',
      'createTags',
      'detachNetworkInterface',
      'terminateInstances',
    ]);
    expect(found).toMatchObject({
      kind: 'fenced',
      fenced: [activeId()],
      terminated: [activeId()],
      problems: [],
    });
    expect(found.sentence).toContain(`${activeId()} is fenced.`);
    expect(account.instance(activeId()).tags[tagKeys.retired]).toBe(
      'arn:aws:states:::execution:failover:1',
    );
    expect(account.living()).toEqual(account.coordinatorIds.slice(1));
  });

  it('terminate: the address survives and remembers when it failed over', async () => {
    account = await openAccount();
    await terminateInstance(judged(), account.cloud, account.clock);
    const [eni] = account.ec2.snapshot().networkInterfaces;
    expect(eni?.tags[tagKeys.failovers]).toMatch(/^\d{10}$/);
  });

  it('terminate: one failure counts once, however long EC2 takes to let go of the address', async () => {
    account = await openAccount();
    const slow: FailoverCalls = {
      ...account.cloud,
      detachNetworkInterface: async () => ({ $metadata: {} }),
      terminateInstances: async () => ({ $metadata: {} }),
    };
    const times = () => account.ec2.snapshot().networkInterfaces[0]?.tags[tagKeys.failovers];
    // The attachment is as old as the test.
    await terminateInstance(judged({ at: isoAgo(-20) }), slow, account.clock);
    const first = times();
    expect(first).toMatch(/^\d{10}$/);
    await terminateInstance(judged({ at: isoAgo(-60) }), slow, account.clock);
    expect(times()).toBe(first);
  });

  it('terminate: a move that a person forced is not counted as a failover', async () => {
    account = await openAccount();
    const forced = judged({ rule: 'requested' });
    await terminateInstance(forced, account.cloud, account.clock);
    const [eni] = account.ec2.snapshot().networkInterfaces;
    expect(eni?.tags[tagKeys.failovers]).toBeUndefined();
    // Nor as a failure of the version that it ran.
    expect(account.instance(activeId()).tags[tagKeys.retired]).toBe(
      'requested: arn:aws:states:::execution:failover:1',
    );
    expect(account.living()).toEqual(account.coordinatorIds.slice(1));
  });

  it.each([
    [{ dryRun: true }, 'a dry run'],
    [{ forse: true }, 'is refused'],
  ])('terminate: after the request %j nothing is touched', async (request, why) => {
    account = await openAccount();
    const document = { ...judged(), request };
    await expect(terminateInstance(document, account.cloud, account.clock)).rejects.toThrow(why);
    expect(account.living()).toEqual(account.coordinatorIds);
  });

  it('terminate: a decision that is too old is refused while the pin holds the address', async () => {
    account = await openAccount();
    const found = await terminateInstance(judged({ at: isoAgo(16) }), account.cloud, account.clock);
    expect(found).toMatchObject({ kind: 'stale', fenced: [] });
    expect(account.holderId()).toBe(activeId());
    expect(account.living()).toHaveLength(2);
  });

  it('terminate: running it twice is one fence', async () => {
    account = await openAccount();
    const document = judged();
    await terminateInstance(document, account.cloud, account.clock);
    const again = await terminateInstance(document, account.cloud, account.clock);
    expect(again.kind).toBe('fenced');
    expect(account.living()).toEqual(account.coordinatorIds.slice(1));
  });

  it('terminate: whichever answer is lost, before or after its effect, the next try ends it', async () => {
    for (let number = 0; number < 8; number += 1) {
      for (const fault of ['before', 'after'] as const) {
        account = await openAccount();
        const document = judged();
        const cloud = failingOnce(account.cloud, number, fault);
        const tried = await terminateInstance(document, cloud, account.clock).catch(() => null);
        const found = tried ?? (await terminateInstance(document, account.cloud, account.clock));
        expect(found.kind, `call ${number}, lost ${fault}`).toBe('fenced');
        expect(account.holderId(), `call ${number}, lost ${fault}`).toBeUndefined();
        expect(account.living()).toContain(account.coordinatorIds[1]);
        await account.stop();
      }
    }
  });

  it('terminate: an address that moved meanwhile is not touched, nor is its new holder', async () => {
    account = await openAccount();
    const document = judged();
    const { networkInterfaceId } = account.cluster;
    await account.cloud.detachNetworkInterface({
      AttachmentId: account.attachmentId() ?? '',
      Force: true,
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await account.cloud.attachNetworkInterface({
      NetworkInterfaceId: networkInterfaceId,
      InstanceId: activeId(),
      DeviceIndex: 1,
      NetworkCardIndex: 0,
    });
    const found = await terminateInstance(document, account.cloud, account.clock);
    expect(found.kind).toBe('moved');
    expect(account.living()).toHaveLength(2);
    expect(account.holderId()).toBe(activeId());
  });

  it('terminate: if the address moves between observation and act, the call that names the pin is refused', async () => {
    account = await openAccount();
    const attachmentId = account.attachmentId() ?? '';
    const cloud = interrupting(account.cloud, 'modifyNetworkInterfaceAttribute', async () => {
      await account.cloud.detachNetworkInterface({ AttachmentId: attachmentId, Force: true });
      await new Promise((resolve) => setTimeout(resolve, 20));
    });
    const found = await terminateInstance(judged(), cloud, account.clock);
    expect(found.kind).toBe('moved');
    expect(account.instance(activeId()).tags).not.toHaveProperty(tagKeys.retired);
    expect(account.living()).toHaveLength(2);
  });

  it('terminate: a refused termination is reported and does not stop the move', async () => {
    account = await openAccount();
    const cloud = refusing(
      account.cloud,
      'terminateInstances',
      'OperationNotPermitted',
      'protected',
    );
    const found = await terminateInstance(judged(), cloud, account.clock);
    expect(found).toMatchObject({ kind: 'fenced', terminated: [] });
    expect(found.problems).toEqual([
      `${activeId()} could not be terminated: OperationNotPermitted: protected`,
    ]);
    expect(account.holderId()).toBeUndefined();
  });

  it('terminate: an address that cannot be detached is fenced by the termination', async () => {
    account = await openAccount();
    const cloud = refusing(
      account.cloud,
      'detachNetworkInterface',
      'OperationNotPermitted',
      'The network interface at device index 0 cannot be detached.',
    );
    const found = await terminateInstance(judged(), cloud, account.clock);
    expect(found).toMatchObject({ kind: 'fenced', terminated: [activeId()] });
    expect(found.problems[0]).toContain('OperationNotPermitted: The network interface at device');
    expect(found.sentence).not.toContain('was detached');
    expect(account.living()).not.toContain(activeId());
  });

  it('terminate: without a detachment and without a termination nothing is fenced', async () => {
    account = await openAccount();
    const detaching = refusing(account.cloud, 'detachNetworkInterface', 'RequestLimitExceeded');
    const cloud = refusing(detaching, 'terminateInstances', 'OperationNotPermitted', 'protected');
    await expect(terminateInstance(judged(), cloud, account.clock)).rejects.toMatchObject({
      name: 'TryAgain',
      message: expect.stringContaining('RequestLimitExceeded'),
    });
  });

  it('terminate: an old decision about an instance that a person stopped ends with another observation', async () => {
    account = await openAccount();
    const document = judged({ at: isoAgo(3600) });
    const attachmentId = account.attachmentId() ?? '';
    await account.cloud.detachNetworkInterface({ AttachmentId: attachmentId, Force: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const found = await terminateInstance(document, stopped(account.cloud), account.clock);
    expect(found.kind).toBe('moved');
    expect(account.instance(activeId()).tags).not.toHaveProperty(tagKeys.retired);
    expect(account.living()).toHaveLength(2);
  });

  it('terminate: the failover is remembered, whatever happens to the detachment and after it', async () => {
    account = await openAccount();
    const document = judged();
    const died = refusing(account.cloud, 'detachNetworkInterface', 'TimeoutError');
    const cloud = refusing(died, 'terminateInstances', 'TimeoutError');
    await expect(terminateInstance(document, cloud, account.clock)).rejects.toMatchObject({
      name: 'TryAgain',
    });
    const failovers = () => account.ec2.snapshot().networkInterfaces[0]?.tags[tagKeys.failovers];
    expect(failovers()).toMatch(/^\d{10}$/);
    await terminateInstance(document, account.cloud, account.clock);
    expect(failovers(), 'the same failover is remembered once').toMatch(/^\d{10}$/);
  });

  it('terminate: a holder that is not ours loses the address and nothing else', async () => {
    account = await openAccount({ coordinators: 0 });
    const foreignId = await account.launch({ [tagKeys.cluster]: 'another' });
    const { networkInterfaceId } = account.cluster;
    account.ec2.seedAttachment({
      networkInterfaceId,
      instanceId: foreignId,
      attachedSecondsAgo: 600,
    });
    const pin = { attachmentId: account.attachmentId() ?? '', instanceId: foreignId };
    const found = await terminateInstance(judged({ pin }), account.cloud, account.clock);
    expect(found.problems).toEqual([
      `${foreignId} was not terminated: it is not tagged as this cluster's.`,
    ]);
    expect(account.holderId()).toBeUndefined();
    expect(account.living()).toEqual([foreignId]);
    expect(account.instance(foreignId).tags).not.toHaveProperty(tagKeys.retired);
  });

  it('terminate: an instance that is gone already is fenced all the same', async () => {
    account = await openAccount();
    const document = judged();
    await account.cloud.terminateInstances({ InstanceIds: [activeId()] });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const found = await terminateInstance(document, account.cloud, account.clock);
    expect(found.kind).toBe('fenced');
  });

  it('terminate: a decision that does not say failed is refused', async () => {
    account = await openAccount();
    const document = judged({ outcome: 'healthy' });
    await expect(terminateInstance(document, account.cloud, account.clock)).rejects.toMatchObject({
      name: 'BadInput',
    });
  });
});

/** EC2 that describes every instance as stopped. */
function stopped(cloud: FailoverCalls): FailoverCalls {
  return {
    ...cloud,
    describeInstances: async (input) => {
      const answer = await cloud.describeInstances(input);
      const Reservations = answer.Reservations?.map((reservation) => ({
        ...reservation,
        Instances: reservation.Instances?.map((one) => ({
          ...one,
          State: { Name: 'stopped' as const },
        })),
      }));
      return { ...answer, Reservations };
    },
  };
}
