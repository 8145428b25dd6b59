/**
 * Coordinators from a launch template of your own: you say everything about the host, and put the
 * installation of the probe into its user data. What else must hold: docs/image.md.
 *
 *   npx cdk deploy --app 'node examples/own-launch-template/app.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import {
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  InstanceType,
  LaunchTemplate,
  MachineImage,
  SecurityGroup,
  Subnet,
  UserData,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
// In your app: from 'coordinator-failover'.
import { CoordinatorFailover } from '../../infra/index.ts';

const stack = new Stack(new App(), 'OwnTemplate', { env: { region: 'eu-west-1' } });
const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['eu-west-1a'],
});
const subnet = Subnet.fromSubnetAttributes(stack, 'Subnet', {
  subnetId: 'subnet-0123456789abcdef0',
  availabilityZone: 'eu-west-1a',
  routeTableId: 'rtb-0123456789abcdef0',
});

const userData = UserData.forLinux();
const launchTemplate = new LaunchTemplate(stack, 'Coordinator', {
  machineImage: MachineImage.genericLinux({ 'eu-west-1': 'ami-0123456789abcdef0' }),
  instanceType: new InstanceType('r7i.2xlarge'),
  requireImdsv2: true,
  instanceMetadataTags: true,
  detailedMonitoring: true,
  blockDevices: [
    {
      deviceName: '/dev/sda1',
      volume: BlockDeviceVolume.ebs(100, { encrypted: true, volumeType: EbsDeviceVolumeType.GP3 }),
    },
  ],
  role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') }),
  securityGroup: new SecurityGroup(stack, 'Coordinators', { vpc }),
  userData,
});
const failover = new CoordinatorFailover(stack, 'Failover', {
  vpc,
  subnet,
  launchTemplate,
  // The template's type may be short of capacity.
  instanceTypes: ['r7i.2xlarge', 'r6i.2xlarge'],
});

launchTemplate.connections.addSecurityGroup(...failover.connections.securityGroups);
userData.addCommands(
  failover.probeUserData,
  // Goes on whatever became of the probe: without it the host is a coordinator all the same.
  'systemctl start trino.service',
);
