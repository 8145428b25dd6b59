import { App, CfnParameter, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type ISubnet, MachineImage, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { expect, test } from 'vitest';
import { CoordinatorFailover } from '../../../infra/coordinator-failover.ts';
import type { CoordinatorFailoverProps } from '../../../infra/props/props.ts';
import { validatedProps } from '../../../infra/props/validated-props.ts';

const wrongProps: readonly [string, Record<string, unknown>, string][] = [
  ...[0, 1.5, 'two', 10].map((count): [string, Record<string, unknown>, string] => [
    `haCoordinatorsCount ${count}`,
    { haCoordinatorsCount: count },
    `haCoordinatorsCount is ${JSON.stringify(count)}, but must be a whole number from 1 to 9.`,
  ]),
  [
    'a count that is no number',
    { haCoordinatorsCount: Number.NaN },
    'haCoordinatorsCount is NaN, but must be a whole number from 1 to 9.',
  ],
  ...['everyone', '300.0.0.0/8', '10.0.0.0/33', '10.0.0.1', '::/0', ''].flatMap((range) =>
    (['clientCidr', 'sshCidr'] as const).map((name): [string, Record<string, unknown>, string] => [
      `${name} ${JSON.stringify(range)}`,
      { [name]: range },
      `${name} is ${JSON.stringify(range)}, but must be an IPv4 range such as "10.0.0.0/16".`,
    ]),
  ),
  ...[0, -1, 1.5, Number.NaN, 65_537].map((gib): [string, Record<string, unknown>, string] => [
    `a root volume of ${gib} GiB`,
    { rootVolumeGib: gib },
    `rootVolumeGib is ${gib}, but must be a whole number from 1 to 65536.`,
  ]),
  [
    'a root device that is none',
    { rootDeviceName: 'xvda' },
    'rootDeviceName is "xvda", but must be a device such as "/dev/xvda".',
  ],
  [
    'an e-mail address without its @',
    { notificationEmail: 'ops' },
    'notificationEmail is "ops", but must be an e-mail address such as "ops@example.com".',
  ],
  [
    'a node that is kept by true',
    { keepCoordinatorNode: 'yes' },
    'keepCoordinatorNode is "yes", but must be true or false.',
  ],
  [
    'HTTP that is off by "NO"',
    { httpEnabled: 'no' },
    'httpEnabled is "no", but must be true or false.',
  ],
  [
    'a schedule that only CloudFormation knows',
    { scheduleMinutes: Token.asNumber({ Ref: 'Minutes' }) },
    'scheduleMinutes is known at deployment only, but must be known at synth: a whole number such as 5.',
  ],
  [
    'one instance type in place of a list',
    { instanceTypes: 'm7i.xlarge' },
    'instanceTypes is "m7i.xlarge", but must be a list such as ["m7i.xlarge"].',
  ],
  [
    'instance types that are forgotten',
    { instanceTypes: undefined },
    'instanceTypes is missing, but must be a list such as ["m7i.xlarge"].',
  ],
  [
    'a negative grace',
    { graceSeconds: -1 },
    'graceSeconds is -1, but must be a whole number from 0 to 300.',
  ],
  [
    'a cluster name with a space',
    { clusterName: 'my cluster' },
    'clusterName is "my cluster", but must be a letter, then letters, digits and hyphens, at most 70 in all.',
  ],
  [
    'an alarm period of 15 s',
    { alarmPeriodSeconds: 15 },
    'alarmPeriodSeconds is 15, but must be one of 10, 20, 30.',
  ],
  [
    'a port that does not exist',
    { httpPort: 70_000 },
    'httpPort is 70000, but must be a whole number from 1 to 65535.',
  ],
  [
    'a probe that never looks',
    { probeIntervalSeconds: 0 },
    'probeIntervalSeconds is 0, but must be a whole number from 1 to 30.',
  ],
  [
    'a schedule of two hours',
    { scheduleMinutes: 120 },
    'scheduleMinutes is 120, but must be a whole number from 1 to 60.',
  ],
  [
    'no instance type',
    { instanceTypes: [] },
    'instanceTypes has 0 items, but must have 1 to 10, the one that is wanted first.',
  ],
  [
    'an instance type without its size',
    { instanceTypes: ['m7i.xlarge', 'm6i'] },
    'instanceTypes holds "m6i", but must hold EC2 instance types such as "m7i.xlarge".',
  ],
  [
    'an address in another zone',
    { subnet: subnetIn('eu-west-1a'), addressSubnet: subnetIn('eu-west-1b') },
    'addressSubnet is in eu-west-1b, but must be in eu-west-1a as subnet is: an address moves only within one Availability Zone.',
  ],
  [
    'samples that are never fresh',
    { probePublishSeconds: 10 },
    'freshSeconds is 12, but must be above two publishes of 10 s: at least 21',
  ],
];

test.each(wrongProps)('props: %s is one clear error', (_name, wrong, message) => {
  const make = () => new CoordinatorFailover(new Stack(), 'Failover', { ...required(), ...wrong });
  expect(make).toThrow(message);
  expect(linesOf(make)).toHaveLength(2); // Which construct, and the one problem.
});

test('props: two wrong numbers are two lines of one error', () => {
  const wrong = { haCoordinatorsCount: 0, graceSeconds: 301 };
  const make = () => new CoordinatorFailover(new Stack(), 'Failover', { ...required(), ...wrong });
  expect(linesOf(make)).toEqual([
    'CoordinatorFailover Default/Failover:',
    expect.stringMatching(/^haCoordinatorsCount is 0,/),
    expect.stringMatching(/^graceSeconds is 301,/),
  ]);
});

test('props: values that only CloudFormation knows are passed over', () => {
  const stack = new Stack();
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  const text = new CfnParameter(stack, 'Text').valueAsString;
  const valid = validatedProps(stack, {
    ...required(),
    clusterName: text,
    haCoordinatorsCount: number,
    freshSeconds: number,
    alarmPeriodSeconds: number,
    rootVolumeGib: number,
    clientCidr: text,
    notificationEmail: text,
  });
  expect(valid.settings.haCoordinatorsCount).toBe(number);
});

test('props: the cluster is called like the stack unless it is named', () => {
  const stack = new Stack(new App(), 'Presto-Prod');
  expect(validatedProps(stack, required()).clusterName).toBe('Presto-Prod');
  expect(validatedProps(stack, { ...required(), clusterName: 'other' }).clusterName).toBe('other');
});

test('props: a zone that is not known contradicts nothing', () => {
  const stack = new Stack();
  const addressSubnet = Subnet.fromSubnetId(stack, 'Address', 'subnet-00000001');
  const subnet = subnetIn('eu-west-1a');
  expect(() => validatedProps(stack, { ...required(), subnet, addressSubnet })).not.toThrow();
});

test('props: zones of a VPC that are known by number only must be the same too', () => {
  const stack = new Stack();
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
  const [subnet, addressSubnet] = vpc.privateSubnets;
  if (subnet === undefined) throw new Error('The VPC has no private subnet.');
  expect(() => validatedProps(stack, { ...required(), vpc, subnet, addressSubnet })).toThrow(
    'addressSubnet is in zone 2 of its region, but must be in zone 1 of its region as subnet is',
  );
  const named = { ...required(), vpc, subnet, addressSubnet: subnetIn('eu-west-1a') };
  expect(() => validatedProps(stack, named)).not.toThrow();
});

test('props: a public subnet is a subnet like others', () => {
  const stack = new Stack(undefined, undefined, { env: { region: 'eu-west-1' } });
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1 });
  const [subnet] = vpc.publicSubnets;
  if (subnet === undefined) throw new Error('The VPC has no public subnet.');
  const make = () => new CoordinatorFailover(stack, 'Failover', { ...required(), vpc, subnet });
  expect(make).not.toThrow();
});

test('props: two clusters of one name in a stack are an error at synth', () => {
  const stack = new Stack(new App(), 'Presto', { env: { region: 'eu-west-1' } });
  new CoordinatorFailover(stack, 'One', required());
  expect(() => new CoordinatorFailover(stack, 'Two', required())).toThrow(
    'clusterName is "Presto", but Presto/One has it already, and it must be unique in account and region.',
  );
  const another = { ...required(), clusterName: 'another' };
  expect(() => new CoordinatorFailover(stack, 'Three', another)).not.toThrow();
});

test('props: one name is taken by another stack of the same account and region only', () => {
  const app = new App();
  const clusterName = 'presto';
  const cluster = (id: string, region: string | undefined) => {
    const stack = new Stack(app, id, region === undefined ? {} : { env: { account: '0', region } });
    return new CoordinatorFailover(stack, 'Failover', { ...required(), clusterName });
  };
  cluster('Ireland', 'eu-west-1');
  expect(() => cluster('IrelandToo', 'eu-west-1')).toThrow('Ireland/Failover has it already');
  expect(() => cluster('Frankfurt', 'eu-central-1')).not.toThrow();
  expect(() => cluster('Anywhere', undefined)).not.toThrow();
});

test('props: the address is in its own subnet, the coordinators stay in theirs', () => {
  const stack = new Stack(undefined, undefined, { env: { region: 'eu-west-1' } });
  const addressSubnet = Subnet.fromSubnetId(stack, 'AddressSubnet', 'subnet-00000001');
  new CoordinatorFailover(stack, 'Failover', { ...required(), addressSubnet });
  const assertions = Template.fromStack(stack);
  assertions.hasResourceProperties('AWS::EC2::NetworkInterface', { SubnetId: 'subnet-00000001' });
  assertions.hasResourceProperties('AWS::Lambda::Function', {
    VpcConfig: Match.objectLike({ SubnetIds: ['subnet-12345678'] }),
  });
});

function subnetIn(availabilityZone: string): ISubnet {
  const attributes = { subnetId: 'subnet-00000002', availabilityZone, routeTableId: 'rtb-1' };
  return Subnet.fromSubnetAttributes(new Stack(), 'Subnet', attributes);
}

function required(): CoordinatorFailoverProps {
  const elsewhere = new Stack();
  return {
    vpc: Vpc.fromVpcAttributes(elsewhere, 'Vpc', {
      vpcId: 'vpc-12345678',
      availabilityZones: ['eu-west-1a'],
    }),
    subnet: Subnet.fromSubnetId(elsewhere, 'Subnet', 'subnet-12345678'),
    machineImage: MachineImage.latestAmazonLinux2023(),
    instanceTypes: ['m7i.xlarge'],
  };
}

function linesOf(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
}
