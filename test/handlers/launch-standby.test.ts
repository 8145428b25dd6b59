import { afterEach, describe, expect, it } from 'vitest';
import type { FailoverCalls } from '../../aws/calls.ts';
import { launchStandby } from '../../handlers/launch-standby.ts';
import { coordinatorTags } from '../../trials/cluster/seed-cluster.ts';
import { addressTargetName, type Incident } from '../../workflow/model/incident.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { type Account, isoAgo, openAccount } from '../support/account.ts';
import { failingOnce, interrupting, refusing } from '../support/faults.ts';
import { answer, coordinator, decision, incident, refusal } from '../support/incidents.ts';

let account: Account;
afterEach(() => account.stop());

function healthy(rest: Partial<Incident> = {}): Incident {
  return account.incident({
    decision: decision({ rule: 'answers', outcome: 'healthy' }),
    survey: surveyed(account.coordinatorIds),
    ...rest,
  });
}

function launch(document = healthy(), cloud = account.cloud) {
  return launchStandby(document, cloud, account.clock);
}

describe('launch standby', () => {
  it('launch: fills the empty slot with an instance that carries cluster, slot and generation', async () => {
    account = await openAccount({ coordinators: 1 });
    const found = await launch();
    expect(found).toMatchObject({ kind: 'complete', problems: [] });
    const [launchedId = ''] = found.launched;
    expect(account.instance(launchedId).tags).toMatchObject(coordinatorTags('presto', 2, 1));
  });

  it('launch: two executions that see the same gap launch one instance', async () => {
    account = await openAccount({ coordinators: 1 });
    const document = healthy();
    const [one, other] = await Promise.all([launch(document), launch(document)]);
    expect(one.launched).toEqual(other.launched);
    expect(account.living()).toHaveLength(2);
  });

  it('launch: whichever answer is lost, before or after its effect, the next try ends with one', async () => {
    for (let number = 0; number < 3; number += 1) {
      for (const fault of ['before', 'after'] as const) {
        account = await openAccount({ coordinators: 1 });
        const cloud = failingOnce(account.cloud, number, fault);
        await launch(healthy(), cloud).catch(() => null);
        await launch();
        expect(account.living(), `call ${number}, lost ${fault}`).toHaveLength(2);
        await account.stop();
      }
    }
  });

  it('launch: a token whose instance has been terminated leads to the next generation', async () => {
    account = await openAccount({ coordinators: 1 });
    const document = healthy();
    const [firstId = ''] = (await launch(document)).launched;
    // Described long after its end: EC2 shows a terminated instance for about an hour only.
    await account.cloud.terminateInstances({ InstanceIds: [firstId] });
    const cloud = forgetting(account.cloud, firstId);
    const [secondId = ''] = (await launch(document, cloud)).launched;
    expect(secondId).not.toBe(firstId);
    expect(account.instance(secondId).tags[tagKeys.generation]).toBe('2');
  });

  it('launch: no capacity is said, and the rest goes on', async () => {
    account = await openAccount({ coordinators: 1 });
    const cloud = refusing(
      account.cloud,
      'runInstances',
      'InsufficientInstanceCapacity',
      'none left',
    );
    const found = await launch(healthy(), cloud);
    expect(found).toMatchObject({ launched: [], kind: 'complete' });
    expect(found.problems).toEqual([
      {
        kind: 'not-launched',
        slot: 2,
        refusals: [
          {
            instanceType: 'm6g.large',
            code: 'InsufficientInstanceCapacity',
            message: 'none left',
          },
        ],
        sentence:
          'No coordinator could be launched for slot 2. m6g.large: InsufficientInstanceCapacity: none left',
      },
    ]);
  });

  it('launch: many generations whose tokens are used up are passed over', async () => {
    account = await openAccount({ coordinators: 1 });
    const used = 9;
    const cloud: FailoverCalls = {
      ...account.cloud,
      runInstances: async (input) => {
        const tags = input.TagSpecifications?.[0]?.Tags ?? [];
        const generation = tags.find(({ Key }) => Key === tagKeys.generation)?.Value;
        if (Number(generation) > used) return account.cloud.runInstances(input);
        throw Object.assign(new Error('gone'), { name: 'IdempotentInstanceTerminated' });
      },
    };
    const found = await launch(healthy(), cloud);
    expect(found).toMatchObject({ problems: [] });
    expect(found.launched).toHaveLength(1);
  });

  it('launch: a scale in that is refused is said, and what is missing is launched all the same', async () => {
    account = await openAccount({ coordinators: 2 });
    const [, unhealthy = ''] = account.coordinatorIds;
    const document = healthy({
      answers: {
        kind: 'asked',
        at: isoAgo(1),
        answers: [answer(addressTargetName), refusal(unhealthy)],
      },
    });
    const first = await launch(document);
    expect(first.surplus).toEqual([unhealthy]);
    const standbyLaunch = { ...first, surplusSince: { [unhealthy]: isoAgo(11) } };
    const cloud = refusing(account.cloud, 'createTags', 'UnauthorizedOperation', 'not allowed');
    const found = await launch({ ...document, standbyLaunch }, cloud);
    const sentence = `${unhealthy} was not scaled in. UnauthorizedOperation: not allowed`;
    expect(found.problems).toEqual([{ kind: 'not-terminated', instanceId: unhealthy, sentence }]);
    expect(found).toMatchObject({ terminated: [] });
    expect(found.launched).toHaveLength(1);
    expect(account.living()).toContain(unhealthy);
  });

  it('launch: retired leftovers that do not hold the address are finished off', async () => {
    account = await openAccount();
    const leftover = await account.launch({
      ...coordinatorTags('presto', 1, 2),
      [tagKeys.retired]: 'arn:1',
    });
    const found = await launch();
    expect(found.terminated).toEqual([leftover]);
    expect(account.living()).toEqual(account.coordinatorIds);
  });

  it('launch: a retired instance that holds the address is left to the failover', async () => {
    account = await openAccount();
    const [activeId = ''] = account.coordinatorIds;
    await account.cloud.createTags({
      Resources: [activeId],
      Tags: [{ Key: tagKeys.retired, Value: 'arn:1' }],
    });
    await launch();
    expect(account.living()).toContain(activeId);
  });

  it('launch: surplus goes after two observations, and never if it got the address in between', async () => {
    account = await openAccount();
    const extra = await account.launch(coordinatorTags('presto', 1, 2));
    const first = await launch();
    expect(first).toMatchObject({ kind: 'observe-again', terminated: [], observations: 1 });
    const [surplus = ''] = first.surplus;
    const seen = { ...first, surplusSince: { [surplus]: isoAgo(11) } };
    const cloud = interrupting(account.cloud, 'createTags', async () => {
      await account.cloud.detachNetworkInterface({
        AttachmentId: account.attachmentId() ?? '',
        Force: true,
      });
      await new Promise((resolve) => setTimeout(resolve, 20));
      account.ec2.seedAttachment({
        networkInterfaceId: account.cluster.networkInterfaceId,
        instanceId: surplus,
        attachedSecondsAgo: 1,
      });
    });
    const kept = await launch(healthy({ standbyLaunch: seen }), cloud);
    expect(kept.terminated).toEqual([]);
    const sentence = `${surplus} was not scaled in: it holds the address by now.`;
    expect(kept.problems).toEqual([{ kind: 'not-terminated', instanceId: surplus, sentence }]);
    expect(account.living()).toContain(surplus);
    expect(surplus).toBe(extra);
  });

  it('launch: nobody is one too many while the address moves, and descriptions lag behind', async () => {
    account = await openAccount();
    const extra = await account.launch(coordinatorTags('presto', 1, 2));
    const first = await launch();
    expect(first.surplus).toEqual([extra]);
    const seen = { ...first, surplusSince: { [extra]: isoAgo(11) } };
    const instances = await account.cloud.describeInstances({});
    const interfaces = await account.cloud.describeNetworkInterfaces({});
    // Another execution fences the active; EC2 still describes it as if nothing had happened.
    const AttachmentId = account.attachmentId() ?? '';
    await account.cloud.detachNetworkInterface({ AttachmentId, Force: true });
    await account.cloud.terminateInstances({ InstanceIds: [account.coordinatorIds[0] ?? ''] });
    const lagging: FailoverCalls = {
      ...account.cloud,
      describeInstances: async () => instances,
      describeNetworkInterfaces: async () => interfaces,
    };
    const kept = await launch(healthy({ standbyLaunch: seen }), lagging);
    expect(kept.terminated).toEqual([]);
    expect(account.living()).toContain(extra);
  });

  it("launch: another cluster's instances and untagged ones neither count nor are touched", async () => {
    account = await openAccount({ coordinators: 1 });
    const foreign = await account.launch({
      ...coordinatorTags('presto', 2),
      [tagKeys.cluster]: 'another',
    });
    const untagged = await account.launch({ Name: 'presto-coordinator' });
    const found = await launch();
    expect(found.launched).toHaveLength(1);
    expect(account.living()).toEqual(expect.arrayContaining([foreign, untagged]));
  });
});

/** An observation of which the first one is well and the others have never been. */
function surveyed(instanceIds: readonly string[]): Incident['survey'] {
  const never = { health: null, lastHealthyAt: null, launchedAt: isoAgo(3600) };
  const [activeId = '', ...others] = instanceIds;
  const coordinators = [coordinator(activeId), ...others.map((id) => coordinator(id, never))];
  const { survey } = incident({ survey: { coordinators, at: isoAgo(1) } });
  return survey;
}

/** EC2 without one instance in its descriptions. */
function forgetting(cloud: FailoverCalls, instanceId: string): FailoverCalls {
  return {
    ...cloud,
    describeInstances: async (input) => {
      const answer = await cloud.describeInstances(input);
      const Reservations = answer.Reservations?.map((reservation) => ({
        ...reservation,
        Instances: reservation.Instances?.filter(({ InstanceId }) => InstanceId !== instanceId),
      }));
      return { ...answer, Reservations };
    },
  };
}
