/** What stands around the instances: subnets, instance types; and a describe without tags. */
import {
  type _InstanceType,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  type DescribeSubnetsRequest,
  type Filter,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { type Ec2Fixture, launchData, otherZoneSubnetId, subnetId } from '../../ec2/fixture.ts';
import { attach, describeInstances, launch } from '../../ec2/steps.ts';
import { type Area, refused } from '../row.ts';
import { onEc2 } from '../worlds.ts';

export const ec2Surroundings: Area = {
  title: 'EC2, subnets, instance types, filters, launch data',
  file: 'test/fidelity/ec2/surroundings.ts',
  rows: [
    {
      behaviour:
        '`DescribeSubnets`: zone, addresses, and how many are free: a /24 has 251, fewer with every interface; unknown ones: `InvalidSubnetID.NotFound`',
      source:
        'EC2 API reference, DescribeSubnets; VPC user guide, subnet sizing: AWS keeps five addresses',
      localCloud: 'The same, for subnets that the world was given.',
      check: onEc2({}, async (fixture) => {
        const subnets = async (input: DescribeSubnetsRequest) =>
          (await fixture.client.send(new DescribeSubnetsCommand(input))).Subnets ?? [];
        const zone = { AvailabilityZone: 'us-east-1a', CidrBlock: '127.40.0.0/24' };
        // One address is the fixture's.
        expect(await subnets({ SubnetIds: [subnetId] })).toMatchObject([
          { ...zone, AvailableIpAddressCount: 250 },
        ]);
        await fixture.seed();
        expect(await subnets({ SubnetIds: [subnetId] })).toMatchObject([
          { ...zone, AvailableIpAddressCount: 249 },
        ]);
        const other = await subnets({
          Filters: [{ Name: 'availability-zone', Values: ['us-east-1b'] }],
        });
        expect(other.map(({ SubnetId }) => SubnetId)).toEqual([otherZoneSubnetId]);
        await refused(subnets({ SubnetIds: ['subnet-none'] }), 'InvalidSubnetID.NotFound');
      }),
    },
    {
      behaviour:
        '`DescribeInstanceTypes`: how many interfaces a type takes, by its size; what is no type: `InvalidInstanceType`',
      source:
        'EC2 user guide, maximum network interfaces by instance type (18 types compared with moto’s table, which is AWS’s); API error codes, InvalidInstanceType',
      localCloud:
        'By size, for whatever looks like a type; nothing else of a type is described. At most 100 at once.',
      check: onEc2({}, async (fixture) => {
        const most = async (...names: string[]) => {
          const InstanceTypes = names as _InstanceType[];
          const command = new DescribeInstanceTypesCommand({ InstanceTypes });
          const answer = await fixture.client.send(command);
          return answer.InstanceTypes?.map((type) => type.NetworkInfo?.MaximumNetworkInterfaces);
        };
        expect(await most('t4g.micro', 't4g.large', 'm7i.xlarge')).toEqual([2, 3, 4]);
        await refused(most('large'), 'InvalidInstanceType');
        const many = Array.from({ length: 101 }, () => 't4g.large');
        await refused(most(...many), 'InvalidParameterValue');
      }),
    },
    {
      behaviour:
        'what can be filtered by: of instances their id, state, type, image, zone, subnet, VPC, address, reservation and client token; of interfaces also their attachment; of subnets',
      source:
        'EC2 API reference, DescribeInstances, DescribeNetworkInterfaces, DescribeSubnets: Filters',
      localCloud:
        'The same for those that the check names, and by tag. Any other is refused by its name, with the list of those that there are.',
      check: onEc2({}, async (fixture) => {
        const InstanceId = await launch(fixture, { ClientToken: 'token' });
        await fixture.seed({ subnetId: otherZoneSubnetId });
        const attachmentId = await attach(fixture, InstanceId);
        const [instance] = await describeInstances(fixture, [InstanceId]);
        const place = {
          'availability-zone': 'us-east-1a',
          'subnet-id': subnetId,
          'vpc-id': 'vpc-00000000000000001',
        };
        const inVpc = { 'vpc-id': 2 };
        await expectFilters(
          async (Filters) => (await describeInstances(fixture, undefined, Filters)).length,
          {
            ...place,
            'client-token': 'token',
            'image-id': launchData.ImageId ?? '',
            'instance-id': InstanceId,
            'instance-state-name': 'running',
            'instance-type': 't4g.large',
            'private-ip-address': instance?.PrivateIpAddress ?? '',
            'reservation-id': await reservationOf(fixture, InstanceId),
          },
          { ...inVpc, 'image-id': 2, 'instance-state-name': 2, 'instance-type': 2 },
        );
        await expectFilters(
          async (Filters) => {
            const command = new DescribeNetworkInterfacesCommand({ Filters });
            return (await fixture.client.send(command)).NetworkInterfaces?.length;
          },
          {
            ...place,
            'attachment.attachment-id': attachmentId,
            'attachment.instance-id': InstanceId,
            'attachment.status': 'attached',
            'network-interface-id': fixture.networkInterfaceId,
            'private-ip-address': instance?.PrivateIpAddress ?? '',
            status: 'in-use',
          },
          {
            'availability-zone': 2,
            'subnet-id': 2,
            'vpc-id': 3,
            'attachment.instance-id': 2,
            'attachment.status': 3,
            status: 3,
          },
        );
        await expectFilters(
          async (Filters) =>
            (await fixture.client.send(new DescribeSubnetsCommand({ Filters }))).Subnets?.length,
          place,
          inVpc,
        );
      }),
    },
    {
      behaviour:
        'a launch template says much that decides how an instance is made: disks, keys, monitoring, placement',
      source: 'EC2 API reference, RequestLaunchTemplateData',
      localCloud:
        'Kept and described, without effect: `BlockDeviceMappings`, `EbsOptimized`, `InstanceInitiatedShutdownBehavior`, `KeyName`, `MaintenanceOptions`, `MetadataOptions` but for tags, `Monitoring`, `Placement`, `PrivateDnsNameOptions`. A placement in another zone than the subnet’s is refused, and so is all else that a template may have.',
      check: onEc2({}, async (fixture) => {
        const without: RequestLaunchTemplateData = {
          BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true } }],
          EbsOptimized: true,
          InstanceInitiatedShutdownBehavior: 'terminate',
          KeyName: 'operators',
          MaintenanceOptions: { AutoRecovery: 'disabled' },
          Monitoring: { Enabled: true },
          Placement: { AvailabilityZone: 'us-east-1a' },
          PrivateDnsNameOptions: { HostnameType: 'ip-name' },
        };
        const launchTemplateId = fixture.template({ ...launchData, ...without });
        const { LaunchTemplateVersions } = await fixture.client.send(
          new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: launchTemplateId }),
        );
        expect(LaunchTemplateVersions?.[0]?.LaunchTemplateData).toMatchObject(without);
        expect(await fixture.seed({ launchTemplateId })).toMatch(/^i-/);
        const elsewhere = launch(fixture, { Placement: { AvailabilityZone: 'us-east-1b' } });
        await refused(elsewhere, 'InvalidParameterValue', /us-east-1a.*us-east-1b/);
        expect(() => fixture.template({ ...launchData, KernelId: 'aki-1' })).toThrow('KernelId');
      }),
    },
    {
      behaviour:
        '`DescribeInstanceStatus` cannot be filtered by tag, unlike the other describes: `InvalidParameterValue`',
      source: 'EC2 API reference, DescribeInstanceStatus: Filters',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        await fixture.seed();
        for (const Name of ['tag:slot', 'tag-key']) {
          const Filters = [{ Name, Values: ['1'] }];
          const status = fixture.client.send(new DescribeInstanceStatusCommand({ Filters }));
          await refused(status, 'InvalidParameterValue');
          await fixture.client.send(new DescribeInstancesCommand({ Filters }));
        }
      }),
    },
  ],
};

/**
 * Each filter takes what has its value, and that alone; there is no other.
 * @param more how many are found where it is not one
 */
async function expectFilters(
  count: (filters: Filter[]) => Promise<number | undefined>,
  values: Readonly<Record<string, string>>,
  more: Readonly<Record<string, number>>,
): Promise<void> {
  for (const [Name, value] of Object.entries(values)) {
    expect([Name, await count([{ Name, Values: [value] }])]).toEqual([Name, more[Name] ?? 1]);
    expect([Name, await count([{ Name, Values: ['none'] }])]).toEqual([Name, 0]);
  }
  const refusal: unknown = await count([{ Name: 'shoe-size', Values: ['9'] }]).catch(
    (error: unknown) => error,
  );
  const known = /knows: tag:KEY, tag-key, (.*)\.$/.exec(String(refusal))?.[1]?.split(', ');
  expect(known?.toSorted()).toEqual(Object.keys(values).toSorted());
}

async function reservationOf({ client }: Ec2Fixture, id: string): Promise<string> {
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations?.[0]?.ReservationId ?? 'none';
}
