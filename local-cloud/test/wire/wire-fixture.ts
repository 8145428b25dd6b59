/** The local cloud's endpoint with EC2 and two stand-in services, and SDK clients for it. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { type Credentials, createCallers } from '../../service/callers.ts';
import type { Operation, RecordedCall, Service } from '../../service/service.ts';
import { realClock } from '../../time/clock.ts';
import { serve } from '../../wire/wire.ts';
import { type Ec2Fixture, ec2Fixture } from '../ec2/fixture.ts';

export const roleArn = 'arn:aws:iam::123456789012:role/survey';
export const nobody: Credentials = { accessKeyId: 'nobody', secretAccessKey: 'x' };

export interface WireFixture {
  readonly ec2: Ec2Fixture;
  readonly endpoint: string;
  readonly calls: RecordedCall[];
  /** What the stand-in services were called with. */
  readonly inputs: object[];
  /** What they answer. */
  answer: () => object;
  ec2Client(credentials?: Credentials): EC2Client;
  cloudWatch(credentials?: Credentials): CloudWatchClient;
  sfn(credentials?: Credentials): SFNClient;
  /** A request by hand, with a valid access key. */
  post(body: string, headers: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

export async function wireFixture(): Promise<WireFixture> {
  const ec2 = await ec2Fixture();
  const calls: RecordedCall[] = [];
  const inputs: object[] = [];
  const callers = createCallers();
  const own = callers.issue(roleArn);

  const standIn = (name: string, names: readonly string[]): Service => {
    const operation: Operation = {
      takes: ['executionArn', 'stateMachineArn', 'Namespace', 'MetricData[].*'],
      async run(input) {
        inputs.push(input);
        return fixture.answer();
      },
    };
    return { name, operations: Object.fromEntries(names.map((each) => [each, operation])) };
  };
  const services = [
    ec2.ec2.service,
    standIn('cloudwatch', ['PutMetricData', 'DescribeAlarms']),
    standIn('sfn', ['StartExecution', 'DescribeExecution']),
  ];
  const onCall = (call: RecordedCall) => void calls.push(call);
  const server = await serve(services, { clock: realClock, callers, onCall });
  const { endpoint } = server;
  const settings = (credentials: Credentials) => ({
    region: 'us-east-1',
    endpoint,
    credentials,
    maxAttempts: 1,
  });
  const fixture: WireFixture = {
    ec2,
    endpoint,
    calls,
    inputs,
    answer: () => ({}),
    ec2Client: (credentials = own) => new EC2Client(settings(credentials)),
    cloudWatch: (credentials = own) => new CloudWatchClient(settings(credentials)),
    sfn: (credentials = own) => new SFNClient(settings(credentials)),
    post: (body, headers) => {
      const authorization = `AWS4-HMAC-SHA256 Credential=${own.accessKeyId}/20260101/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0`;
      const all = { authorization, 'content-type': 'text/plain', ...headers };
      return fetch(endpoint, { method: 'POST', headers: all, body });
    },
    async stop() {
      await server.stop();
      await ec2.ec2.stop();
    },
  };
  return fixture;
}
