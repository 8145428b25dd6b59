/** Launch templates and their versions. */
import {
  DescribeLaunchTemplateVersionsCommand,
  type RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { launchData, subnetId } from '../../ec2/fixture.ts';
import { describeInstances, launch } from '../../ec2/steps.ts';
import { type Area, refused } from '../row.ts';
import { onEc2 } from '../worlds.ts';

export const ec2LaunchTemplates: Area = {
  title: 'EC2, launch templates',
  file: 'test/fidelity/ec2/launch-templates.ts',
  rows: [
    {
      behaviour: 'launch template and call are merged; what the call says wins',
      source: 'EC2 API reference, RunInstances: LaunchTemplate',
      localCloud: 'The same; the instance also gets the two `aws:ec2launchtemplate` tags.',
      check: onEc2({}, async (fixture) => {
        const id = await launch(fixture, {
          InstanceType: 'm7g.xlarge',
          TagSpecifications: [
            { ResourceType: 'instance', Tags: [{ Key: 'cluster', Value: 'two' }] },
          ],
        });
        const [instance] = await describeInstances(fixture, [id]);
        expect(instance).toMatchObject({
          ImageId: launchData.ImageId,
          InstanceType: 'm7g.xlarge',
          SecurityGroups: [{ GroupId: 'sg-2' }],
          IamInstanceProfile: { Arn: 'arn:aws:iam::123456789012:instance-profile/host' },
          SubnetId: subnetId,
        });
        expect(instance?.Tags).toEqual(
          expect.arrayContaining([
            { Key: 'cluster', Value: 'two' },
            { Key: 'aws:ec2launchtemplate:id', Value: fixture.launchTemplateId },
            { Key: 'aws:ec2launchtemplate:version', Value: '1' },
          ]),
        );
      }),
    },
    {
      behaviour:
        'a launch template is named by id or name, with a version: `InvalidLaunchTemplateId.NotFound`, `InvalidLaunchTemplateName.NotFoundException`, `InvalidLaunchTemplateId.VersionNotFound`',
      source: 'EC2 API error codes',
      localCloud:
        'The same. Without a version the default counts, which stays 1. Both names at once: `InvalidParameterCombination`.',
      check: onEc2({}, async (fixture) => {
        const by = (LaunchTemplate: RunInstancesRequest['LaunchTemplate']) =>
          launch(fixture, { LaunchTemplate });
        const LaunchTemplateId = fixture.launchTemplateId;
        await refused(
          by({ LaunchTemplateId: 'lt-00000000000000000' }),
          'InvalidLaunchTemplateId.NotFound',
        );
        await refused(
          by({ LaunchTemplateName: 'none' }),
          'InvalidLaunchTemplateName.NotFoundException',
        );
        await refused(
          by({ LaunchTemplateId, Version: '2' }),
          'InvalidLaunchTemplateId.VersionNotFound',
        );
        const both = by({ LaunchTemplateId, LaunchTemplateName: 'template-1' });
        await refused(both, 'InvalidParameterCombination');
        for (const Version of ['1', '$Latest', '$Default']) {
          expect(await by({ LaunchTemplateId, Version })).toMatch(/^i-/);
        }
      }),
    },
    {
      behaviour:
        'a template has numbered versions that do not change; `$Latest` is the newest, `$Default` stays the first',
      source:
        'EC2 user guide, manage launch template versions; AWS::EC2::LaunchTemplate (an update makes a version and leaves the default)',
      localCloud: 'The same; stacks make versions, there is no operation for it.',
      check: onEc2({}, async (fixture) => {
        const LaunchTemplateId = fixture.launchTemplateId;
        const { version } = fixture.ec2.createLaunchTemplateVersion({
          launchTemplateId: LaunchTemplateId,
          data: { ...launchData, ImageId: 'ami-00000000000000002' },
        });
        expect(version).toBe('2');
        const launchedFrom = async (Version: string | undefined) => {
          const id = await launch(fixture, { LaunchTemplate: { LaunchTemplateId, Version } });
          const [instance] = await describeInstances(fixture, [id]);
          const tag = instance?.Tags?.find(({ Key }) => Key === 'aws:ec2launchtemplate:version');
          return [instance?.ImageId, tag?.Value];
        };
        for (const first of ['1', '$Default', undefined]) {
          expect(await launchedFrom(first)).toEqual(['ami-00000000000000001', '1']);
        }
        for (const second of ['2', '$Latest']) {
          expect(await launchedFrom(second)).toEqual(['ami-00000000000000002', '2']);
        }
        await refused(launchedFrom('3'), 'InvalidLaunchTemplateId.VersionNotFound');
        const { LaunchTemplateVersions } = await fixture.client.send(
          new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId }),
        );
        expect(
          LaunchTemplateVersions?.map(({ VersionNumber, DefaultVersion }) => [
            VersionNumber,
            DefaultVersion,
          ]),
        ).toEqual([
          [2, false],
          [1, true],
        ]);
      }),
    },
    {
      behaviour: '`DescribeLaunchTemplateVersions` gives a version with its data',
      source: 'EC2 API reference, DescribeLaunchTemplateVersions',
      localCloud: 'The same, the newest first.',
      check: onEc2({}, async (fixture) => {
        const { LaunchTemplateVersions } = await fixture.client.send(
          new DescribeLaunchTemplateVersionsCommand({
            LaunchTemplateId: fixture.launchTemplateId,
            Versions: ['1'],
          }),
        );
        expect(LaunchTemplateVersions).toMatchObject([
          { VersionNumber: 1, DefaultVersion: true, LaunchTemplateData: launchData },
        ]);
      }),
    },
  ],
};
