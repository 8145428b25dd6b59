/**
 * Permissions, tried without effect by EC2's DryRun: DryRunOperation when the call is allowed,
 * UnauthorizedOperation when not. Step Functions and CloudWatch have no dry run.
 */
import type { OperatorCalls } from '../../aws/calls.ts';
import { describeError } from '../../aws/errors.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import type { Machine } from '../cluster/machine.ts';
import type { ReadResult } from '../cluster/read-result.ts';
import type { Check } from './check.ts';

export async function dryRuns(
  cloud: OperatorCalls,
  clusterName: string,
  networkInterfaceId: string,
  machine: ReadResult<Machine>,
): Promise<Check[]> {
  const checks = await Promise.all([
    operatorTagCheck(cloud, networkInterfaceId),
    ...(machine.kind === 'read' ? [launchCheck(cloud, clusterName, machine.value)] : []),
  ]);
  return [
    ...checks,
    {
      area: 'permissions',
      decision: 'not checked',
      sentence: 'Whether you may start executions: Step Functions has no dry run.',
      cure: { command: 'failover --dry-run --reason "check"' },
    },
  ];
}

async function operatorTagCheck(cloud: OperatorCalls, networkInterfaceId: string): Promise<Check> {
  const area = 'permissions';
  const Resources = [networkInterfaceId];
  const refusals = await Promise.all([
    refusalOf(() =>
      cloud.createTags({ DryRun: true, Resources, Tags: [{ Key: tagKeys.paused, Value: 'x' }] }),
    ),
    refusalOf(() => cloud.deleteTags({ DryRun: true, Resources, Tags: [{ Key: tagKeys.paused }] })),
  ]);
  const refused = refusals.filter((refusal) => refusal !== null);
  if (refused.length === 0) {
    return { area, decision: 'ok', sentence: 'You may pause, resume and acknowledge (dry run).' };
  }
  return {
    area,
    decision: 'problem',
    sentence: `You may not pause, resume or acknowledge. ${refused.map(describeError).join(' ')}`,
    cure: { words: `Allow ec2:CreateTags and ec2:DeleteTags on ${networkInterfaceId}.` },
  };
}

/** Finds a missing image, type, subnet or profile before a failover needs it. */
async function launchCheck(
  cloud: OperatorCalls,
  clusterName: string,
  { cluster }: Machine,
): Promise<Check> {
  const area = 'launch';
  const refusal = await refusalOf(() =>
    cloud.runInstances({
      DryRun: true,
      MinCount: 1,
      MaxCount: 1,
      LaunchTemplate: {
        LaunchTemplateId: cluster.launchTemplateId,
        Version: cluster.launchTemplateVersion,
      },
      SubnetId: cluster.subnetId,
      TagSpecifications: [
        { ResourceType: 'instance', Tags: [{ Key: tagKeys.cluster, Value: clusterName }] },
      ],
    }),
  );
  if (refusal === null) {
    return { area, decision: 'ok', sentence: 'A new coordinator could be launched (dry run).' };
  }
  if (refusal.name === 'UnauthorizedOperation') {
    return {
      area,
      decision: 'not checked',
      sentence: 'Whether a new coordinator could be launched: you may not try (ec2:RunInstances).',
    };
  }
  return {
    area,
    decision: 'problem',
    sentence: `A new coordinator could not be launched. ${describeError(refusal)}`,
    cure: { words: 'Deploy the stack with an image, type and subnet that exist.' },
  };
}

/** `null` when it would have worked. */
async function refusalOf(attempt: () => Promise<unknown>): Promise<Error | null> {
  try {
    await attempt();
    return null;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.name === 'DryRunOperation' ? null : error;
  }
}
