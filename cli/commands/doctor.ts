/** `doctor`: looks for what would get in the way of the next failover. */

import { findCluster } from '../cluster/find-cluster.ts';
import { readAfter } from '../cluster/read-result.ts';
import { command } from '../command.ts';
import { type Context, nextCommand, nextLine } from '../context.ts';
import type { Check, Readings } from '../doctor/check.ts';
import { checksOf, notChecked } from '../doctor/checks.ts';
import { dryRuns } from '../doctor/dry-runs.ts';
import { showChecks } from '../doctor/show-checks.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { assess } from '../status/assess.ts';
import { type ClusterObservation, observe } from '../status/observe.ts';

export const doctor = command({
  name: 'doctor',
  summary: 'what would get in the way of the next failover; each finding with its cure',
  details: ['Looks, touches nothing: permissions are tried by dry run.'],
  options: {},
  examples: ['', '--cluster presto --json'],
  permissions:
    'as `status`, and `ec2:DescribeSubnets`, `ec2:DescribeInstanceTypes`; it tries `ec2:CreateTags`, `ec2:DeleteTags` and `ec2:RunInstances` by dry run',
  run: examine,
});

async function examine(context: Context): Promise<ExitCode> {
  const { cloud, options, screen } = context;
  const found = await findCluster(cloud, options);
  const observation = await observe(cloud, found, context);
  const [readings, tried] = await Promise.all([
    readMore(context, observation),
    observation.address.kind === 'unread'
      ? []
      : dryRuns(
          cloud,
          found.clusterName,
          observation.address.value.networkInterfaceId,
          observation.machine,
        ),
  ]);
  const checks = [...checksOf(observation, assess(observation), readings), ...tried, ...notChecked];
  const bad = checks.filter(({ decision }) => decision === 'problem' || decision === 'unknown');
  screen.json({ cluster: found.clusterName, at: observation.at, checks });
  screen.print([
    ...showChecks(checks, (command) => nextCommand(context, command)),
    [],
    [`${found.clusterName} in ${found.region}: ${summary(checks)}`],
    nextLine(context, nextStep(bad)),
  ]);
  return bad.length === 0 ? exitCodes.fine : exitCodes.notFine;
}

async function readMore({ cloud }: Context, observation: ClusterObservation): Promise<Readings> {
  const types = readAfter(observation.coordinators, async (hosts) => {
    const names = [...new Set(hosts.map(({ instanceType }) => instanceType))].filter(Boolean);
    if (names.length === 0) return new Map<string, number>();
    const answer = await cloud.describeInstanceTypes({
      InstanceTypes: names as NonNullable<
        Parameters<typeof cloud.describeInstanceTypes>[0]['InstanceTypes']
      >,
    });
    return new Map(
      (answer.InstanceTypes ?? []).flatMap(({ InstanceType, NetworkInfo }) => {
        const most = NetworkInfo?.MaximumNetworkInterfaces;
        return InstanceType === undefined || most === undefined
          ? []
          : [[String(InstanceType), most] as const];
      }),
    );
  });
  const subnet = readAfter(observation.machine, async ({ cluster: { subnetId } }) => {
    const answer = await cloud.describeSubnets({ SubnetIds: [subnetId] });
    const described = answer.Subnets?.[0];
    if (described === undefined) throw new Error(`EC2 does not show the subnet ${subnetId}.`);
    return {
      subnetId,
      availabilityZone: described.AvailabilityZone ?? '',
      freeAddresses: described.AvailableIpAddressCount ?? 0,
    };
  });
  return { interfaceLimits: await types, subnet: await subnet };
}

function summary(checks: readonly Check[]): string {
  const count = (decision: Check['decision']) =>
    checks.filter((check) => check.decision === decision).length;
  const problems = count('problem');
  return `${problems} ${problems === 1 ? 'problem' : 'problems'}, ${count('unknown')} unknown, ${count('ok')} ok, ${count('not checked')} not checked.`;
}

function nextStep(bad: readonly Check[]): string {
  for (const { cure } of bad) {
    if (cure !== undefined && 'command' in cure) return cure.command;
  }
  return 'status';
}
