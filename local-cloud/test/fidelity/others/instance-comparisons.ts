/** Calls on instances that are run against moto too. */
import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  type Filter,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Comparison } from './comparison.ts';
import {
  byNumber,
  count,
  filter,
  launch,
  nobody,
  request,
  stateOf,
  tagged,
  tagOf,
} from './ec2-steps.ts';

/** Of an instance's primary interface. */
const asidePrimary = {
  DeleteOnTermination: 'moto says false for a primary interface, which goes with its instance',
  Description: 'moto says "Primary network interface"; what EC2 says is not published',
} as const;

export const instanceComparisons: readonly Comparison[] = [
  {
    what: 'RunInstances from a launch template',
    aside: {
      ...asidePrimary,
      State: 'here without latencies, so that it runs at once',
    },
    run: (account) => account.ec2.send(new RunInstancesCommand(request(account))),
  },
  {
    what: 'RunInstances with the client token of an earlier call',
    run: async (account) => {
      const ClientToken = `again-${count()}`;
      const first = await launch(account, { ClientToken });
      return first === (await launch(account, { ClientToken }));
    },
    motoIsWrong: {
      why: 'moto ignores ClientToken and launches another instance (EC2: the same one)',
      here: { answer: true },
      inMoto: { answer: false },
    },
  },
  {
    what: 'RunInstances with a client token and other parameters',
    run: async (account) => {
      const ClientToken = `other-${count()}`;
      await launch(account, { ClientToken });
      return launch(account, { ClientToken, InstanceType: 't3.small' });
    },
    motoIsWrong: {
      why: 'moto ignores ClientToken',
      here: { error: 'IdempotentParameterMismatch' },
      inMoto: { answer: '<i>' },
    },
  },
  {
    what: 'RunInstances with the client token of a terminated instance',
    run: async (account) => {
      const ClientToken = `gone-${count()}`;
      const InstanceIds = [await launch(account, { ClientToken })];
      await account.ec2.send(new TerminateInstancesCommand({ InstanceIds }));
      return launch(account, { ClientToken });
    },
    motoIsWrong: {
      why: 'moto ignores ClientToken',
      here: { error: 'IdempotentInstanceTerminated' },
      inMoto: { answer: '<i>' },
    },
  },
  {
    what: 'RunInstances from a launch template that does not exist',
    run: (account) =>
      launch(account, { LaunchTemplate: { LaunchTemplateId: 'lt-0123456789abcdef0' } }),
    motoIsWrong: {
      why: 'moto answers 500 with an error of Python',
      here: { error: 'InvalidLaunchTemplateId.NotFound' },
      inMoto: { error: 'Error', status: 500 },
    },
  },
  {
    what: 'RunInstances from a launch template version that does not exist',
    run: (account) => {
      const LaunchTemplateId = account.launchTemplateId;
      return launch(account, { LaunchTemplate: { LaunchTemplateId, Version: '7' } });
    },
  },
  {
    what: 'RunInstances in a subnet that does not exist',
    run: (account) => launch(account, { SubnetId: 'subnet-0123456789abcdef0' }),
  },
  {
    what: 'RunInstances, dry',
    run: (account) => launch(account, { DryRun: true }),
  },
  {
    what: 'DescribeInstances by id',
    aside: asidePrimary,
    run: async (account) => {
      const InstanceIds = [await launch(account, tagged({ slot: '1' }))];
      return account.ec2.send(new DescribeInstancesCommand({ InstanceIds }));
    },
  },
  {
    what: 'DescribeInstances by an id that does not exist',
    run: ({ ec2 }) => ec2.send(new DescribeInstancesCommand({ InstanceIds: [nobody] })),
  },
  {
    what: 'DescribeInstances by an id of another form',
    run: ({ ec2 }) => ec2.send(new DescribeInstancesCommand({ InstanceIds: ['coordinator'] })),
    motoIsWrong: {
      why: 'moto does not look at the form of an id',
      here: { error: 'InvalidInstanceID.Malformed' },
      inMoto: { error: 'InvalidInstanceID.NotFound' },
    },
  },
  ...filterCases(),
  {
    what: 'DescribeInstances in pages: all come once',
    run: async (account) => {
      const cluster = `pages-${count()}`;
      for (let made = 0; made < 7; made += 1) await launch(account, tagged({ cluster }));
      const sizes: number[] = [];
      let NextToken: string | undefined;
      do {
        const Filters = [filter('tag:cluster', cluster)];
        const page = new DescribeInstancesCommand({ Filters, MaxResults: 5, NextToken });
        const answer = await account.ec2.send(page);
        sizes.push(answer.Reservations?.length ?? 0);
        NextToken = answer.NextToken;
      } while (NextToken !== undefined);
      return sizes;
    },
  },
  {
    what: 'DescribeInstances in pages and by id',
    run: async (account) => {
      const InstanceIds = [await launch(account)];
      return account.ec2.send(new DescribeInstancesCommand({ InstanceIds, MaxResults: 5 }));
    },
  },
  {
    what: 'DescribeInstanceStatus of a running instance',
    run: async (account) => {
      const InstanceIds = [await launch(account)];
      return account.ec2.send(new DescribeInstanceStatusCommand({ InstanceIds }));
    },
  },
  {
    what: 'TerminateInstances',
    run: async (account) => {
      const InstanceIds = [await launch(account)];
      return account.ec2.send(new TerminateInstancesCommand({ InstanceIds }));
    },
  },
  {
    what: 'TerminateInstances of an id that does not exist beside one that does',
    run: async (account) => {
      const id = await launch(account);
      const command = new TerminateInstancesCommand({ InstanceIds: [id, nobody] });
      const { name } = await account.ec2.send(command).then(
        () => ({ name: 'done' }),
        (error: Error) => error,
      );
      return [name, await stateOf(account, id)];
    },
  },
  {
    what: 'TerminateInstances of a protected instance',
    run: async (account) => {
      const LaunchTemplate = { LaunchTemplateId: account.protectedTemplateId };
      const InstanceIds = [await launch(account, { LaunchTemplate })];
      return account.ec2.send(new TerminateInstancesCommand({ InstanceIds }));
    },
    motoIsWrong: {
      why: 'moto takes no termination protection from a launch template',
      here: { error: 'OperationNotPermitted' },
      inMoto: { answer: { TerminatingInstances: [{ CurrentState: { Name: 'shutting-down' } }] } },
    },
  },
  {
    what: 'TerminateInstances, dry',
    run: async (account) => {
      const InstanceIds = [await launch(account)];
      return account.ec2.send(new TerminateInstancesCommand({ InstanceIds, DryRun: true }));
    },
  },
  {
    what: 'StopInstances and StartInstances',
    run: async (account) => {
      const InstanceIds = [await launch(account)];
      const { StoppingInstances } = await account.ec2.send(
        new StopInstancesCommand({ InstanceIds }),
      );
      const stopped = await stateOf(account, InstanceIds[0] ?? '');
      await account.ec2.send(new StartInstancesCommand({ InstanceIds }));
      const started = await stateOf(account, InstanceIds[0] ?? '');
      return [StoppingInstances?.[0]?.PreviousState, stopped, started];
    },
  },
  {
    what: 'CreateTags and DeleteTags on an instance',
    run: async (account) => {
      const Resources = [await launch(account)];
      const Tags = [{ Key: 'retired', Value: 'by this' }];
      await account.ec2.send(new CreateTagsCommand({ Resources, Tags }));
      const before = await tagOf(account, Resources[0] ?? '');
      await account.ec2.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: 'retired' }] }));
      return [before, await tagOf(account, Resources[0] ?? '')];
    },
  },
  {
    what: 'CreateTags on an instance that does not exist',
    run: ({ ec2 }) =>
      ec2.send(new CreateTagsCommand({ Resources: [nobody], Tags: [{ Key: 'a', Value: 'b' }] })),
    motoIsWrong: {
      why: 'moto tags what is not there',
      here: { error: 'InvalidInstanceID.NotFound' },
      inMoto: { answer: {} },
    },
  },
  {
    what: 'CreateTags with a reserved key',
    run: async (account) => {
      const Resources = [await launch(account)];
      const Tags = [{ Key: 'aws:a', Value: 'b' }];
      return account.ec2.send(new CreateTagsCommand({ Resources, Tags }));
    },
    motoIsWrong: {
      why: 'moto takes keys that begin with aws:',
      here: { error: 'InvalidParameterValue' },
      inMoto: { answer: {} },
    },
  },
];

function filterCases(): Comparison[] {
  const cases: [string, (cluster: string) => Filter[]][] = [
    ['a tag', (cluster) => [filter('tag:cluster', cluster), filter('tag:slot', '1')]],
    [
      'one of two values',
      (cluster) => [filter('tag:cluster', cluster), filter('tag:slot', '1', '2')],
    ],
    [
      'a wildcard',
      (cluster) => [filter('tag:cluster', `${cluster.slice(0, -2)}*`), filter('tag:slot', '?')],
    ],
    ['a tag key', (cluster) => [filter('tag:cluster', cluster), filter('tag-key', 'slot')]],
    [
      'a state',
      (cluster) => [filter('tag:cluster', cluster), filter('instance-state-name', 'running')],
    ],
    ['an id that does not exist', () => [filter('instance-id', nobody)]],
    ['a value of another case', (cluster) => [filter('tag:cluster', cluster.toUpperCase())]],
  ];
  return cases.map(([name, filters]) => ({
    what: `DescribeInstances filtered by ${name}`,
    run: async (account) => {
      const cluster = `filters-${count()}`;
      for (const slot of ['1', '2', '3']) await launch(account, tagged({ cluster, slot }));
      const command = new DescribeInstancesCommand({ Filters: filters(cluster) });
      const { Reservations = [] } = await account.ec2.send(command);
      return Reservations.flatMap(({ Instances = [] }) => Instances)
        .map(({ Tags }) => Number(Tags?.find(({ Key }) => Key === 'slot')?.Value))
        .toSorted(byNumber);
    },
  }));
}
