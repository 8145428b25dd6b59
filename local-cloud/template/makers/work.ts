/** What works: functions, state machines, alarms, rules. */
import type { CloudWatch } from '../../cloudwatch/cloudwatch.ts';
import type { EventBus } from '../../event-bus/event-bus.ts';
import type { FunctionProperties, Lambda } from '../../lambda/lambda.ts';
import {
  isRecord,
  oneOf,
  optionalNumber,
  optionalText,
  propertiesOf,
  record,
  text,
  textRecord,
} from '../../properties.ts';
import type { StepFunctions } from '../../step-functions/step-functions.ts';
import type { Assets } from '../assets.ts';
import { type Created, type Makers, named, type ToBeMade, unlessReplaced } from '../resource.ts';
import { read } from './read.ts';

interface WorkOptions {
  readonly cloudWatch: CloudWatch;
  readonly eventBus: EventBus;
  readonly lambda: Lambda;
  readonly stepFunctions: StepFunctions;
  readonly assets: Assets;
  /** What addresses in the VPC begin with. */
  readonly vpcAddressPrefixes: readonly string[];
}

export function workMakers(options: WorkOptions): Makers {
  const { cloudWatch, eventBus, stepFunctions } = options;
  return {
    'AWS::Lambda::Function'(resource) {
      const name = optionalText(functionProperties(resource), 'FunctionName');
      return lambdaFunction(resource, options, name ?? resource.nameOf(64));
    },
    'AWS::Lambda::Permission': (resource) =>
      named(resource, { physicalId: resource.nameOf(128) }, Object.keys(resource.properties)),
    'AWS::CloudWatch::Alarm'(resource) {
      const made = cloudWatch.createAlarm(resource.properties, resource.nameOf(255));
      return alarm(cloudWatch, resource, made);
    },
    'AWS::CloudWatch::Dashboard'(resource) {
      const given = read(resource, ['DashboardName', 'DashboardBody']);
      const name = optionalText(given, 'DashboardName') ?? resource.nameOf(255);
      checkDashboard(given.what, text(given, 'DashboardBody'));
      return named(resource, { physicalId: name }, ['DashboardName']);
    },
    'AWS::Events::Rule'(resource) {
      const fallbackName = resource.nameOf(64);
      const { ruleName, ruleArn } = eventBus.addRule(resource.properties, fallbackName);
      return rule(eventBus, resource, { ruleName, ruleArn });
    },
    'AWS::StepFunctions::StateMachine'(resource) {
      const { name: given, ...properties } = machineProperties(resource);
      const name = given ?? resource.nameOf(80);
      const { stateMachineArn } = stepFunctions.createStateMachine({ name, ...properties });
      return stateMachine(stepFunctions, resource, { name, stateMachineArn });
    },
  };
}

/** PutDashboard refuses a body that is not JSON with widgets in it; nothing draws it here. */
function checkDashboard(what: string, body: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    throw new Error(`${what}: DashboardBody is not JSON.`, { cause: error });
  }
  if (!isRecord(parsed) || !Array.isArray(parsed.widgets)) {
    throw new Error(`${what}: DashboardBody has no list of widgets.`);
  }
}

function alarm(
  cloudWatch: CloudWatch,
  from: ToBeMade,
  made: { readonly alarmName: string; readonly alarmArn: string },
): Created {
  const { alarmName, alarmArn } = made;
  return {
    physicalId: alarmName,
    attributes: { Arn: alarmArn },
    change: unlessReplaced(from, ['AlarmName'], (to) => {
      cloudWatch.changeAlarm(alarmName, to.properties);
      return alarm(cloudWatch, to, made);
    }),
    remove: () => cloudWatch.removeAlarm(alarmName),
  };
}

function rule(
  eventBus: EventBus,
  from: ToBeMade,
  made: { readonly ruleName: string; readonly ruleArn: string },
): Created {
  const { ruleName, ruleArn } = made;
  return {
    physicalId: ruleName,
    attributes: { Arn: ruleArn },
    change: unlessReplaced(from, ['Name'], (to) => {
      eventBus.removeRule(ruleName);
      eventBus.addRule(to.properties, ruleName);
      return rule(eventBus, to, made);
    }),
    remove: () => eventBus.removeRule(ruleName),
  };
}

function machineProperties(resource: ToBeMade) {
  const given = read(resource, [
    'DefinitionString',
    'LoggingConfiguration',
    'RoleArn',
    'StateMachineName',
    'StateMachineType',
    'Tags',
    'TracingConfiguration',
  ]);
  oneOf(given, 'StateMachineType', ['STANDARD'], 'STANDARD');
  return {
    name: optionalText(given, 'StateMachineName'),
    definition: text(given, 'DefinitionString'),
    roleArn: text(given, 'RoleArn'),
  };
}

function stateMachine(
  stepFunctions: StepFunctions,
  from: ToBeMade,
  made: { readonly name: string; readonly stateMachineArn: string },
): Created {
  const { name, stateMachineArn } = made;
  return {
    physicalId: stateMachineArn,
    attributes: { Arn: stateMachineArn, Name: name },
    change: unlessReplaced(from, ['StateMachineName', 'StateMachineType'], (to) => {
      const { definition, roleArn } = machineProperties(to);
      stepFunctions.updateStateMachine({ stateMachineArn, definition, roleArn });
      return stateMachine(stepFunctions, to, made);
    }),
    remove: () => stepFunctions.deleteStateMachine(stateMachineArn),
  };
}

const functionPropertyNames = [
  'Architectures',
  'Code',
  'Description',
  'Environment',
  'FunctionName',
  'Handler',
  'LoggingConfig',
  'MemorySize',
  'Role',
  'Runtime',
  'Tags',
  'Timeout',
  'TracingConfig',
  'VpcConfig',
];

const functionProperties = (resource: ToBeMade) => read(resource, functionPropertyNames);

function lambdaFunction(from: ToBeMade, options: WorkOptions, functionName: string): Created {
  const { lambda } = options;
  const { functionArn } = lambda.addFunction(functionOf(from, options, functionName));
  return {
    physicalId: functionName,
    attributes: { Arn: functionArn },
    change: unlessReplaced(from, ['FunctionName'], (to) =>
      lambdaFunction(to, options, functionName),
    ),
    remove: () => lambda.removeFunction(functionArn),
  };
}

/** Lambda's defaults: 3 s, 128 MB. */
function functionOf(
  resource: ToBeMade,
  { assets, vpcAddressPrefixes }: WorkOptions,
  functionName: string,
): FunctionProperties {
  const given = functionProperties(resource);
  if (!/^nodejs\d+\.x$/.test(text(given, 'Runtime'))) {
    throw new Error(`${given.what} has the Runtime ${text(given, 'Runtime')}, not one of Node.`);
  }
  const code = propertiesOf(`${given.what} Code`, record(given, 'Code'), ['S3Bucket', 'S3Key']);
  const environment = propertiesOf(`${given.what} Environment`, record(given, 'Environment'), [
    'Variables',
  ]);
  return {
    functionName,
    codeDirectory: assets.folderOf(given.what, text(code, 'S3Key')),
    handler: text(given, 'Handler'),
    timeoutSeconds: optionalNumber(given, 'Timeout') ?? 3,
    memoryMegabytes: optionalNumber(given, 'MemorySize') ?? 128,
    environment: textRecord(environment, 'Variables'),
    roleArn: text(given, 'Role'),
    ...('VpcConfig' in given.values ? { vpcAddressPrefixes } : {}),
  };
}
