/** A new launch template version, deletion and instance types, where the functions meet EC2. */
import { afterEach, describe, expect, it } from 'vitest';
import type { FailoverCalls } from '../../aws/calls.ts';
import { attachEni } from '../../handlers/attach-eni.ts';
import { launchStandby } from '../../handlers/launch-standby.ts';
import { surveyCoordinators } from '../../handlers/survey-coordinators.ts';
import { terminateInstance } from '../../handlers/terminate-instance.ts';
import { addressTargetName, type Incident } from '../../workflow/model/incident.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { type Account, isoAgo, openAccount } from '../support/account.ts';
import { failingOnce, interrupting } from '../support/faults.ts';
import { answer, decision, refusal } from '../support/incidents.ts';

let account: Account;
afterEach(() => account.stop());

/** A new execution; the cluster is to run version 2; `unready` do not answer ready. */
async function observed(unready: readonly string[] = [], rest: Partial<Incident> = {}) {
  const cluster = { ...account.cluster, launchTemplateVersion: '2' };
  const execution = { id: 'arn:aws:states:::execution:failover:1', startedAt: isoAgo(0) };
  const document = account.incident({ cluster, execution, ...rest });
  const found = await surveyCoordinators(document, account.cloud, account.clock);
  const answers = (found.coordinators ?? []).map(({ instanceId }) =>
    unready.includes(instanceId) ? refusal(instanceId) : answer(instanceId),
  );
  return {
    ...document,
    survey: found,
    answers: { kind: 'asked', at: isoAgo(0), answers: [answer(addressTargetName), ...answers] },
    decision: decision({ rule: 'answers', outcome: 'healthy' }),
  } as const;
}

function launch(document: Incident, cloud = account.cloud) {
  return launchStandby(document, cloud, account.clock);
}

async function openWithVersion2(coordinators = 2): Promise<void> {
  account = await openAccount({ coordinators });
  account.ec2.createLaunchTemplateVersion({
    launchTemplateId: account.cluster.launchTemplateId,
    data: { ImageId: 'ami-0002', InstanceType: 'm6g.large' },
  });
}

describe('a rollout on EC2', () => {
  it('rollout: the new one is launched from the new version, says so, and stands beside the others', async () => {
    await openWithVersion2();
    const found = await launch(await observed());
    const [launchedId = ''] = found.launched;
    expect(account.living()).toHaveLength(3);
    expect(account.instance(launchedId).tags).toMatchObject({
      [tagKeys.slot]: '2',
      [tagKeys.generation]: '2',
      [tagKeys.templateVersion]: `${account.cluster.launchTemplateId}:2`,
      'aws:ec2launchtemplate:version': '2',
    });
  });

  it('rollout: two executions at once launch one, and a third observation launches no more', async () => {
    await openWithVersion2();
    const document = await observed();
    const [one, other] = await Promise.all([launch(document), launch(document)]);
    expect(one.launched).toEqual(other.launched);
    const again = await launch(await observed(one.launched));
    expect(again).toMatchObject({ launched: [], terminated: [], surplus: [] });
    expect(account.living()).toHaveLength(3);
  });

  it('rollout: whichever answer is lost, before or after its effect, the next try ends with one', async () => {
    for (let number = 0; number < 3; number += 1) {
      for (const fault of ['before', 'after'] as const) {
        await openWithVersion2();
        const cloud = failingOnce(account.cloud, number, fault);
        const first = await launch(await observed(), cloud).catch(() => null);
        const young = account.living().filter((id) => !account.coordinatorIds.includes(id));
        await launch(await observed([...(first?.launched ?? []), ...young]));
        expect(account.living(), `call ${number}, lost ${fault}`).toHaveLength(3);
        await account.stop();
      }
    }
  });

  it('rollout: from two old standbys to two new ones, with never more than one too many', async () => {
    await openWithVersion2(3);
    const [activeId = ''] = account.coordinatorIds;
    const settings = { ...account.incident().settings, haCoordinatorsCount: 3 };
    let most = 0;
    let standbyLaunch: Incident['standbyLaunch'];
    for (let step = 0; step < 8; step += 1) {
      const found = await launch(await observed([], { settings, standbyLaunch }));
      most = Math.max(most, account.living().length);
      const since = Object.keys(found.surplusSince).map((id) => [id, isoAgo(11)]);
      standbyLaunch = { ...found, surplusSince: Object.fromEntries(since) };
    }
    expect(most).toBe(4);
    const versionOf = (id: string) => account.instance(id).tags['aws:ec2launchtemplate:version'];
    expect(versionOf(activeId)).toBe('1');
    const standbys = account.living().filter((id) => id !== activeId);
    expect(standbys.map(versionOf)).toEqual(['2', '2']);
  });

  it('rollout: where scaling in is refused, nobody else is launched beside', async () => {
    await openWithVersion2(3);
    const settings = { ...account.incident().settings, haCoordinatorsCount: 3 };
    await launch(await observed([], { settings }));
    const seen = await launch(await observed([], { settings }));
    const since = seen.surplus.map((id) => [id, isoAgo(11)]);
    const standbyLaunch = { ...seen, surplusSince: Object.fromEntries(since) };
    const refusing: FailoverCalls = {
      ...account.cloud,
      createTags: () => Promise.reject(new Error('not allowed')),
    };
    const found = await launch(await observed([], { settings, standbyLaunch }), refusing);
    expect(found).toMatchObject({ terminated: [], launched: [] });
    expect(account.living()).toHaveLength(4);
  });

  it('rollout: a planned switchover does not count as a failover', async () => {
    await openWithVersion2();
    const [instanceId = ''] = account.coordinatorIds;
    const pin = { attachmentId: account.attachmentId() ?? '', instanceId };
    const planned = decision({ rule: 'outdated', outcome: 'failed', at: isoAgo(1), pin });
    const document = { ...(await observed()), decision: planned };
    const found = await terminateInstance(document, account.cloud, account.clock);
    expect(found).toMatchObject({ kind: 'fenced', terminated: [instanceId], problems: [] });
    const tags = account.ec2.snapshot().networkInterfaces[0]?.tags;
    expect(tags).not.toHaveProperty(tagKeys.failovers);
  });
});

describe('a cluster that is being taken down', () => {
  const mark = async () => {
    await account.cloud.createTags({
      Resources: [account.cluster.networkInterfaceId],
      Tags: [{ Key: tagKeys.stackDeleting, Value: '2026-10-02T12:00:00Z' }],
    });
  };

  it('deletion: the survey reads the mark', async () => {
    await openWithVersion2();
    await mark();
    expect((await observed()).survey.address?.stackDeleting).toBe('2026-10-02T12:00:00Z');
  });

  it('deletion: an execution that began before the mark launches nobody', async () => {
    await openWithVersion2(1);
    const document = await observed();
    await mark();
    const found = await launch(document);
    expect(found).toMatchObject({ kind: 'stack-deleting', launched: [], terminated: [] });
    expect(found.sentence).toBe(
      'The cluster is being taken down (tag coordinator-failover:stack-deleting: 2026-10-02T12:00:00Z), so nothing is launched.',
    );
    expect(account.living()).toHaveLength(1);
  });

  it('deletion: an ENI that cannot be read may carry the mark, so nobody is launched', async () => {
    await openWithVersion2(1);
    const document = await observed();
    const blind: FailoverCalls = {
      ...account.cloud,
      describeNetworkInterfaces: () => Promise.reject(new Error('throttled')),
    };
    await expect(launch(document, blind)).rejects.toThrow('throttled');
    expect(account.living()).toHaveLength(1);
  });

  it('deletion: an execution that began before the mark attaches nothing', async () => {
    await openWithVersion2();
    const [, standbyId = ''] = account.coordinatorIds;
    await account.cloud.detachNetworkInterface({
      AttachmentId: account.attachmentId() ?? '',
      Force: true,
    });
    const standbyPick = { kind: 'picked', instanceId: standbyId } as Incident['standbyPick'];
    const document = { ...(await observed()), standbyPick };
    const cloud = interrupting(account.cloud, 'describeNetworkInterfaces', mark);
    const found = await attachEni(document, cloud, account.clock);
    expect(found).toMatchObject({ kind: 'stack-deleting', attachmentId: null, unfit: [] });
    expect(found.sentence).toContain('so nothing is attached.');
    expect(account.holderId()).toBeUndefined();
  });
});

describe('instance types', () => {
  const instanceTypes = ['m7i.xlarge', 'm6i.xlarge', 'm5.xlarge'];

  /** EC2 says this of a type. */
  function without(
    refusals: Readonly<Record<string, string>>,
    asked: string[] = [],
  ): FailoverCalls {
    return {
      ...account.cloud,
      runInstances: (input) => {
        const type = String(input.InstanceType);
        asked.push(type);
        const name = refusals[type];
        if (name === undefined) return account.cloud.runInstances(input);
        return Promise.reject(Object.assign(new Error('not now'), { name }));
      },
    };
  }

  async function gap() {
    account = await openAccount({ coordinators: 1 });
    const cluster = { ...account.cluster, instanceTypes };
    return { ...(await observed()), cluster };
  }

  it('types: the first one is taken, whatever the launch template says', async () => {
    const document = await gap();
    const asked: string[] = [];
    const found = await launch(document, without({}, asked));
    expect(asked).toEqual(['m7i.xlarge']);
    expect(found).toMatchObject({ launched: [expect.any(String)], problems: [] });
    const { Reservations } = await account.cloud.describeInstances({
      InstanceIds: [...found.launched],
    });
    expect(Reservations?.[0]?.Instances?.[0]?.InstanceType).toBe('m7i.xlarge');
  });

  it('types: the next one is tried where one is not to be had, and the record says why', async () => {
    const document = await gap();
    const refusals = { 'm7i.xlarge': 'InsufficientInstanceCapacity', 'm6i.xlarge': 'Unsupported' };
    const found = await launch(document, without(refusals));
    expect(found.problems).toEqual([]);
    expect(found.sentence).toContain(
      `${found.launched[0]} is of type m5.xlarge, because others were not to be had ` +
        '(m7i.xlarge: InsufficientInstanceCapacity: not now; m6i.xlarge: Unsupported: not now).',
    );
  });

  it('types: where none is to be had, each is named with its reason', async () => {
    const document = await gap();
    const none = 'InsufficientInstanceCapacity';
    const refusals = { 'm7i.xlarge': none, 'm6i.xlarge': 'VcpuLimitExceeded', 'm5.xlarge': none };
    const found = await launch(document, without(refusals));
    expect(found.launched).toEqual([]);
    expect(found.problems.map(({ sentence }) => sentence)).toEqual([
      'No coordinator could be launched for slot 2. m7i.xlarge: InsufficientInstanceCapacity: not now; ' +
        'm6i.xlarge: VcpuLimitExceeded: not now; m5.xlarge: InsufficientInstanceCapacity: not now',
    ]);
  });

  it('types: what is wrong with the launch itself is not tried with another type', async () => {
    const document = await gap();
    const asked: string[] = [];
    await launch(document, without({ 'm7i.xlarge': 'InvalidAMIID.NotFound' }, asked));
    expect(asked).toEqual(['m7i.xlarge']);
  });

  it('types: two executions at once, both without the first type, launch one', async () => {
    const document = await gap();
    const cloud = without({ 'm7i.xlarge': 'InsufficientInstanceCapacity' });
    const [one, other] = await Promise.all([launch(document, cloud), launch(document, cloud)]);
    expect(one.launched).toEqual(other.launched);
    expect(account.living()).toHaveLength(2);
  });
});
