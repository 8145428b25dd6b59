/**
 * RunInstances: the launch template with the call's own parameters over it, and client tokens.
 * What can go wrong: the same token twice at once. The second waits for what the first launches. And
 * who takes a token for unique in the region: it is in its zone.
 */
import { isDeepStrictEqual } from 'node:util';
import type {
  IamInstanceProfileSpecification,
  RequestLaunchTemplateData,
  Reservation,
  RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import { hexFrom } from '../../chance/identifiers.ts';
import { type Operation, ServiceError } from '../../service/service.ts';
import { describeReservation } from '../describe.ts';
import { launchDataParameters, launchTemplateOf } from '../launch-templates.ts';
import { invalidValue, operation, required } from '../operation.ts';
import {
  type Instance,
  type InstanceProfile,
  isVisible,
  subnetOf,
  type Tags,
  type World,
} from '../state.ts';
import { specifiedTags } from '../tags.ts';
import type { Subnet } from '../types.ts';
import { createInstance, discardInstance, startInstance } from './lifecycle.ts';

/** More at once is not implemented; AWS has no such limit below the account's quota. */
const mostAtOnce = 20;

export function runInstancesOperation(world: World): Record<string, Operation> {
  const tokens = new Map<string, { input: RunInstancesRequest; ids: Promise<string[]> }>();

  const launchOnce = async (token: string, input: RunInstancesRequest): Promise<string[]> => {
    const key = `${zoneOf(world, input)} ${token}`;
    const earlier = tokens.get(key);
    if (earlier === undefined) {
      const ids = launch(world, input);
      tokens.set(key, { input, ids });
      // What was refused has used no token.
      ids.catch(() => tokens.delete(key));
      return ids;
    }
    if (!isDeepStrictEqual(earlier.input, input)) {
      throw new ServiceError(
        'IdempotentParameterMismatch',
        'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
      );
    }
    const ids = await earlier.ids;
    if (ids.some((id) => world.instances.get(id)?.state === 'terminated')) {
      throw new ServiceError(
        'IdempotentInstanceTerminated',
        'The client token you have provided is associated with a terminated instance. Please use a different client token.',
      );
    }
    return ids;
  };
  return {
    RunInstances: operation<RunInstancesRequest>(
      [
        'LaunchTemplate.LaunchTemplateId',
        'LaunchTemplate.LaunchTemplateName',
        'LaunchTemplate.Version',
        'MinCount',
        'MaxCount',
        'SubnetId',
        'ClientToken',
        ...launchDataParameters,
      ],
      async (input): Promise<Reservation> => {
        requireCounts(input);
        const token = input.ClientToken;
        if (token !== undefined && !/^[\x20-\x7e]{1,64}$/.test(token)) {
          throw invalidValue('clientToken', token, 'It must have from 1 to 64 ASCII characters.');
        }
        const ids = await (token === undefined ? launch(world, input) : launchOnce(token, input));
        return reservationOf(world, ids);
      },
    ),
  };
}

/**
 * A call that names a subnet is idempotent in its zone alone: the same token launches another instance
 * in another zone (EC2 developer guide, ensuring idempotency: zonal). Without a subnet: in the region.
 */
function zoneOf(world: World, { SubnetId: id }: RunInstancesRequest): string {
  return id === undefined ? '' : (world.subnets.get(id)?.availabilityZone ?? '');
}

/** The launch data for an instance: the template's, overlaid. */
export function mergedLaunch(
  world: World,
  input: Pick<RunInstancesRequest, 'LaunchTemplate' | 'SubnetId'> & RequestLaunchTemplateData,
): {
  readonly launchData: RequestLaunchTemplateData;
  readonly subnetId: string;
  readonly profile?: InstanceProfile;
  readonly tags: Tags;
  readonly networkInterfaceTags: Tags;
} {
  const { LaunchTemplate: specification, SubnetId, ...own } = input;
  const template = specification === undefined ? undefined : launchTemplateOf(world, specification);
  const data = template?.version.data;
  const launchData = { ...data, ...defined(own) };
  required('ImageId', launchData.ImageId);
  const specifications = [data?.TagSpecifications, own.TagSpecifications].map((list) =>
    list?.map(({ ResourceType, Tags: tags }) => ({ ResourceType, Tags: tags })),
  );
  const subnetId = SubnetId ?? launchData.NetworkInterfaces?.[0]?.SubnetId;
  if (subnetId === undefined) {
    throw new ServiceError('VPCIdNotSpecified', 'No default VPC for this user: give a SubnetId.');
  }
  requireSameZone(subnetOf(world, subnetId), launchData);
  return {
    // What AWS takes when none is given (API reference, RunInstances).
    launchData: { ...launchData, InstanceType: launchData.InstanceType ?? 'm1.small' },
    subnetId,
    profile: profileOf(world, launchData.IamInstanceProfile),
    tags: { ...specifiedTags(specifications, 'instance'), ...templateTags(template) },
    networkInterfaceTags: specifiedTags(specifications, 'network-interface'),
  };
}

/** The code is an estimate; that a placement against the subnet is refused is not. */
function requireSameZone(
  { subnetId, availabilityZone }: Subnet,
  { Placement }: RequestLaunchTemplateData,
): void {
  const wanted = Placement?.AvailabilityZone ?? availabilityZone;
  if (wanted === availabilityZone) return;
  throw new ServiceError(
    'InvalidParameterValue',
    `The subnet '${subnetId}' is in the Availability Zone ${availabilityZone}, the placement asks for ${wanted}.`,
  );
}

async function launch(world: World, input: RunInstancesRequest): Promise<string[]> {
  const { MinCount, MaxCount, ClientToken, DryRun: _dryRun, ...rest } = input;
  const merged = mergedLaunch(world, rest);
  const reservationId = `r-0${hexFrom(world.options.random, 16)}`;
  const launchTime = new Date(world.options.clock.now());
  const instances: Instance[] = [];
  try {
    for (let launchIndex = 0; launchIndex < (MaxCount ?? 1); launchIndex += 1) {
      const launched = { ...merged, reservationId, launchIndex, launchTime };
      instances.push(await createInstance(world, { ...launched, clientToken: ClientToken }));
    }
  } catch (error) {
    if (instances.length < (MinCount ?? 1)) {
      for (const instance of instances) await discardInstance(world, instance);
      throw error;
    }
  }
  for (const { instanceId } of instances) startInstance(world, instanceId);
  return instances.map(({ instanceId }) => instanceId);
}

function reservationOf(world: World, ids: readonly string[]): Reservation {
  const now = world.options.clock.now();
  const instances = ids
    .map((id) => world.instances.get(id))
    .filter((instance): instance is Instance => instance !== undefined && isVisible(instance, now));
  return describeReservation(world, instances, world.networkInterfaces.all());
}

function requireCounts({ MinCount: least, MaxCount: most }: RunInstancesRequest): void {
  required('MinCount', least);
  required('MaxCount', most);
  for (const [name, count] of Object.entries({ minCount: least, maxCount: most })) {
    if (!Number.isInteger(count) || Number(count) < 1 || Number(count) > mostAtOnce) {
      throw invalidValue(name, count, `Expected a whole number from 1 to ${mostAtOnce}.`);
    }
  }
  if (Number(least) > Number(most)) {
    throw invalidValue('minCount', least, `It may not be above maxCount, which is ${most}.`);
  }
}

function profileOf(
  world: World,
  specification: IamInstanceProfileSpecification | undefined,
): InstanceProfile | undefined {
  if (specification === undefined) return undefined;
  const { Arn: arn, Name: name } = specification;
  const found = [...world.profiles.values()].find((profile) =>
    arn === undefined ? profile.instanceProfileName === name : profile.arn === arn,
  );
  if (found !== undefined) return found;
  throw invalidValue(
    arn === undefined ? 'iamInstanceProfile.name' : 'iamInstanceProfile.arn',
    arn ?? name,
    'Invalid IAM Instance Profile',
  );
}

/** EC2 puts these two on every instance of a launch template (EC2 user guide, launch templates). */
function templateTags(template: ReturnType<typeof launchTemplateOf> | undefined): Tags {
  if (template === undefined) return {};
  return {
    'aws:ec2launchtemplate:id': template.launchTemplate.launchTemplateId,
    'aws:ec2launchtemplate:version': String(template.version.versionNumber),
  };
}

function defined<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<Fields>;
}
