/** Functions, state machines, alarms and rules. */
import type { CloudWatch } from '../../cloudwatch/cloudwatch.ts';
import type { EventBus } from '../../event-bus/event-bus.ts';
import type { Authorizer } from '../../iam/authorizer.ts';
import type { ResourcePolicies } from '../../iam/resource-policies.ts';
import type { FunctionProperties, Lambda } from '../../lambda/lambda.ts';
import {
  flag,
  isRecord,
  oneOf,
  optionalNumber,
  optionalText,
  type Properties,
  propertiesOf,
  record,
  text,
  textRecord,
} from '../../service/properties.ts';
import type { StepFunctions } from '../../step-functions/step-functions.ts';
import type { Assets } from '../assets.ts';
import {
  type Created,
  type Makers,
  named,
  read,
  type ToBeMade,
  unlessReplaced,
} from '../resource.ts';
import { functionPermission } from './policies.ts';
import { requireFunctionRole, requireStateMachineRole } from './service-roles.ts';

interface WorkOptions {
  readonly region: string;
  readonly accountId: string;
  readonly authorizer: Authorizer;
  readonly resourcePolicies: ResourcePolicies;
  readonly cloudWatch: CloudWatch;
  readonly eventBus: EventBus;
  readonly lambda: Lambda;
  readonly stepFunctions: StepFunctions;
  readonly assets: Assets;
  /** The beginning of addresses in the VPC. */
  readonly vpcAddressPrefixes: readonly string[];
}

export function workMakers(options: WorkOptions): Makers {
  const { cloudWatch, eventBus, stepFunctions } = options;
  return {
    'AWS::Lambda::Function'(resource) {
      const name = optionalText(functionProperties(resource), 'FunctionName');
      return lambdaFunction(resource, options, name ?? resource.nameOf(64));
    },
    'AWS::Lambda::Permission': (resource) => functionPermission(resource, options),
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
      requireStateMachineRole(resource, { ...options, name, roleArn: properties.roleArn });
      const { stateMachineArn } = stepFunctions.createStateMachine({ name, ...properties });
      return stateMachine(options, resource, { name, stateMachineArn });
    },
  };
}

/** PutDashboard refuses a body that is not JSON with widgets. Nothing draws the dashboard here. */
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
  const tracing = record(given, 'TracingConfiguration');
  return {
    name: optionalText(given, 'StateMachineName'),
    definition: text(given, 'DefinitionString'),
    roleArn: text(given, 'RoleArn'),
    isTraced: flag(
      propertiesOf(`${given.what} TracingConfiguration`, tracing, ['Enabled']),
      'Enabled',
      false,
    ),
  };
}

function stateMachine(
  options: WorkOptions,
  from: ToBeMade,
  made: { readonly name: string; readonly stateMachineArn: string },
): Created {
  const { name, stateMachineArn } = made;
  const { stepFunctions } = options;
  return {
    physicalId: stateMachineArn,
    attributes: { Arn: stateMachineArn, Name: name },
    change: unlessReplaced(from, ['StateMachineName', 'StateMachineType'], (to) => {
      const { name: _name, ...properties } = machineProperties(to);
      requireStateMachineRole(to, { ...options, name, roleArn: properties.roleArn });
      stepFunctions.updateStateMachine({ stateMachineArn, ...properties });
      return stateMachine(options, to, made);
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
  options: WorkOptions,
  functionName: string,
): FunctionProperties {
  const { assets, vpcAddressPrefixes } = options;
  const given = functionProperties(resource);
  const roleArn = text(given, 'Role');
  requireFunctionRole(given, { ...options, name: functionName, roleArn });
  if (!/^nodejs\d+\.x$/.test(text(given, 'Runtime'))) {
    throw new Error(`${given.what} has the Runtime ${text(given, 'Runtime')}, not one of Node.`);
  }
  const code = propertiesOf(`${given.what} Code`, record(given, 'Code'), ['S3Bucket', 'S3Key']);
  const environment = propertiesOf(`${given.what} Environment`, record(given, 'Environment'), [
    'Variables',
  ]);
  const logging = loggingOf(given);
  return {
    functionName,
    codeDirectory: assets.folderOf(given.what, text(code, 'S3Key')),
    handler: text(given, 'Handler'),
    timeoutSeconds: optionalNumber(given, 'Timeout') ?? 3,
    memoryMegabytes: optionalNumber(given, 'MemorySize') ?? 128,
    environment: textRecord(environment, 'Variables'),
    roleArn,
    logGroupName: optionalText(logging, 'LogGroup') ?? `/aws/lambda/${functionName}`,
    logFormat: oneOf(logging, 'LogFormat', ['Text', 'JSON'] as const, 'Text'),
    ...('VpcConfig' in given.values ? { vpcAddressPrefixes } : {}),
  };
}

/** The platform writes no lines here, so only the default of its level is taken. */
function loggingOf(given: Properties): Properties {
  const names = ['LogGroup', 'LogFormat', 'ApplicationLogLevel', 'SystemLogLevel'];
  const logging = propertiesOf(
    `${given.what} LoggingConfig`,
    record(given, 'LoggingConfig'),
    names,
  );
  oneOf(logging, 'ApplicationLogLevel', ['INFO'], 'INFO');
  return logging;
}
