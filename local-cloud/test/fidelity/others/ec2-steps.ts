/** What comparisons of EC2 do over and over, against whichever account. */
import {
  AttachNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  type Filter,
  RunInstancesCommand,
  type RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import type { ComparedAccount } from './account.ts';

/** Does not exist. */
export const nobody = 'i-0123456789abcdef0';

let counted = 0;
/** For names that no other case has. */
export function count(): string {
  counted += 1;
  return String(counted).padStart(3, '0');
}

export function filter(Name: string, ...Values: string[]): Filter {
  return { Name, Values };
}

export function tagged(tags: Readonly<Record<string, string>>): Partial<RunInstancesRequest> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return { TagSpecifications: [{ ResourceType: 'instance', Tags }] };
}

export function request({ launchTemplateId, subnetId }: ComparedAccount): RunInstancesRequest {
  const LaunchTemplate = { LaunchTemplateId: launchTemplateId, Version: '1' };
  return { LaunchTemplate, SubnetId: subnetId, MinCount: 1, MaxCount: 1 };
}

export async function launch(
  account: ComparedAccount,
  more: Partial<RunInstancesRequest> = {},
): Promise<string> {
  const command = new RunInstancesCommand({ ...request(account), ...more });
  return (await account.ec2.send(command)).Instances?.[0]?.InstanceId ?? 'none';
}

export async function attach(
  { ec2 }: ComparedAccount,
  NetworkInterfaceId: string,
  InstanceId: string,
) {
  const where = { NetworkInterfaceId, InstanceId, DeviceIndex: 1, NetworkCardIndex: 0 };
  return ec2.send(new AttachNetworkInterfaceCommand(where));
}

export async function attached(account: ComparedAccount) {
  const InstanceId = await launch(account);
  const NetworkInterfaceId = await account.createNetworkInterface();
  const { AttachmentId = '' } = await attach(account, NetworkInterfaceId, InstanceId);
  return { InstanceId, NetworkInterfaceId, AttachmentId };
}

export function describeInterface({ ec2 }: ComparedAccount, id: string) {
  return ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }));
}

async function instanceOf({ ec2 }: ComparedAccount, id: string) {
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.Instances?.[0];
}

export async function stateOf(account: ComparedAccount, id: string): Promise<string | undefined> {
  return (await instanceOf(account, id))?.State?.Name;
}

export async function tagOf(account: ComparedAccount, id: string): Promise<string | undefined> {
  return (await instanceOf(account, id))?.Tags?.find(({ Key }) => Key === 'retired')?.Value;
}

export function byNumber(one: number, other: number): number {
  return one - other;
}
