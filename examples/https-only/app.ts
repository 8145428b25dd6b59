/**
 * Coordinators that answer by HTTPS only: on the host, to standbys, and to clients. Their certificates
 * are good for one name, and come from an authority of your own.
 *
 *   npx cdk deploy --app 'node examples/https-only/app.ts'
 */
import { readFileSync } from 'node:fs';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { MachineImage, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
// In your app: from 'coordinator-failover'.
import { CoordinatorFailover } from '../../infra/index.ts';

const stack = new Stack(new App(), 'HttpsOnly', { env: { region: 'eu-west-1' } });
const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['eu-west-1a'],
});
const inZone = { availabilityZone: 'eu-west-1a', routeTableId: 'rtb-0123456789abcdef0' };

const failover = new CoordinatorFailover(stack, 'Failover', {
  vpc,
  subnet: Subnet.fromSubnetAttributes(stack, 'Subnet', {
    subnetId: 'subnet-0123456789abcdef0',
    ...inZone,
  }),
  addressSubnet: Subnet.fromSubnetAttributes(stack, 'AddressSubnet', {
    subnetId: 'subnet-0123456789abcdef1',
    ...inZone,
  }),
  // An image of yours, with server, key and certificate: http-server.http.enabled=false.
  machineImage: MachineImage.genericLinux({ 'eu-west-1': 'ami-0123456789abcdef0' }),
  instanceTypes: ['m7i.xlarge'],
  httpEnabled: false,
  httpsPort: 8443,
  // Whoever the certificates come from; nobody else is believed, and nothing is sent unverified.
  caBundle: readFileSync(new URL('ca.pem', import.meta.url), 'utf8'),
  // What the certificates are good for. Clients have this name for the coordinator address in their DNS.
  tlsServerName: 'trino.example.com',
  clientCidr: '10.0.0.0/16',
});

new CfnOutput(stack, 'CoordinatorAddress', { value: failover.coordinatorAddress });
