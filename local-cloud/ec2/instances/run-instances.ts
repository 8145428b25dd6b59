/**
 * RunInstances: the launch template, overlaid with the parameters of the call; client tokens.
 * What can go wrong: two calls with one token at once. The second waits for the launch of the
 * first. A token holds in a zone, not in the region.
 */

import { isDeepStrictEqual } from 'node:util';
import type {
  IamInstanceProfileSpecification,
  RequestLaunchTemplateData,
  Reservation,
  RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import { hexFrom } from '../../chance/identifiers.ts';
import type { Tags } from '../../service/properties.ts';
import { type Operation, ServiceError } from '../../service/service.ts';
import { describeReservation } from '../describe.ts';
import { launchDataParameters, launchTemplateOf } from '../launch-templates.ts';
import { invalidValue, operation, required } from '../operation.ts';
import {
  type Ec2State,
  type Instance,
  type InstanceProfile,
  isVisible,
  subnetOf,
} from '../state.ts';
import { specifiedTags } from '../tags.ts';
import type { Subnet } from '../types.ts';
import { createInstance, discardInstance, startInstance } from './lifecycle.ts';

/** A call launches no more here. AWS has no such limit below the quota of the account. */
const mostAtOnce = 20;

export function runInstancesOperation(ec2: Ec2State): Record<string, Operation> {
  const tokens = new Map<string, { input: RunInstancesRequest; ids: Promise<string[]> }>();

  const launchOnce = async (token: string, input: RunInstancesRequest): Promise<string[]> => {
    const key = `${zoneOf(ec2, input)} ${token}`;
    const earlier = tokens.get(key);
    if (earlier === undefined) {
      const ids = launch(ec2, input);
      tokens.set(key, { input, ids });
      // A refused call uses no token.
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
    if (ids.some((id) => ec2.instances.get(id)?.state === 'terminated')) {
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
        const ids = await (token === undefined ? launch(ec2, input) : launchOnce(token, input));
        return reservationOf(ec2, ids);
      },
    ),
  };
}

/**
 * With a subnet, a token holds in that zone: the same token launches another instance in another
 * zone (EC2 developer guide, ensuring idempotency: zonal). Without a subnet it holds in the region.
 */
function zoneOf(ec2: Ec2State, { SubnetId: id }: RunInstancesRequest): string {
  return id === undefined ? '' : (ec2.subnets.get(id)?.availabilityZone ?? '');
}

/** The launch data: the template's, overlaid with the call's. */
export function mergedLaunch(
  ec2: Ec2State,
  input: Pick<RunInstancesRequest, 'LaunchTemplate' | 'SubnetId'> & RequestLaunchTemplateData,
): {
  readonly launchData: RequestLaunchTemplateData;
  readonly subnetId: string;
  readonly profile?: InstanceProfile;
  readonly tags: Tags;
  readonly networkInterfaceTags: Tags;
} {
  const { LaunchTemplate: specification, SubnetId, ...own } = input;
  const template = specification === undefined ? undefined : launchTemplateOf(ec2, specification);
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
  requireSameZone(subnetOf(ec2, subnetId), launchData);
  return {
    // The default of AWS (API reference, RunInstances).
    launchData: { ...launchData, InstanceType: launchData.InstanceType ?? 'm1.small' },
    subnetId,
    profile: profileOf(ec2, launchData.IamInstanceProfile),
    tags: { ...specifiedTags(specifications, 'instance'), ...templateTags(template) },
    networkInterfaceTags: specifiedTags(specifications, 'network-interface'),
  };
}

/** The code is an estimate. That EC2 refuses a placement that contradicts the subnet is not. */
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

async function launch(ec2: Ec2State, input: RunInstancesRequest): Promise<string[]> {
  const { MinCount, MaxCount, ClientToken, DryRun: _dryRun, ...rest } = input;
  const merged = mergedLaunch(ec2, rest);
  const reservationId = `r-0${hexFrom(ec2.options.random, 16)}`;
  const launchTime = new Date(ec2.options.clock.now());
  const instances: Instance[] = [];
  try {
    for (let launchIndex = 0; launchIndex < (MaxCount ?? 1); launchIndex += 1) {
      const launched = { ...merged, reservationId, launchIndex, launchTime };
      instances.push(await createInstance(ec2, { ...launched, clientToken: ClientToken }));
    }
  } catch (error) {
    if (instances.length < (MinCount ?? 1)) {
      for (const instance of instances) await discardInstance(ec2, instance);
      throw error;
    }
  }
  for (const { instanceId } of instances) startInstance(ec2, instanceId);
  return instances.map(({ instanceId }) => instanceId);
}

function reservationOf(ec2: Ec2State, ids: readonly string[]): Reservation {
  const now = ec2.options.clock.now();
  const instances = ids
    .map((id) => ec2.instances.get(id))
    .filter((instance): instance is Instance => instance !== undefined && isVisible(instance, now));
  return describeReservation(ec2, instances, ec2.networkInterfaces.all());
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
  ec2: Ec2State,
  specification: IamInstanceProfileSpecification | undefined,
): InstanceProfile | undefined {
  if (specification === undefined) return undefined;
  const { Arn: arn, Name: name } = specification;
  const found = [...ec2.profiles.values()].find((profile) =>
    arn === undefined ? profile.instanceProfileName === name : profile.arn === arn,
  );
  if (found !== undefined) return found;
  throw invalidValue(
    arn === undefined ? 'iamInstanceProfile.name' : 'iamInstanceProfile.arn',
    arn ?? name,
    'Invalid IAM Instance Profile',
  );
}

/**
 * EC2 sets these two tags on every instance of a launch template (EC2 user guide, launch
 * templates).
 */
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
