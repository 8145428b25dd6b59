/** EC2 in process on a manual clock, with a client, a subnet, an interface and a launch template. */
import { EC2Client, type RequestLaunchTemplateData, type Tag } from '@aws-sdk/client-ec2';
import type { LatencyName } from '../../chance/latency.ts';
import { randomFrom } from '../../chance/random.ts';
import { createEc2, type Ec2, type Ec2Options } from '../../ec2/ec2.ts';
import type { MachineSpec } from '../../ec2/instances/machine.ts';
import { noNetwork } from '../../ec2/network/network.ts';
import { createCallers } from '../../service/callers.ts';
import type { CallFaults } from '../../service/dispatch.ts';
import { connect } from '../../service/in-process.ts';
import type { CloudEvent } from '../../service/signals.ts';
import { type ManualClock, manualClock } from '../../time/manual-clock.ts';

export const subnetId = 'subnet-00000000000000001';
export const otherZoneSubnetId = 'subnet-00000000000000002';

export interface Ec2Fixture {
  readonly ec2: Ec2;
  readonly client: EC2Client;
  readonly clock: ManualClock;
  readonly events: CloudEvent[];
  readonly launchTemplateId: string;
  /** Free, in the first subnet. */
  readonly networkInterfaceId: string;
  readonly booted: MachineSpec[];
  readonly ended: string[];
  seed(options?: { subnetId?: string; tags?: Tag[]; launchTemplateId?: string }): Promise<string>;
  template(data: RequestLaunchTemplateData): string;
  /** From now on the client's calls meet these faults. */
  faulty(faults: CallFaults): void;
}

/** `latencies` in milliseconds; those not named are 0. */
export async function ec2Fixture(
  latencies: Partial<Record<LatencyName, number>> = {},
  overrides: Partial<Ec2Options> = {},
): Promise<Ec2Fixture> {
  const clock = manualClock();
  const events: CloudEvent[] = [];
  const booted: MachineSpec[] = [];
  const ended: string[] = [];
  const callers = createCallers();
  const ec2 = createEc2({
    clock,
    random: randomFrom(7),
    latencies: (name) => latencies[name] ?? 0,
    region: 'us-east-1',
    accountId: '123456789012',
    network: noNetwork,
    callers,
    boot: async (spec) => {
      booted.push(spec);
      return { terminate: async () => void ended.push(spec.instanceId) };
    },
    onEvent: (event) => events.push(event),
    ...overrides,
  });
  const vpcId = 'vpc-00000000000000001';
  ec2.addSubnet({
    subnetId,
    vpcId,
    availabilityZone: 'us-east-1a',
    cidrBlock: '127.40.0.0/24',
  });
  ec2.addSubnet({
    subnetId: otherZoneSubnetId,
    vpcId,
    availabilityZone: 'us-east-1b',
    cidrBlock: '127.40.3.0/24',
  });
  ec2.addInstanceProfile({
    instanceProfileName: 'host',
    roleArn: 'arn:aws:iam::123456789012:role/host',
  });
  let templates = 0;
  const template = (data: RequestLaunchTemplateData) => {
    templates += 1;
    return ec2.createLaunchTemplate({ name: `template-${templates}`, data }).launchTemplateId;
  };
  const launchTemplateId = template(launchData);
  const { networkInterfaceId } = await ec2.createNetworkInterface({
    subnetId,
    groups: ['sg-1'],
    description: 'coordinator address',
    tags: [{ Key: 'Name', Value: 'address' }],
  });
  const client = new EC2Client({ region: 'us-east-1' });
  const principalArn = 'arn:aws:iam::123456789012:root';
  const caller = { accessKeyId: callers.issue(principalArn).accessKeyId, principalArn };
  connect(client, ec2.service, caller);
  return {
    ec2,
    client,
    clock,
    events,
    launchTemplateId,
    networkInterfaceId,
    booted,
    ended,
    template,
    faulty: (faults) => connect(client, ec2.service, caller, { clock, faults }),
    seed: (options = {}) =>
      ec2.seedInstance({
        launchTemplateId: options.launchTemplateId ?? launchTemplateId,
        launchTemplateVersion: '1',
        subnetId: options.subnetId ?? subnetId,
        tags: options.tags ?? [],
        launchedSecondsAgo: 3600,
      }),
  };
}

export const launchData: RequestLaunchTemplateData = {
  ImageId: 'ami-00000000000000001',
  InstanceType: 't4g.large',
  UserData: Buffer.from('#!/bin/sh\necho hello').toString('base64'),
  IamInstanceProfile: { Name: 'host' },
  SecurityGroupIds: ['sg-2'],
  MetadataOptions: { HttpTokens: 'required', InstanceMetadataTags: 'enabled' },
  TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'cluster', Value: 'one' }] }],
};
