/** The largest CA bundle that is taken has to fit wherever it goes. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MachineImage, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { expect, test } from 'vitest';
import { CoordinatorFailover } from '../../../infra/coordinator-failover.ts';
import { createAuthority } from '../../../trials/drill/private-authority.ts';
import { caBundleCharacters } from '../../../workflow/model/server-endpoint.ts';
import { type CloudFormationTemplate, onlyResource, textOf } from '../template-reading.ts';

test('https: a bundle of 4 KB stands in user data once, also where HTTP is off', async () => {
  const { certificate: one } = await createAuthority();
  const caBundle = one.repeat(Math.floor(caBundleCharacters / one.length));
  expect(caBundle.length).toBeGreaterThan(caBundleCharacters - one.length);
  const stack = new Stack(new App(), 'presto', { env: { region: 'eu-west-1' } });
  new CoordinatorFailover(stack, 'Failover', {
    vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-12345678',
      availabilityZones: ['eu-west-1a'],
    }),
    subnet: Subnet.fromSubnetId(stack, 'Subnet', 'subnet-12345678'),
    machineImage: MachineImage.genericLinux({ 'eu-west-1': 'ami-12345678' }),
    instanceTypes: ['m7i.xlarge'],
    httpEnabled: false,
    httpsPort: 8443,
    caBundle,
  });
  const template = Template.fromStack(stack).toJSON() as CloudFormationTemplate;
  const [, launch] = onlyResource(template, 'AWS::EC2::LaunchTemplate');
  const { UserData } = launch.Properties.LaunchTemplateData as { UserData: unknown };
  const text = textOf(UserData);
  // And leaves 5 KB for a user's own.
  expect(text.length).toBeLessThan(16_384 - 5 * 1024);
});
