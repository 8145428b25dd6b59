import { afterEach, describe, expect, it } from 'vitest';
import type { FailoverCalls } from '../../aws/calls.ts';
import { resetAlarms } from '../../handlers/reset-alarms.ts';
import { surveyCoordinators } from '../../handlers/survey-coordinators.ts';
import { addressTargetName } from '../../workflow/model/incident.ts';
import { dimensionNames, metricNames, tagKeys } from '../../workflow/model/names.ts';
import { type Account, openAccount } from '../support/account.ts';
import { refusing } from '../support/faults.ts';

let account: Account;
afterEach(() => account.stop());

function observe(cloud = account.cloud) {
  return surveyCoordinators(account.incident(), cloud, account.clock);
}

function publish(instanceId: string, metricName: string, value: number): void {
  const { clusterName, metricNamespace } = account.cluster;
  account.cloudWatch.seedMetric(
    {
      namespace: metricNamespace,
      metricName,
      dimensions: [
        { name: dimensionNames.cluster, value: clusterName },
        { name: dimensionNames.instanceId, value: instanceId },
      ],
    },
    value,
    { everySeconds: 5, forSeconds: 30 },
  );
}

describe('survey coordinators', () => {
  it('survey: who holds the address, who is there, and whom to ask', async () => {
    account = await openAccount();
    const found = await observe();
    expect(found.unread).toEqual([]);
    expect(found.address?.attachment).toMatchObject({
      attachmentId: account.attachmentId(),
      instanceId: account.coordinatorIds[0],
      status: 'attached',
    });
    expect(found.coordinators?.map(({ instanceId, slot }) => [instanceId, slot])).toEqual([
      [account.coordinatorIds[0], 1],
      [account.coordinatorIds[1], 2],
    ]);
    expect(found.targets.map(({ name }) => name)).toEqual([
      addressTargetName,
      ...account.coordinatorIds,
    ]);
  });

  it('survey: the newest samples of each probe, and when it was last healthy', async () => {
    account = await openAccount();
    const [activeId = '', standbyId = ''] = account.coordinatorIds;
    publish(activeId, metricNames.health, 0);
    publish(standbyId, metricNames.health, 1);
    publish(standbyId, metricNames.reachable, 0);
    const found = await observe();
    const [active, standby] = found.coordinators ?? [];
    expect(active).toMatchObject({ health: { value: 0 }, reachable: null, lastHealthyAt: null });
    expect(standby).toMatchObject({ health: { value: 1 }, reachable: { value: 0 } });
    expect(standby?.lastHealthyAt).not.toBeNull();
    expect(standby?.lastReachingAt).toBeNull();
  });

  it("survey: another cluster's instances are not seen, unless one holds our address", async () => {
    account = await openAccount({ coordinators: 1 });
    const foreignId = await account.launch({ [tagKeys.cluster]: 'another' });
    expect((await observe()).coordinators).toHaveLength(1);
    await account.cloud.detachNetworkInterface({
      AttachmentId: account.attachmentId() ?? '',
      Force: true,
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { networkInterfaceId } = account.cluster;
    account.ec2.seedAttachment({
      networkInterfaceId,
      instanceId: foreignId,
      attachedSecondsAgo: 9,
    });
    const holder = (await observe()).coordinators?.find(
      ({ instanceId }) => instanceId === foreignId,
    );
    expect(holder?.ours).toBe(false);
  });

  it('survey: the terminated are left out of the record, which may carry 256 KiB, unless one holds', async () => {
    account = await openAccount({ coordinators: 3 });
    const [activeId = '', standbyId = '', otherId = ''] = account.coordinatorIds;
    await account.cloud.terminateInstances({ InstanceIds: [otherId] });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await observe()).coordinators?.map((one) => one.instanceId)).toEqual([
      activeId,
      standbyId,
    ]);
    const cloud = seeing(account.cloud, activeId, 'terminated');
    const found = (await observe(cloud)).coordinators?.map((one) => [one.instanceId, one.state]);
    expect(found).toEqual([
      [activeId, 'terminated'],
      [standbyId, 'running'],
    ]);
  });

  it('survey: a CloudWatch that hangs, after an EC2 that is slow, leaves the samples unknown in time', async () => {
    account = await openAccount();
    const cloud: FailoverCalls = {
      ...account.cloud,
      describeInstances: async (input) => {
        await new Promise((resolve) => setTimeout(resolve, 2000));
        return account.cloud.describeInstances(input);
      },
      getMetricData: () => new Promise(() => {}),
    };
    const found = await observe(cloud);
    expect(found).toMatchObject({ samplesRead: false });
    expect(found.coordinators).toHaveLength(2);
    const said = /^Could not read the probes' samples\. .*no answer within (\d+) ms/;
    // What EC2 took is gone from the 8.5 s that all of a survey may take.
    expect(Number(said.exec(found.unread[0] ?? '')?.[1])).toBeLessThanOrEqual(6500);
  });

  it('survey: the paused tag and the recent failovers are read from the ENI', async () => {
    account = await openAccount();
    await account.cloud.createTags({
      Resources: [account.cluster.networkInterfaceId],
      Tags: [
        { Key: tagKeys.paused, Value: 'until noon' },
        { Key: tagKeys.failovers, Value: '1790942400' },
      ],
    });
    expect((await observe()).address).toMatchObject({
      paused: 'until noon',
      failovers: ['2026-10-02T12:00:00.000Z'],
    });
  });

  it.each([
    ['describeNetworkInterfaces', 'the ENI', 'address'],
    ['describeInstances', 'the coordinators', 'coordinators'],
  ] as const)('survey: %s that fails leaves %s unknown, not empty', async (call, what, part) => {
    account = await openAccount();
    const found = await observe(refusing(account.cloud, call, 'RequestLimitExceeded', 'slow down'));
    expect(found[part]).toBeNull();
    expect(found.unread[0]).toContain(`Could not read ${what}`);
    expect(found.unread[0]).toContain('RequestLimitExceeded: slow down');
    expect(found.targets[0]?.name).toBe(addressTargetName);
  });

  it('survey: an alarm that rings is seen, and one that cannot be read counts as ringing', async () => {
    account = await openAccount();
    expect((await observe()).alarmsRinging).toBe(false);
    expect(
      (await observe(refusing(account.cloud, 'describeAlarms', 'Throttling'))).alarmsRinging,
    ).toBe(true);
    account.cloudWatch.seedAlarmState(account.cluster.alarms.reachable, 'ALARM', 100);
    expect((await observe()).alarmsRinging).toBe(true);
  });

  it('survey: samples that cannot be read are unknown, which is not silent', async () => {
    account = await openAccount();
    const found = await observe(refusing(account.cloud, 'getMetricData', 'InternalServiceFault'));
    expect(found.samplesRead).toBe(false);
    expect(found.coordinators).toHaveLength(2);
  });
});

/** EC2 that describes one instance in another state. */
function seeing(cloud: FailoverCalls, instanceId: string, Name: 'terminated'): FailoverCalls {
  return {
    ...cloud,
    describeInstances: async (input) => {
      const answer = await cloud.describeInstances(input);
      const Reservations = answer.Reservations?.map((reservation) => ({
        ...reservation,
        Instances: reservation.Instances?.map((one) =>
          one.InstanceId === instanceId ? { ...one, State: { Name } } : one,
        ),
      }));
      return { ...answer, Reservations };
    },
  };
}

describe('reset alarms', () => {
  it('reset: an alarm that is stuck in ALARM is set to OK, the others are left', async () => {
    account = await openAccount();
    const { activeHealth } = account.cluster.alarms;
    account.cloudWatch.seedAlarmState(activeHealth, 'ALARM', 100);
    const found = await resetAlarms(account.incident(), account.cloud, account.clock);
    expect(found).toMatchObject({ reset: [activeHealth], sentence: `Reset: ${activeHealth}.` });
    const { MetricAlarms } = await account.cloud.describeAlarms({ AlarmNames: [activeHealth] });
    expect(MetricAlarms?.[0]?.StateReason).toContain('so that it can fire again');
    const again = await resetAlarms(account.incident(), account.cloud, account.clock);
    expect(again.reset).toEqual([]);
  });

  it('reset: one alarm that is refused does not leave the other one masked', async () => {
    account = await openAccount();
    const { activeHealth, reachable } = account.cluster.alarms;
    for (const name of [activeHealth, reachable]) {
      account.cloudWatch.seedAlarmState(name, 'ALARM', 100);
    }
    const cloud: FailoverCalls = {
      ...account.cloud,
      setAlarmState: (input) =>
        input.AlarmName === activeHealth
          ? Promise.reject(Object.assign(new Error('denied'), { name: 'AccessDenied' }))
          : account.cloud.setAlarmState(input),
    };
    await expect(resetAlarms(account.incident(), cloud, account.clock)).rejects.toMatchObject({
      name: 'TryAgain',
      message: `${activeHealth} was not reset. AccessDenied: denied`,
    });
    const { MetricAlarms } = await account.cloud.describeAlarms({ AlarmNames: [reachable] });
    expect(MetricAlarms?.[0]?.StateValue).toBe('OK');
  });

  it('reset: a document whose settings a newer version does not know is reset all the same', async () => {
    account = await openAccount();
    const { reachable } = account.cluster.alarms;
    account.cloudWatch.seedAlarmState(reachable, 'ALARM', 100);
    const document = { ...account.incident(), settings: { ofAnOlderVersion: 1 } };
    const found = await resetAlarms(document, account.cloud, account.clock);
    expect(found.reset).toEqual([reachable]);
  });

  it('reset: a refused call fails the step, so that it is tried again', async () => {
    account = await openAccount();
    account.cloudWatch.seedAlarmState(account.cluster.alarms.reachable, 'ALARM', 100);
    const cloud = refusing(account.cloud, 'setAlarmState', 'Throttling');
    await expect(resetAlarms(account.incident(), cloud, account.clock)).rejects.toMatchObject({
      name: 'TryAgain',
      message: expect.stringContaining('Throttling'),
    });
  });
});
