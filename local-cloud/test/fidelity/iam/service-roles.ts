/** IAM: what services do with the roles that they are given, and what they do as themselves. */
import { expect } from 'vitest';
import { createFunctionLogs } from '../../../lambda/function-logs.ts';
import {
  requireFunctionRole,
  requireStateMachineRole,
} from '../../../template/makers/service-roles.ts';
import { realClock } from '../../../time/clock.ts';
import { ec2Fixture } from '../../ec2/fixture.ts';
import { policyOf, type StatementJson, withIam } from '../../iam/iam-fixture.ts';
import {
  arnOf,
  delivered,
  executed,
  functionArn,
  machineArn,
  place,
  queueArn,
  topicArn,
} from '../../iam/services-fixture.ts';
import type { Area } from '../row.ts';

export const serviceRoles: Area = {
  title: 'IAM, roles of services',
  file: 'test/fidelity/iam/service-roles.ts',
  isRealTime: true,
  rows: [
    {
      behaviour:
        'a state machine calls with its own role: refused, the function is not run, the error is `Lambda.AWSLambdaException` and its cause plain text',
      source: 'awslabs/aws-deployment-framework issue 460',
      localCloud:
        'The same error and cause. The event is LambdaFunctionFailed; AWS’s is not checked.',
      check: withIam(async (fixture) => {
        const { failure, ran } = await executed(fixture, { Resource: functionArn });
        expect(ran).toBe(0);
        expect(failure).toMatchObject({
          error: 'Lambda.AWSLambdaException',
          cause: expect.stringMatching(
            /^User: arn:aws:sts::123456789012:assumed-role\/machine\/run is not authorized to perform: lambda:InvokeFunction on resource: .* \(Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException\)$/,
          ),
        });
        const may = { Action: 'lambda:InvokeFunction', Resource: functionArn };
        expect((await executed(fixture, { Resource: functionArn }, may)).ran).toBe(1);
      }),
    },
    {
      behaviour:
        'it publishes with its own role too: refused, the error is `SNS.AuthorizationErrorException`',
      source:
        'SNS API reference, Publish: AuthorizationError; the name as in public state machines',
      localCloud: 'The same; AWS writes the action as SNS:Publish.',
      check: withIam(async (fixture) => {
        const publish = {
          Resource: 'arn:aws:states:::sns:publish',
          Parameters: { TopicArn: topicArn, Message: 'It is over.' },
        };
        const { failure } = await executed(fixture, publish);
        expect(failure).toMatchObject({
          error: 'SNS.AuthorizationErrorException',
          cause: expect.stringContaining('is not authorized to perform: sns:Publish'),
        });
        const may = { Action: 'sns:Publish', Resource: topicArn };
        expect((await executed(fixture, publish, may)).failure).toBeUndefined();
      }),
    },
    {
      behaviour: 'a traced execution whose role may not write to X-Ray runs all the same, untraced',
      source: 'Step Functions developer guide, tracing with X-Ray, IAM policy',
      localCloud: 'The same; what was lost can be asked for. What is in a trace, nobody looks at.',
      check: withIam(async (fixture) => {
        const pass = { Type: 'Pass', TimeoutSeconds: undefined };
        expect((await executed(fixture, pass)).traces).toMatchObject([
          { lost: expect.stringContaining('xray:GetSamplingRules') },
        ]);
        const may = { Action: 'xray:*' };
        const { traces } = await executed(fixture, pass, may);
        expect(traces.map(({ lost }) => lost)).toEqual([undefined]);
      }),
    },
    {
      behaviour:
        'a state machine that logs is refused at creation when its role may not deliver logs, and so is one whose role does not trust Step Functions',
      source: 'aws/aws-cdk issue 26432; Step Functions developer guide, cw-logs, IAM policies',
      localCloud:
        'The same words, with the missing action behind them (on AWS it stands in CloudTrail). All eight actions of the guide are asked for at once (Estimate: which of them when is not published).',
      check: withIam(({ role, trusting, authorizer }) => {
        const create = (roleArn: string) => () =>
          requireStateMachineRole(
            {
              logicalId: 'Machine',
              type: 'AWS::StepFunctions::StateMachine',
              properties: { LoggingConfiguration: { Destinations: [{}] } },
              stackTags: {},
              nameOf: () => 'failover',
            },
            { ...place, authorizer, name: 'failover', roleArn },
          );
        const { principalArn } = role('machine');
        expect(create(principalArn)).toThrow(
          /The state machine IAM Role is not authorized to access the Log Destination\. .*logs:CreateLogDelivery/,
        );
        role('machine', { Action: 'logs:*' });
        expect(create(principalArn)).not.toThrow();
        const trust = { Principal: { Service: 'lambda.amazonaws.com' } };
        expect(create(trusting('other', trust))).toThrow(/authorized to assume the provided role/);
      }),
    },
    {
      behaviour:
        'a function in a VPC is refused at creation when its role may not manage interfaces; its code has the same role, told apart by `lambda:SourceFunctionArn`',
      source:
        'aws/aws-cdk issue 23589; Lambda developer guide, VPC: required IAM permissions, deny function code',
      localCloud:
        'The same words. All six actions of the guide are asked for at creation (Estimate), with the subnet and the security groups of the function.',
      check: withIam(({ role, authorizer }) => {
        const values = { VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] } };
        const create =
          (...statements: StatementJson[]) =>
          () => {
            const roleArn = role('check', ...statements).principalArn;
            const given = { what: 'Check', values };
            requireFunctionRole(given, { ...place, authorizer, name: 'check', roleArn });
          };
        const interfaces = { Action: 'ec2:*' };
        const notFromCode = {
          Effect: 'Deny' as const,
          Action: 'ec2:*',
          Condition: { ArnLike: { 'lambda:SourceFunctionArn': arnOf('lambda', 'function:*') } },
        };
        const words = 'The provided execution role does not have permissions to call';
        expect(create({ Action: 'ec2:Describe*' })).toThrow(
          `${words} CreateNetworkInterface on EC2`,
        );
        expect(create(interfaces, notFromCode)).not.toThrow();
        const code = role('check', interfaces, notFromCode);
        const request = { action: 'ec2:DescribeSubnets' };
        expect(authorizer.refusalOf(code, request)).toBeUndefined();
        const fromCode = { ...code, sourceFunctionArn: arnOf('lambda', 'function:check') };
        expect(authorizer.refusalOf(fromCode, request)).toMatch(/explicit deny/);
      }),
    },
    {
      behaviour:
        'a function whose role may not write its log runs all the same, and nothing is kept',
      source: 'Lambda developer guide, function logs, permissions',
      localCloud: 'The same; what was lost can be asked for.',
      check: withIam(({ role, authorizer }) => {
        const written = (...statements: StatementJson[]) => {
          const options = { ...place, clock: realClock, authorizer: () => authorizer };
          const logs = createFunctionLogs(options);
          const roleArn = role('worker', ...statements).principalArn;
          logs.write({ functionName: 'work', logGroupName: 'work-log', roleArn }, 'a line');
          return { lines: logs.lines().length, lost: logs.lost().map(({ refusal }) => refusal) };
        };
        expect(written()).toMatchObject({
          lines: 0,
          lost: [expect.stringContaining('logs:CreateLogStream')],
        });
        const Resource = arnOf('logs', 'log-group:work-log:*');
        const Action = ['logs:CreateLogStream', 'logs:PutLogEvents'];
        expect(written({ Action, Resource })).toEqual({ lines: 1, lost: [] });
      }),
    },
    {
      behaviour:
        'a rule calls with the role of its target; without permission nothing is tried again, and the event goes to the dead-letter queue, if that lets EventBridge send',
      source: 'EventBridge user guide, dead-letter queues; retry policy',
      localCloud: 'The same; what not even the queue takes can be asked for.',
      check: withIam(async (fixture) => {
        const refusedBoth = await delivered(fixture);
        expect(refusedBoth).toMatchObject({
          started: 0,
          letters: [],
          lost: [
            {
              reason: expect.stringContaining('states:StartExecution'),
              refusal: expect.stringContaining('sqs:SendMessage'),
            },
          ],
        });
        const send = { Action: 'sqs:SendMessage', Resource: queueArn };
        const events = { Principal: { Service: 'events.amazonaws.com' } };
        fixture.resourcePolicies.set('queue', queueArn, policyOf({ ...send, ...events }));
        expect(await delivered(fixture)).toMatchObject({ letters: [{}], lost: [] });
        const may = { Action: 'states:StartExecution', Resource: machineArn };
        expect(await delivered(fixture, may)).toMatchObject({ started: 1, letters: [], lost: [] });
      }),
    },
    {
      behaviour:
        'an alarm publishes as CloudWatch itself: a topic without a policy lets every alarm of the account in, one with a policy only whom it names',
      source:
        'aws-solutions/automated-security-response-on-aws issue 43; SNS developer guide, default policy',
      localCloud: 'The same.',
      check: withIam(({ authorizer, resourcePolicies }) => {
        const alarm = {
          name: 'cloudwatch.amazonaws.com',
          sourceArn: arnOf('cloudwatch', 'alarm:a'),
        };
        const refusal = () =>
          authorizer.refusalOfService(alarm, { action: 'sns:Publish', resource: topicArn });
        expect(refusal()).toBeUndefined();
        const tls = { Bool: { 'aws:SecureTransport': 'false' } };
        const deny = { Effect: 'Deny' as const, Action: 'sns:Publish', Principal: '*' };
        const onlyTls = { ...deny, Resource: topicArn, Condition: tls };
        resourcePolicies.set('topic', topicArn, policyOf(onlyTls));
        expect(refusal()).toMatch(/because no resource-based policy allows the sns:Publish action/);
        const named = {
          Action: 'sns:Publish',
          Principal: { Service: alarm.name },
          Resource: topicArn,
        };
        resourcePolicies.set('topic', topicArn, policyOf(onlyTls, named));
        expect(refusal()).toBeUndefined();
      }),
    },
    {
      behaviour: 'an instance gets credentials of its profile’s role only if that trusts EC2',
      source: 'EC2 user guide, IAM roles for EC2, instance metadata iam/info',
      localCloud:
        'The same, but that metadata then has no `iam` at all, where AWS has a Code that says why.',
      check: withIam(async ({ ec2, seed }) => {
        const instanceId = await seed();
        expect(ec2.callerOn(instanceId)).toMatchObject({
          principalArn: 'arn:aws:iam::123456789012:role/host',
          sessionName: instanceId,
        });
        const untrusting = await ec2Fixture({}, { mayAssume: () => false });
        expect(untrusting.ec2.callerOn(await untrusting.seed())).toBeUndefined();
        await untrusting.ec2.stop();
      }),
    },
  ],
};
