/** A small stack as CDK writes it: an alarm starts a state machine, whose function describes the ENI. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const getAtt = (logicalId: string, attribute: string) => ({ 'Fn::GetAtt': [logicalId, attribute] });
const joined = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });

/** Says which role it is by its access key, and where the AWS API is. */
const code = `export const handler = async (event) => ({
  event, key: process.env.AWS_ACCESS_KEY_ID, endpoint: process.env.AWS_ENDPOINT_URL });`;

/** Writes cdk.out: one asset folder and the manifest that names it. */
export async function writeAssets(directory: string): Promise<void> {
  await mkdir(join(directory, 'asset.abc'), { recursive: true });
  await writeFile(join(directory, 'asset.abc', 'index.mjs'), code);
  const manifest = {
    files: {
      abc: {
        source: { path: 'asset.abc', packaging: 'zip' },
        destinations: { here: { bucketName: 'assets', objectKey: 'abc.zip' } },
      },
    },
  };
  await writeFile(join(directory, 'stack.assets.json'), JSON.stringify(manifest));
}

const policy = (statement: object) => ({ Version: '2012-10-17', Statement: [statement] });

/** With `may`, a policy of its own that allows that one action on that one resource. */
const role = (service: string, may?: { readonly Action: string; readonly Resource: object }) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: policy({
      Action: 'sts:AssumeRole',
      Effect: 'Allow',
      Principal: { Service: service },
    }),
    ...(may === undefined
      ? {}
      : {
          Policies: [{ PolicyName: 'own', PolicyDocument: policy({ Effect: 'Allow', ...may }) }],
        }),
  },
});

const definition = joined(
  '{"StartAt":"Receive","States":{"Receive":{"Type":"Pass","Parameters":{"count":',
  { Ref: 'Count' },
  ',"eni":"',
  { Ref: 'Address' },
  '","request.$":"$$.Execution.Input"},"Next":"Look"},"Look":{"Type":"Task","Resource":"',
  getAtt('Look', 'Arn'),
  '","TimeoutSeconds":5,"ResultPath":"$.look","End":true}}}',
);

export const template = {
  Parameters: {
    VpcId: { Type: 'AWS::EC2::VPC::Id' },
    SubnetId: { Type: 'AWS::EC2::Subnet::Id' },
    Count: { Type: 'Number', Default: 2, MinValue: 1, MaxValue: 9 },
  },
  Resources: {
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: {
          source: ['aws.cloudwatch'],
          resources: [getAtt('Alarm', 'Arn')],
          detail: { state: { value: ['ALARM'] } },
        },
        Targets: [
          {
            Id: 'Target0',
            Arn: { Ref: 'Machine' },
            RoleArn: getAtt('EventsRole', 'Arn'),
            DeadLetterConfig: { Arn: getAtt('Dead', 'Arn') },
            RetryPolicy: { MaximumEventAgeInSeconds: 120 },
          },
        ],
      },
    },
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: joined({ Ref: 'AWS::StackName' }, '-health'),
        ComparisonOperator: 'LessThanThreshold',
        EvaluationPeriods: 1,
        MetricName: 'ActiveHealth',
        Namespace: 'Test',
        Period: 10,
        Statistic: 'Minimum',
        Threshold: 1,
      },
    },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { DefinitionString: definition, RoleArn: getAtt('MachineRole', 'Arn') },
      DependsOn: ['MachineRole'],
    },
    Look: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: { 'Fn::Sub': `assets-\${AWS::AccountId}` }, S3Key: 'abc.zip' },
        Handler: 'index.handler',
        Role: getAtt('LookRole', 'Arn'),
        Runtime: 'nodejs24.x',
        Timeout: 5,
        LoggingConfig: { LogGroup: { Ref: 'Log' } },
      },
    },
    Address: {
      Type: 'AWS::EC2::NetworkInterface',
      Properties: {
        SubnetId: { Ref: 'SubnetId' },
        GroupSet: [getAtt('Group', 'GroupId')],
        Tags: [{ Key: 'cluster', Value: { Ref: 'AWS::StackName' } }],
      },
    },
    Group: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: { GroupDescription: 'all', VpcId: { Ref: 'VpcId' } },
    },
    Template: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: {
        LaunchTemplateData: {
          ImageId: 'ami-1',
          IamInstanceProfile: { Arn: getAtt('Profile', 'Arn') },
          UserData: {
            'Fn::Base64': joined('address=', getAtt('Address', 'PrimaryPrivateIpAddress')),
          },
        },
      },
    },
    Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: [{ Ref: 'HostRole' }] } },
    HostRole: role('ec2.amazonaws.com'),
    LookRole: role('lambda.amazonaws.com'),
    MachineRole: role('states.amazonaws.com', {
      Action: 'lambda:InvokeFunction',
      Resource: getAtt('Look', 'Arn'),
    }),
    EventsRole: role('events.amazonaws.com', {
      Action: 'states:StartExecution',
      // By name: the machine's ARN would make a circle.
      Resource: { 'Fn::Sub': `arn:aws:states:\${AWS::Region}:\${AWS::AccountId}:stateMachine:*` },
    }),
    LookPolicy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'look',
        PolicyDocument: policy({ Action: 'ec2:Describe*', Effect: 'Allow', Resource: '*' }),
        Roles: [{ Ref: 'LookRole' }],
      },
    },
    Log: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 30 } },
    Dead: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1209600 } },
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: { DashboardBody: '{"widgets":[]}' },
    },
  },
  Outputs: {
    Url: { Value: joined('http://', getAtt('Address', 'PrimaryPrivateIpAddress')) },
    StateMachineArn: { Value: { Ref: 'Machine' } },
  },
};
