/**
 * Coordinators for a PrestoDB cluster that is there already, in its VPC: the workers' `discovery.uri` is
 * the output CoordinatorUri.
 *
 *   npx cdk deploy --app 'node examples/prestodb/app.ts'
 */
import { readFileSync } from 'node:fs';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { MachineImage, Port, SecurityGroup, Subnet, UserData, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
// In your app: from 'coordinator-failover'.
import { CoordinatorFailover } from '../../infra/index.ts';

const stack = new Stack(new App(), 'PrestoCoordinators');
const software = Bucket.fromBucketName(stack, 'Software', 'example-software');
const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['eu-west-1a'],
});
const subnet = Subnet.fromSubnetAttributes(stack, 'Subnet', {
  subnetId: 'subnet-0123456789abcdef0',
  availabilityZone: 'eu-west-1a',
  routeTableId: 'rtb-0123456789abcdef0',
});
const workers = SecurityGroup.fromSecurityGroupId(stack, 'Workers', 'sg-0123456789abcdef0');

const userData = UserData.forLinux();
userData.addCommands(
  `export SOFTWARE_BUCKET=${software.bucketName}`,
  readFileSync(new URL('install-presto.sh', import.meta.url), 'utf8'),
);
const failover = new CoordinatorFailover(stack, 'Failover', {
  vpc,
  subnet,
  machineImage: MachineImage.latestAmazonLinux2023(),
  instanceTypes: ['m7i.xlarge', 'm6i.xlarge'],
  haCoordinatorsCount: 3,
  userData,
  clientCidr: '10.0.0.0/16',
  notificationEmail: 'operators@example.com',
});
software.grantRead(failover.instanceRole, 'presto-server-*.tar.gz');
workers.connections.allowFrom(failover, Port.tcp(8080), 'Coordinators send tasks');

new CfnOutput(stack, 'CoordinatorUri', { value: failover.coordinatorUri });
