/** Steps that the tests of EC2's instances share. */
import {
  AttachNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DetachNetworkInterfaceCommand,
  type Filter,
  type Instance,
  type NetworkInterface,
  RunInstancesCommand,
  type RunInstancesRequest,
  TerminateInstancesCommand,
  type TerminateInstancesResult,
} from '@aws-sdk/client-ec2';
import type { NetworkInterfaceSnapshot } from '../../ec2/ec2.ts';
import { type Ec2Fixture, subnetId } from './fixture.ts';

export function launchRequest(fixture: Ec2Fixture): RunInstancesRequest {
  return {
    LaunchTemplate: { LaunchTemplateId: fixture.launchTemplateId, Version: '1' },
    SubnetId: subnetId,
    MinCount: 1,
    MaxCount: 1,
  };
}

/** Launches one instance, and gives its id. */
export async function launch(
  fixture: Ec2Fixture,
  changes: Partial<RunInstancesRequest> = {},
): Promise<string> {
  const command = new RunInstancesCommand({ ...launchRequest(fixture), ...changes });
  const { Instances: instances } = await fixture.client.send(command);
  return instances?.[0]?.InstanceId ?? 'none';
}

export function terminate(
  fixture: Ec2Fixture,
  InstanceIds: string[],
  more: { SkipOsShutdown?: true; Force?: true } = {},
): Promise<TerminateInstancesResult> {
  return fixture.client.send(new TerminateInstancesCommand({ InstanceIds, ...more }));
}

/** The state as it is, without lag. */
export function stateOf(fixture: Ec2Fixture, id: string): string | undefined {
  return fixture.ec2.snapshot().instances.find(({ instanceId }) => instanceId === id)?.state;
}

export async function describeInstances(
  fixture: Ec2Fixture,
  InstanceIds?: string[],
  Filters?: Filter[],
): Promise<Instance[]> {
  const command = new DescribeInstancesCommand({ InstanceIds, Filters });
  const { Reservations } = await fixture.client.send(command);
  return Reservations?.flatMap(({ Instances }) => Instances ?? []) ?? [];
}

/** Attaches the fixture's interface, and gives the attachment's id. */
export async function attach(
  { client, networkInterfaceId }: Ec2Fixture,
  InstanceId: string,
  changes: object = {},
): Promise<string> {
  const command = new AttachNetworkInterfaceCommand({
    NetworkInterfaceId: networkInterfaceId,
    InstanceId,
    DeviceIndex: 1,
    NetworkCardIndex: 0,
    ...changes,
  });
  return (await client.send(command)).AttachmentId ?? 'none';
}

export async function detach(
  { client }: Ec2Fixture,
  AttachmentId: string,
  Force?: true,
): Promise<void> {
  await client.send(new DetachNetworkInterfaceCommand({ AttachmentId, Force }));
}

/** The attachment of the fixture's interface as it is, without lag. */
export function attachmentOf(fixture: Ec2Fixture): NetworkInterfaceSnapshot['attachment'] {
  return fixture.ec2
    .snapshot()
    .networkInterfaces.find((each) => each.networkInterfaceId === fixture.networkInterfaceId)
    ?.attachment;
}

export async function describeAddress({
  client,
  networkInterfaceId,
}: Ec2Fixture): Promise<NetworkInterface | undefined> {
  const NetworkInterfaceIds = [networkInterfaceId];
  const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds });
  return (await client.send(command)).NetworkInterfaces?.[0];
}
