/** CloudFormation: what becomes of a stack's resources when it is created, updated and deleted. */
import {
  AttachNetworkInterfaceCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeNetworkInterfacesCommand,
} from '@aws-sdk/client-ec2';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'vitest';
import { randomFrom } from '../../../chance/random.ts';
import { networkMakers } from '../../../template/makers/network.ts';
import { alarmProperties } from '../../cloudwatch/cloudwatch-fixture.ts';
import { type Ec2Fixture, subnetId } from '../../ec2/fixture.ts';
import { roleArn } from '../../step-functions/step-functions-fixture.ts';
import { stackOf, story, thing } from '../../template/stack-fixture.ts';
import { type Area, refused } from '../row.ts';
import { onCloudWatch, onEc2, onStepFunctions } from '../worlds.ts';

export const cloudFormation: Area = {
  title: 'CloudFormation, stacks',
  file: 'test/fidelity/template/stacks.ts',
  isRealTime: true,
  rows: [
    {
      behaviour:
        'what a resource refers to, or depends on, is made before it and deleted after it; what is independent goes in parallel',
      source: 'CloudFormation template reference, DependsOn; user guide, stack events',
      localCloud:
        'The same order, one after the other. Each takes no time but what its own service or a custom resource takes.',
      check: async () => {
        const { stack, done } = stackOf({
          Resources: {
            Rule: thing({}, { DependsOn: 'Cluster' }),
            Cluster: thing({ address: { Ref: 'Address' } }),
            Address: thing(),
          },
        });
        await stack.create();
        await stack.delete();
        expect(done.map((one) => one.replace(/-\d/, ''))).toEqual([
          'make Address',
          'make Cluster',
          'make Rule',
          'remove Rule',
          'remove Cluster',
          'remove Address',
        ]);
      },
    },
    {
      behaviour:
        'a creation that fails is rolled back, and then the stack can only be deleted; an update that fails goes back to the template before',
      source: 'CloudFormation user guide, stack failure options; stack status codes',
      localCloud: 'The same. Rollback cannot be turned off.',
      check: async () => {
        const template = (size: number) => ({
          Resources: { A: thing({ size }), B: thing({ a: { Ref: 'A' }, size }) },
        });
        const { stack, failing } = stackOf(template(1));
        failing.push('make B');
        expect(await stack.create()).toBe('ROLLBACK_COMPLETE');
        await expect(stack.update({ template: template(2) })).rejects.toThrow('can not be updated');
        await stack.delete();
        await stack.create();
        failing.push('change B');
        expect(await stack.update({ template: template(2) })).toBe('UPDATE_ROLLBACK_COMPLETE');
        expect(story(stack).filter((one) => one.includes('_FAILED'))).toEqual([
          'CREATE_FAILED B: Could not make B-2.',
          expect.stringContaining('UPDATE_FAILED B: Could not change'),
        ]);
      },
    },
    {
      behaviour:
        'a property says whether its change replaces the resource: then the new one is made first, and the old one deleted once all else is updated',
      source: 'CloudFormation user guide, update behaviors of stack resources',
      localCloud: 'The same, for the types that the template uses; a change of another type fails.',
      check: async () => {
        const template = (Kind: string) => ({
          Resources: { A: thing({ Kind }), B: thing({ a: { Ref: 'A' } }) },
        });
        const { stack, done } = stackOf(template('one'));
        await stack.create();
        await stack.update({ template: template('other') });
        expect(done.slice(2)).toEqual(['make A-3', 'change B-2 to {"a":"A-3"}', 'remove A-1']);
      },
    },
    {
      behaviour:
        '`DeletionPolicy: Retain` leaves a resource standing when the stack goes or its creation fails, `UpdateReplacePolicy: Retain` when another takes its place',
      source: 'CloudFormation template reference, DeletionPolicy, UpdateReplacePolicy',
      localCloud: 'The same. `Snapshot` is refused.',
      check: async () => {
        const { stack, done } = stackOf({
          Resources: { Log: thing({}, { DeletionPolicy: 'Retain' }), Other: thing() },
        });
        await stack.create();
        expect(await stack.delete()).toBe('DELETE_COMPLETE');
        expect(done).toEqual(['make Log-1', 'make Other-2', 'remove Other-2']);
      },
    },
    {
      behaviour:
        'a changed launch template gets a new version, a rollback makes one more with the old data, and the default version stays 1',
      source:
        'CloudFormation template reference, AWS::EC2::LaunchTemplate; cloudformation-coverage-roadmap issues 1518 and 1912. That the rollback makes one more version is an estimate: the worse case for us',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        const { stack, failing } = stackOn(fixture, template('ami-1'));
        await stack.create();
        failing.push('change Last');
        await stack.update({ template: template('ami-2') });
        const LaunchTemplateId = stack.resources().get('Host')?.physicalId;
        const { LaunchTemplateVersions: versions } = await fixture.client.send(
          new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId }),
        );
        const told = versions?.map((one) => [
          one.VersionNumber,
          one.DefaultVersion,
          one.LaunchTemplateData?.ImageId,
        ]);
        expect(told?.toSorted()).toEqual([
          [1, true, 'ami-1'],
          [2, false, 'ami-2'],
          [3, false, 'ami-1'],
        ]);
      }),
    },
    {
      behaviour:
        'an interface changes its groups, description and tags in place; tags that others have set stay',
      source: 'CloudFormation template reference, AWS::EC2::NetworkInterface; user guide, tags',
      localCloud: 'The same.',
      check: onEc2({}, async (fixture) => {
        const address = (description: string, Tags: object[]) => ({
          Resources: {
            Address: {
              Type: 'AWS::EC2::NetworkInterface',
              Properties: { SubnetId: subnetId, Description: description, Tags },
            },
          },
        });
        const { stack } = stackOn(fixture, address('one', [{ Key: 'a', Value: '1' }]));
        await stack.create();
        const id = stack.resources().get('Address')?.physicalId ?? '';
        await stack.update({ template: address('other', [{ Key: 'b', Value: '2' }]) });
        expect(stack.resources().get('Address')?.physicalId).toBe(id);
        const { NetworkInterfaces: found } = await fixture.client.send(
          new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }),
        );
        expect(found?.[0]).toMatchObject({ Description: 'other' });
        const keys = found?.[0]?.TagSet?.map(({ Key }) => Key);
        expect(keys).toContain('aws:cloudformation:logical-id');
        expect(keys).toContain('b');
        expect(keys).not.toContain('a');
      }),
    },
    {
      behaviour:
        'an interface that is attached cannot be deleted: `InvalidParameterValue`, "currently in use"',
      source: 'gruntwork-io/cloud-nuke pull request 1132, issue 431',
      localCloud: 'The same; the deletion of the stack fails, and can be repeated.',
      check: onEc2({}, async ({ ec2, client, networkInterfaceId, seed }) => {
        const InstanceId = await seed();
        const attach = { NetworkInterfaceId: networkInterfaceId, InstanceId, DeviceIndex: 1 };
        await client.send(new AttachNetworkInterfaceCommand(attach));
        await refused(
          ec2.deleteNetworkInterface(networkInterfaceId),
          'InvalidParameterValue',
          /is currently in use/,
        );
      }),
    },
    {
      behaviour: 'a security group that an interface uses cannot be deleted: `DependencyViolation`',
      source: 'EC2 API reference, DeleteSecurityGroup',
      localCloud:
        'The same, at once; CloudFormation tries for some minutes. A function’s own interfaces in the VPC are not played: on AWS they hold the groups for 20 minutes and more.',
      check: onEc2({}, async ({ ec2, networkInterfaceId }) => {
        expect(() => ec2.requireUnusedSecurityGroup('sg-1')).toThrow('has a dependent object');
        await ec2.deleteNetworkInterface(networkInterfaceId);
        expect(() => ec2.requireUnusedSecurityGroup('sg-1')).not.toThrow();
      }),
    },
    {
      behaviour:
        'an updated state machine: what runs goes on with the old definition, and for some seconds what starts may still get it',
      source: 'Step Functions API reference, UpdateStateMachine',
      localCloud: 'The same; `stateMachineUpdate` until the new one is used.',
      check: onStepFunctions(async (fixture) => {
        const pass = (Result: string) => ({ Say: { Type: 'Pass', Result, End: true } });
        const arn = fixture.machine(pass('old'));
        fixture.takes('stateMachineUpdate', 3_600_000);
        const definition = JSON.stringify({ StartAt: 'Say', States: pass('new') });
        const update = { stateMachineArn: arn, definition, roleArn };
        fixture.stepFunctions.updateStateMachine(update);
        const early = await fixture.finish(await fixture.start(arn, {}, 'early'));
        fixture.takes('stateMachineUpdate', 0);
        fixture.stepFunctions.updateStateMachine(update);
        const late = await fixture.finish(await fixture.start(arn, {}, 'late'));
        expect([early.output, late.output]).toEqual(['"old"', '"new"']);
      }),
    },
    {
      behaviour: 'a deleted state machine ends its executions, and its name is free again',
      source: 'Step Functions API reference, DeleteStateMachine',
      localCloud:
        'The same, at once instead of at the next transition (`StateMachine.Deleted`, which nobody gets to see).',
      check: onStepFunctions(async (fixture) => {
        const wait = { Wait: { Type: 'Wait', Seconds: 3_600, End: true } };
        const arn = fixture.machine(wait);
        const executionArn = await fixture.start(arn);
        await fixture.stepFunctions.deleteStateMachine(arn);
        await refused(
          fixture.client.send(new DescribeExecutionCommand({ executionArn })),
          'ExecutionDoesNotExist',
        );
        expect(fixture.machine(wait)).toBe(arn);
      }),
    },
    {
      behaviour: 'an alarm whose configuration changes keeps its state',
      source: 'CloudWatch API reference, PutMetricAlarm',
      localCloud: 'The same.',
      check: onCloudWatch(async ({ cloudWatch, clock, ...fixture }) => {
        cloudWatch.createAlarm(alarmProperties);
        cloudWatch.seedAlarmState('active-health', 'ALARM', 60);
        cloudWatch.changeAlarm('active-health', { ...alarmProperties, Threshold: 2 });
        expect(fixture.events).toEqual([]);
        cloudWatch.removeAlarm('active-health');
        expect(() => cloudWatch.changeAlarm('active-health', alarmProperties)).toThrow(
          'There is no alarm named active-health.',
        );
        await clock.advance(60_000);
        expect(fixture.events).toEqual([]);
      }),
    },
  ],
};

function template(imageId: string) {
  return {
    Resources: {
      Last: thing({ version: { 'Fn::GetAtt': ['Host', 'LatestVersionNumber'] } }),
      Host: {
        Type: 'AWS::EC2::LaunchTemplate',
        Properties: { LaunchTemplateData: { ImageId: imageId } },
      },
    },
  };
}

/** Things beside what EC2 makes. */
function stackOn({ ec2 }: Ec2Fixture, given: object) {
  return stackOf(given, {}, {}, networkMakers({ ec2, random: randomFrom(3) }));
}
