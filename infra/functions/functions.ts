/**
 * The functions, each with a role and a log of its own. Only check-info is in the VPC: it reaches
 * the coordinators and no AWS API; the others reach AWS and no coordinator.
 * What can go wrong: a function that outlives its Task in the state machine works on unseen. Its
 * timeout is below the Task's, so Lambda ends it first.
 */

import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { functionSeconds } from '../../workflow/model/timing.ts';
import {
  bundledFunctionsDirectory,
  type FunctionName,
  functionNames,
  type StackOperationFunctionName,
} from '../bundle/bundles.ts';
import { type Granted, permissionsOf } from './permissions.ts';
import { acknowledgeWildcards } from './wildcards.ts';

/** How long logs are kept, and what becomes of the audit record when the stack is deleted. */
export interface Logs {
  readonly retention: RetentionDays;
  readonly auditRemovalPolicy: RemovalPolicy;
}

interface FunctionsProps extends Granted {
  readonly vpc: IVpc;
  readonly subnet: ISubnet;
  readonly checkSecurityGroup: ISecurityGroup;
  readonly logs: Logs;
}

/** Megabytes. They also buy CPU: functions that load the SDK start in half the time with 512 MB. */
const memory: Readonly<Record<FunctionName, number>> = {
  'survey-coordinators': 512,
  'check-info': 256,
  'confirm-failure': 256,
  'pick-standby': 256,
  'terminate-instance': 512,
  'attach-eni': 512,
  'launch-standby': 512,
  'reset-alarms': 512,
  'record-incident': 512,
};

/** What a function is made of. */
interface FunctionMaking {
  readonly name: FunctionName | StackOperationFunctionName;
  readonly clusterName: string;
  readonly memory: number;
  readonly statements: readonly PolicyStatement[];
  readonly log: { readonly retention: RetentionDays; readonly removalPolicy: RemovalPolicy };
  readonly place?: ReturnType<typeof placeInVpc>;
}

export class Functions extends Construct {
  readonly byName: Readonly<Record<FunctionName, LambdaFunction>>;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    const permissions = permissionsOf(this, props);
    const made = functionNames.map((name) => [
      name,
      makeFunction(this, {
        name,
        clusterName: props.clusterName,
        memory: memory[name],
        statements: permissions[name],
        log: logOf(name, props.logs),
        ...(name === 'check-info' ? { place: placeInVpc(props) } : {}),
      }),
    ]);
    this.byName = Object.fromEntries(made) as Record<FunctionName, LambdaFunction>;
  }
}

/** With a role and a log of its own. */
export function makeFunction(parent: Construct, making: FunctionMaking): LambdaFunction {
  const { name } = making;
  const description = `${name} of the coordinator failover of ${making.clusterName}`;
  const scope = new Construct(parent, idOf(name));
  const logGroup = new LogGroup(scope, 'Log', making.log);
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description,
  });
  role.addToPolicy(
    new PolicyStatement({
      sid: 'OwnLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  for (const statement of making.statements) role.addToPolicy(statement);
  acknowledgeWildcards(role, making.statements);
  return new LambdaFunction(scope, 'Function', {
    description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: Code.fromAsset(join(bundledFunctionsDirectory(), name)),
    timeout: Duration.seconds(functionSeconds[name]),
    memorySize: making.memory,
    role,
    logGroup,
    // Every field can be searched; what the functions write is an object.
    loggingFormat: LoggingFormat.JSON,
    ...making.place,
  });
}

/** The log of record-incident is the audit record: it outlives executions and stack. */
function logOf(name: FunctionName, { retention, auditRemovalPolicy }: Logs) {
  return name === 'record-incident'
    ? { retention: RetentionDays.TEN_YEARS, removalPolicy: auditRemovalPolicy }
    : { retention, removalPolicy: RemovalPolicy.DESTROY };
}

function placeInVpc(props: FunctionsProps) {
  return {
    vpc: props.vpc,
    vpcSubnets: { subnets: [props.subnet] },
    securityGroups: [props.checkSecurityGroup],
    // CDK refuses a public subnet, from which a function gets no internet: check-info needs none.
    allowPublicSubnet: true,
  };
}

/** `check-info` becomes `CheckInfo`. */
function idOf(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
}
