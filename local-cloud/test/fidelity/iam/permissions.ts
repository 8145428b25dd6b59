/** IAM: who calls, and what the conditions in our policies can rest on. */
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { iamFixture, withIam } from '../../iam/iam-fixture.ts';
import { clientsFor, localAccount } from '../others/account.ts';
import { type Area, refused } from '../row.ts';

export const permissions: Area = {
  title: 'IAM',
  file: 'test/fidelity/iam/permissions.ts',
  isRealTime: true,
  rows: [
    {
      behaviour: 'every role has credentials of its own; every call is known by its principal',
      source: 'IAM user guide, roles; CloudTrail user guide, userIdentity',
      localCloud: 'The same; the cloud keeps each call with its principal, input and error.',
      check: async () => {
        const account = await localAccount();
        const arns = ['survey-coordinators', 'launch-standby'].map(
          (name) => `arn:aws:iam::1:role/${name}`,
        );
        for (const arn of arns) {
          const { ec2 } = clientsFor(account.endpoint, account.credentialsOf(arn));
          await ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }));
        }
        await account.stop();
        expect(account.calls).toMatchObject(
          arns.map((principalArn) => ({
            operation: 'DescribeInstances',
            principalArn,
            input: { MaxResults: 5 },
          })),
        );
      },
    },
    {
      behaviour:
        'a call that no policy allows is refused, in words that name caller, action and resource: `UnauthorizedOperation` by EC2, `AccessDenied` by CloudWatch, `AccessDeniedException` by Step Functions and Lambda, `AuthorizationError` by SNS',
      source:
        'IAM user guide, troubleshooting access denied error messages; reports: aws/karpenter-provider-aws issue 7370, aws-samples/amazon-cloudwatch-auto-alarms issue 1, FormidableLabs/aws-lambda-serverless-reference issue 31',
      localCloud:
        'The same. The encoded message is there, and cannot be decoded by sts:DecodeAuthorizationMessage.',
      check: async () => {
        const fixture = await iamFixture();
        const nobody = fixture.role('nobody');
        const who = 'User: arn:aws:sts::123456789012:assumed-role/nobody/session';
        const describe = fixture.call(nobody, 'ec2', 'DescribeInstances', {});
        await expect(describe).rejects.toMatchObject({
          code: 'UnauthorizedOperation',
          status: 403,
          message: `You are not authorized to perform this operation. ${who} is not authorized to perform: ec2:DescribeInstances because no identity-based policy allows the ec2:DescribeInstances action`,
        });
        const alarm = { AlarmName: 'health', StateValue: 'OK', StateReason: 'test' };
        await expect(
          fixture.call(nobody, 'cloudwatch', 'SetAlarmState', alarm),
        ).rejects.toMatchObject({
          code: 'AccessDenied',
          status: 403,
          message: `${who} is not authorized to perform: cloudwatch:SetAlarmState on resource: arn:aws:cloudwatch:us-east-1:123456789012:alarm:health because no identity-based policy allows the cloudwatch:SetAlarmState action`,
        });
        await fixture.stop();
      },
    },
    {
      behaviour:
        'an action knows certain resource types and, for each, certain condition keys; a statement with another matches nothing',
      source:
        'Service Authorization Reference, Amazon EC2 and Amazon CloudWatch (read in iann0036/iam-dataset, aws/iam_definition.json); CloudWatch user guide, iam-cw-condition-keys-namespace',
      localCloud:
        'The same: a request carries the keys of its action and type alone (iam/action-table.ts).',
      check: withIam(async ({ role, call, seed }) => {
        const input = { InstanceIds: [await seed()] };
        const terminate = (Resource: string, Condition: object) =>
          call(
            role('some', { Action: 'ec2:TerminateInstances', Resource, Condition }),
            'ec2',
            'TerminateInstances',
            input,
          );
        const ours = { StringEquals: { 'aws:ResourceTag/cluster': 'one' } };
        // Keys of RunInstances and CreateTags: the instance has a template and tags, the call has not.
        const ofOthers = [
          { ArnLike: { 'ec2:LaunchTemplate': '*' } },
          { StringLike: { 'aws:RequestTag/cluster': '*' } },
        ];
        for (const condition of ofOthers) {
          await refused(terminate('*', condition), 'UnauthorizedOperation');
        }
        const interfaces = 'arn:aws:ec2:*:*:network-interface/*';
        await refused(terminate(interfaces, ours), 'UnauthorizedOperation');
        await terminate('arn:aws:ec2:*:*:instance/*', ours);
      }),
    },
    {
      behaviour: 'an action on several required resource types must be allowed on each of them',
      source:
        'Service Authorization Reference: required types are marked with an asterisk (RunInstances: image, instance, network-interface, security-group, subnet; Attach and DetachNetworkInterface: instance, network-interface)',
      localCloud: 'The same.',
      check: withIam(async ({ role, call, seed, networkInterfaceId }) => {
        const attachment = {
          InstanceId: await seed(),
          NetworkInterfaceId: networkInterfaceId,
          DeviceIndex: 1,
        };
        const attach = (...types: readonly string[]) =>
          call(
            role('attaching', {
              Action: 'ec2:AttachNetworkInterface',
              Resource: types.map((type) => `arn:aws:ec2:*:*:${type}/*`),
            }),
            'ec2',
            'AttachNetworkInterface',
            attachment,
          );
        for (const type of ['instance', 'network-interface']) {
          const other = type === 'instance' ? networkInterfaceId : attachment.InstanceId;
          await refused(attach(type), 'UnauthorizedOperation', new RegExp(`/${other} because`));
        }
        await attach('instance', 'network-interface');
      }),
    },
  ],
};
