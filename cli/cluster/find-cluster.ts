/**
 * Finds the cluster: by the tags of its ENI, and by the name of its state machine, which follows from the
 * cluster's name. The rest is read from the state machine's definition, with which the next failover
 * works. CloudFormation is not asked: that would be one more client and permission.
 * What can go wrong: EC2 does not answer. With `--cluster` the state machine is found by its name.
 */
import type { Filter, NetworkInterface } from '@aws-sdk/client-ec2';
import { describeInterfaces } from '../../aws/address.ts';
import type { OperatorCalls } from '../../aws/calls.ts';
import { describeError } from '../../aws/errors.ts';
import { findStateMachine } from '../../aws/executions.ts';
import { stateMachineName, tagKeys } from '../../workflow/model/names.ts';
import { badInput } from '../exit.ts';
import { readMachine } from './machine.ts';
import { type ReadResult, tryRead } from './read-result.ts';

export interface FoundCluster {
  readonly clusterName: string;
  readonly region: string;
  readonly address: ReadResult<NetworkInterface>;
  readonly stateMachineArn: ReadResult<string>;
  /** Other interfaces with the cluster's tag, left behind by a replaced stack. */
  readonly leftBehind: readonly string[];
}

export interface WhichCluster {
  readonly cluster: string | undefined;
  readonly stack: string | undefined;
}

const stackNameTag = 'aws:cloudformation:stack-name';

/** @throws CommandFailure that says which clusters there are */
export async function findCluster(
  cloud: OperatorCalls,
  which: WhichCluster,
): Promise<FoundCluster> {
  const addressesRead = await readAddresses(cloud, which);
  if (addressesRead.kind === 'found elsewhere') return addressesRead.found;
  const byName = Map.groupBy(addressesRead.addresses, clusterOf);
  const [only, another] = byName;
  if (only === undefined) throw await nothingFound(cloud, which);
  if (another !== undefined) {
    const names = [...byName.keys()].sort();
    throw badInput(
      `There are ${names.length} clusters in ${cloud.region}: ${names.join(', ')}. Say which with --cluster NAME.`,
    );
  }
  const [clusterName, addresses] = only;
  const stateMachineArn = arnOf(cloud.region, addresses[0]?.OwnerId ?? '', clusterName);
  const address = await theOneInUse(cloud, stateMachineArn, addresses);
  return {
    clusterName,
    region: cloud.region,
    address: { kind: 'read', value: address },
    stateMachineArn: { kind: 'read', value: stateMachineArn },
    leftBehind: addresses
      .filter((other) => other !== address)
      .map(({ NetworkInterfaceId: id }) => id ?? ''),
  };
}

type AddressesRead =
  | { readonly kind: 'addresses'; readonly addresses: readonly NetworkInterface[] }
  | { readonly kind: 'found elsewhere'; readonly found: FoundCluster };

/** @throws what EC2 answered, where no cluster is named or the state machine is not found either */
async function readAddresses(
  cloud: OperatorCalls,
  { cluster, stack }: WhichCluster,
): Promise<AddressesRead> {
  const filters: Filter[] = [
    cluster === undefined
      ? { Name: 'tag-key', Values: [tagKeys.cluster] }
      : { Name: `tag:${tagKeys.cluster}`, Values: [cluster] },
    ...(stack === undefined ? [] : [{ Name: `tag:${stackNameTag}`, Values: [stack] }]),
  ];
  try {
    return { kind: 'addresses', addresses: await describeInterfaces(cloud, filters) };
  } catch (error) {
    if (cluster === undefined) throw error;
    const address = { kind: 'unread', why: describeError(error) } as const;
    const machine = await tryRead(() => findMachine(cloud, stateMachineName(cluster)));
    // Neither service answers: the first error says most.
    if (machine.kind === 'unread') throw error;
    const { region } = cloud;
    const found = { clusterName: cluster, region, address, stateMachineArn: machine };
    return { kind: 'found elsewhere', found: { ...found, leftBehind: [] } };
  }
}

function clusterOf({ TagSet: tags = [] }: NetworkInterface): string {
  return tags.find(({ Key }) => Key === tagKeys.cluster)?.Value ?? '';
}

async function nothingFound(
  cloud: OperatorCalls,
  { cluster, stack }: WhichCluster,
): Promise<Error> {
  const all = [
    ...new Set(
      (await describeInterfaces(cloud, [{ Name: 'tag-key', Values: [tagKeys.cluster] }])).map(
        clusterOf,
      ),
    ),
  ].sort();
  const there =
    all.length === 0
      ? 'No cluster is deployed there. Is the region right (--region)?'
      : `Clusters there: ${all.join(', ')}.`;
  if (cluster !== undefined) {
    return badInput(`There is no cluster "${cluster}" in ${cloud.region}. ${there}`);
  }
  if (stack !== undefined) {
    return badInput(`There is no cluster of a stack "${stack}" in ${cloud.region}. ${there}`);
  }
  return badInput(`There is no coordinator address in ${cloud.region}. ${there}`);
}

/** A replaced stack keeps its old interface. The state machine names the interface that it moves. */
async function theOneInUse(
  cloud: OperatorCalls,
  stateMachineArn: string,
  addresses: readonly NetworkInterface[],
): Promise<NetworkInterface> {
  const [first, ...others] = addresses;
  if (first === undefined) throw new Error('A group without members cannot be.');
  if (others.length === 0) return first;
  const machine = await tryRead(() => readMachine(cloud, stateMachineArn));
  const id = machine.kind === 'read' ? machine.value.cluster.networkInterfaceId : undefined;
  const used = addresses.find(({ NetworkInterfaceId }) => NetworkInterfaceId === id);
  if (used !== undefined) return used;
  const ids = addresses.map(({ NetworkInterfaceId }) => NetworkInterfaceId).join(', ');
  const why = machine.kind === 'unread' ? machine.why : `It moves ${id}.`;
  throw badInput(
    `The interfaces ${ids} all carry the tag of the cluster ${clusterOf(first)}, and the state machine does not say which one it moves. ${why}`,
  );
}

async function findMachine(cloud: OperatorCalls, name: string): Promise<string> {
  const arn = await findStateMachine(cloud, name);
  if (arn === null) throw new Error(`There is no state machine ${name} in ${cloud.region}.`);
  return arn;
}

function arnOf(region: string, accountId: string, clusterName: string): string {
  const name = stateMachineName(clusterName);
  return `arn:${partitionOf(region)}:states:${region}:${accountId}:stateMachine:${name}`;
}

/** AWS General Reference, partitions. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
