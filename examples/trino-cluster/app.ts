/**
 * A whole Trino cluster in a network without internet: two coordinators behind one address, and workers
 * that only ever know the address. Stock Amazon Linux 2023; the server comes from a bucket of yours.
 *
 *   npx cdk deploy --app 'node examples/trino-cluster/app.ts'
 */
import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { AutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import {
  BlockDeviceVolume,
  GatewayVpcEndpointAwsService,
  InstanceType,
  InterfaceVpcEndpointAwsService,
  LaunchTemplate,
  MachineImage,
  Port,
  SecurityGroup,
  Subnet,
  SubnetType,
  UserData,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
// In your app: from 'coordinator-failover'.
import { CoordinatorFailover } from '../../infra/index.ts';

const stack = new Stack(new App(), 'TrinoCluster');
const software = Bucket.fromBucketName(stack, 'Software', 'example-software');
const machineImage = MachineImage.latestAmazonLinux2023();

// One zone, since an address moves only within one. S3 is for packages and software, CloudWatch for
// the probes.
const vpc = new Vpc(stack, 'Vpc', {
  maxAzs: 1,
  subnetConfiguration: [{ name: 'Cluster', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
  gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
});
vpc.addInterfaceEndpoint('CloudWatch', {
  service: InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
});
const subnet = vpc.isolatedSubnets.find(() => true) as Subnet;
const addressSubnet = new Subnet(stack, 'AddressSubnet', {
  vpcId: vpc.vpcId,
  availabilityZone: subnet.availabilityZone,
  cidrBlock: '10.0.255.0/28',
});

function trino(role: 'coordinator' | 'worker', discoveryUri: string): UserData {
  const userData = UserData.forLinux();
  userData.addCommands(
    `export SOFTWARE_BUCKET=${software.bucketName} ROLE=${role} DISCOVERY_URI=${discoveryUri}`,
    readFileSync(new URL('install-trino.sh', import.meta.url), 'utf8'),
  );
  return userData;
}

const failover = new CoordinatorFailover(stack, 'Failover', {
  vpc,
  subnet,
  addressSubnet,
  machineImage,
  instanceTypes: ['m7i.xlarge', 'm6i.xlarge'],
  rootVolumeGib: 30,
  // A coordinator's discovery.uri is itself, never the coordinator address.
  userData: trino('coordinator', 'http://localhost:8080'),
});

const workerGroup = new SecurityGroup(stack, 'WorkerSecurityGroup', { vpc });
const workers = new AutoScalingGroup(stack, 'Workers', {
  vpc,
  vpcSubnets: { subnets: [subnet] },
  minCapacity: 2,
  maxCapacity: 10,
  launchTemplate: new LaunchTemplate(stack, 'Worker', {
    machineImage,
    instanceType: new InstanceType('m7i.2xlarge'),
    requireImdsv2: true,
    blockDevices: [
      { deviceName: '/dev/xvda', volume: BlockDeviceVolume.ebs(30, { encrypted: true }) },
    ],
    role: new Role(stack, 'WorkerRole', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') }),
    securityGroup: workerGroup,
    userData: trino('worker', failover.coordinatorUri),
  }),
});

for (const reader of [failover.instanceRole, workers.role]) {
  software.grantRead(reader, 'trino-server-*.tar.gz');
}
const http = Port.tcp(8080);
failover.connections.allowFrom(workers, http, 'Workers announce themselves');
workers.connections.allowFrom(failover, http, 'Coordinators send tasks');
workerGroup.addIngressRule(workerGroup, http, 'Workers exchange pages');
