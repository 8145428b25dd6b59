import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, expect, test } from 'vitest';
import { CoordinatorFailoverStack, type Numbers } from '../../../infra/stack/stack.ts';
import {
  type CloudFormationTemplate,
  onlyResource,
  stateMachineOf,
  textOf,
} from '../template-reading.ts';

let template: CloudFormationTemplate;
/** Without CDK's own. */
let parameters: [string, Parameter][];

beforeAll(() => {
  const stack = new CoordinatorFailoverStack(new App(), 'Presto');
  template = Template.fromStack(stack).toJSON() as CloudFormationTemplate;
  parameters = Object.entries(template.Parameters).filter(([name]) => name !== 'BootstrapVersion');
});

interface Parameter {
  readonly Default?: string | number;
  readonly Description?: string;
  readonly AllowedValues?: readonly string[];
  readonly AllowedPattern?: string;
  readonly ConstraintDescription?: string;
}

interface Form {
  readonly ParameterGroups: readonly {
    readonly Label: { readonly default: string };
    readonly Parameters: readonly string[];
  }[];
  readonly ParameterLabels: Readonly<Record<string, { readonly default: string }>>;
}

function form(): Form {
  return template.Metadata['AWS::CloudFormation::Interface'] as Form;
}

test('form: HACoordinatorsCount is under "EC2 Configuration", as it has always been', () => {
  const group = form().ParameterGroups.find(({ Label }) => Label.default === 'EC2 Configuration');
  expect(group?.Parameters).toContain('HACoordinatorsCount');
  expect(form().ParameterLabels.HACoordinatorsCount).toEqual({ default: 'HACoordinatorsCount' });
});

test('form: every parameter is in one group, has a label and is described', () => {
  const grouped = form().ParameterGroups.flatMap(({ Parameters }) => Parameters);
  expect(grouped.toSorted()).toEqual(parameters.map(([name]) => name).toSorted());
  expect(new Set(grouped).size).toBe(grouped.length);
  expect(Object.keys(form().ParameterLabels).toSorted()).toEqual(grouped.toSorted());
  for (const [name, { Description }] of parameters) expect(Description, name).toBeTypeOf('string');
});

test('form: whatever is limited says in words what is allowed', () => {
  const limited = parameters.filter(([, parameter]) =>
    ['AllowedValues', 'AllowedPattern', 'MinValue', 'MaxValue'].some((limit) => limit in parameter),
  );
  expect(limited.length).toBeGreaterThan(8);
  for (const [name, { ConstraintDescription }] of limited) {
    expect(ConstraintDescription, name).toMatch(/^must be /);
  }
});

test('form: a default is a value that its parameter allows', () => {
  for (const [name, { Default, AllowedValues, AllowedPattern }] of parameters) {
    if (Default === undefined) continue;
    if (AllowedValues !== undefined) expect(AllowedValues, name).toContain(String(Default));
    if (AllowedPattern === undefined) continue;
    for (const item of String(Default).split(',')) {
      expect(item, name).toMatch(new RegExp(AllowedPattern));
    }
  }
});

test.each(['ClientCidr', 'SshCidr'])(
  'form: %s takes IPv4 ranges and nothing that EC2 refuses',
  (name) => {
    const { AllowedPattern = '' } = Object.fromEntries(parameters)[name] as Parameter;
    const takes = (value: string) => new RegExp(AllowedPattern).test(value);
    for (const good of ['0.0.0.0/0', '10.0.0.0/8', '192.168.255.254/32'])
      expect(takes(good)).toBe(true);
    for (const bad of ['300.0.0.0/8', '10.0.0.0/33', '10.0.0.1', '::/0', 'all', '010.0.0.0/8']) {
      expect(takes(bad), bad).toBe(false);
    }
  },
);

test('form: numbers of an app are held against the same limits as props', () => {
  const make = (numbers: Numbers) => () =>
    new CoordinatorFailoverStack(new App(), 'Presto', { numbers });
  expect(make({ haCoordinatorsCount: 20 })).toThrow(
    'haCoordinatorsCount is 20, but must be a whole number from 1 to 9.',
  );
  expect(make({ httpPort: 0 })).toThrow(
    'httpPort is 0, but must be a whole number from 1 to 65535.',
  );
  expect(make({ graceSeconds: 0, logRetention: 7 })).not.toThrow();
});

test('form: a stack whose name is too long for a cluster is an error at synth', () => {
  expect(() => new CoordinatorFailoverStack(new App(), 'S'.repeat(71))).toThrow(
    /stackName is "S+", but must be a letter, then letters, digits and hyphens, at most 70 in all/,
  );
});

test('form: only what nobody can guess has no default', () => {
  const asked = parameters.filter(([, { Default }]) => Default === undefined);
  expect(asked.map(([name]) => name)).toEqual(['VpcId', 'SubnetId', 'ImageId']);
});

test('form: the outputs say where the coordinator is and what to look at', () => {
  const given = { HttpPort: '8080', 'AWS::StackName': 'presto', 'AWS::Region': 'eu-west-1' };
  const [address] = onlyResource(template, 'AWS::EC2::NetworkInterface');
  const [machine] = stateMachineOf(template, 'Workflow');
  const [topic] = onlyResource(template, 'AWS::SNS::Topic');
  const outputs = Object.entries(template.Outputs).map(([name, { Value }]) => [
    name,
    textOf(Value, given),
  ]);
  expect(Object.fromEntries(outputs)).toEqual({
    PrestoCoordinatorURL: `http://<${address}.PrimaryPrivateIpAddress>:8080`,
    PrestoSSH: `ssh ec2-user@<${address}.PrimaryPrivateIpAddress>`,
    DashboardConsole:
      'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/presto-coordinator',
    TimeBudget: expect.stringContaining('verified 52.2 s'),
    StateMachineArn: `<${machine}>`,
    StateMachineConsole: `https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/statemachines/view/<${machine}>`,
    NetworkInterfaceId: `<${address}>`,
    ClusterName: 'presto',
    NotificationTopicArn: `<${topic}>`,
  });
});
