/** What is common to all calls of the AWS API: time, faults, credentials, form. */
import { DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  AttachNetworkInterfaceCommand,
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVolumesCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'vitest';
import { dispatch } from '../../service/dispatch.ts';
import { ServiceError } from '../../service/service.ts';
import { manualClock } from '../../time/manual-clock.ts';
import { clientsFor, type LocalAccount, localAccount } from './others/account.ts';
import { type Area, refused } from './row.ts';

export const apiCalls: Area = {
  title: 'All services, calls',
  file: 'test/fidelity/api-calls.ts',
  isRealTime: true,
  rows: [
    {
      behaviour: 'a call takes its time',
      source: 'Estimate: tens to hundreds of milliseconds inside a region; no figure is published',
      localCloud: 'The same; `apiCall` for each.',
      check: async () => {
        const clock = manualClock();
        const answered: string[] = [];
        const run = async () => ({});
        const service = { name: 'ec2', operations: { Look: { takes: [], run } } };
        const caller = { accessKeyId: 'k', principalArn: 'p' };
        const latencies = (name: string) => (name === 'apiCall' ? 60 : 0);
        const call = dispatch(service, 'Look', {}, caller, { clock, latencies });
        void call.then(() => answered.push('yes'));
        await clock.advance(59);
        expect(answered).toEqual([]);
        await clock.advance(1);
        expect(answered).toEqual(['yes']);
      },
    },
    {
      behaviour:
        'any call of EC2 may be throttled: `RequestLimitExceeded`, 503; the SDK tries it again by itself',
      source: 'EC2 developer guide, request throttling; API error codes',
      localCloud: 'By the `faults` of calls: before the operation runs. None by default.',
      check: onAccount(async (account) => {
        const throttled = new ServiceError('RequestLimitExceeded', 'Request limit exceeded.', 503);
        account.faulty(() => ({ effect: 'none', error: throttled }));
        const look = new DescribeInstancesCommand({});
        await expect(account.ec2.send(look)).rejects.toMatchObject({
          name: 'RequestLimitExceeded',
          $metadata: { httpStatusCode: 503 },
        });
        let first = true;
        account.faulty(() => {
          const fault = first ? ({ effect: 'none', error: throttled } as const) : undefined;
          first = false;
          return fault;
        });
        const { ec2 } = clientsFor(account.endpoint, account.credentialsOf('p'), {
          maxAttempts: 2,
        });
        expect((await ec2.send(look)).$metadata.attempts).toBe(2);
      }),
    },
    {
      behaviour:
        'while a zone is disrupted a describe fails that names no ids, or ids of that zone; one of ids elsewhere works',
      source:
        'EC2 API reference, DescribeInstances: "in the rare case where an Availability Zone is experiencing a service disruption"',
      localCloud: 'By the `faults` of calls, which see the ids that are asked for.',
      check: onAccount(async (account) => {
        const elsewhere = await launch(account);
        const error = new ServiceError('InternalError', 'An internal error has occurred.', 500);
        account.faulty(({ operation, input }) => {
          const ids = 'InstanceIds' in input ? input.InstanceIds : undefined;
          const isSafe = Array.isArray(ids) && ids.every((id) => id === elsewhere);
          return operation === 'DescribeInstances' && !isSafe
            ? { effect: 'none', error }
            : undefined;
        });
        const describe = (InstanceIds?: string[]) =>
          account.ec2.send(new DescribeInstancesCommand({ InstanceIds }));
        await refused(describe(), 'InternalError');
        await refused(describe(['i-0123456789abcdef0']), 'InternalError');
        expect((await describe([elsewhere])).Reservations).toHaveLength(1);
      }),
    },
    {
      behaviour:
        'a call that changes what has just been made may not find it either: `InvalidInstanceID.NotFound` right after a launch proves nothing',
      source:
        'EC2 developer guide, eventual consistency: a resource that has just been created, used in the next call',
      localCloud:
        'By the `faults` of calls. By itself only a describe does not find it yet: calls that change something see the world as it is.',
      check: onAccount(async (account) => {
        const Resources = [await launch(account)];
        const tag = new CreateTagsCommand({ Resources, Tags: [{ Key: 'a', Value: 'b' }] });
        const error = new ServiceError('InvalidInstanceID.NotFound', 'It does not exist.');
        let left = 1;
        account.faulty(({ operation }) => {
          if (operation !== 'CreateTags' || left === 0) return undefined;
          left -= 1;
          return { effect: 'none', error };
        });
        await refused(account.ec2.send(tag), 'InvalidInstanceID.NotFound');
        expect((await account.ec2.send(tag)).$metadata.httpStatusCode).toBe(200);
      }),
    },
    {
      behaviour: 'a 5xx or a lost answer does not say whether the call has had its effect',
      source: 'EC2 developer guide, ensuring idempotency; server errors',
      localCloud:
        "By the `faults` of calls: `effect: 'done'` runs the operation and answers the error.",
      check: onAccount(async (account) => {
        const InstanceId = await launch(account);
        const NetworkInterfaceId = await account.createNetworkInterface();
        const error = new ServiceError('Unavailable', 'The server is overloaded.', 503);
        account.faulty(() => ({ effect: 'done', error }));
        const command = { NetworkInterfaceId, InstanceId, DeviceIndex: 1 };
        await refused(account.ec2.send(new AttachNetworkInterfaceCommand(command)), 'Unavailable');
        account.faulty(() => undefined);
        const NetworkInterfaceIds = [NetworkInterfaceId];
        const { NetworkInterfaces } = await account.ec2.send(
          new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds }),
        );
        expect(NetworkInterfaces?.[0]?.Attachment?.InstanceId).toBe(InstanceId);
      }),
    },
    {
      behaviour:
        'an unknown access key: `AuthFailure` in EC2, `InvalidClientTokenId` in CloudWatch, `UnrecognizedClientException` in Step Functions',
      source: 'The services’ API references, common errors',
      localCloud: 'The same. Signatures are not verified; who calls is known by the key.',
      check: onAccount(async ({ endpoint }) => {
        const nobody = { accessKeyId: 'nobody', secretAccessKey: 'x' };
        const { ec2, cloudWatch, sfn } = clientsFor(endpoint, nobody);
        await refused(ec2.send(new DescribeInstancesCommand({})), 'AuthFailure');
        await refused(cloudWatch.send(new DescribeAlarmsCommand({})), 'InvalidClientTokenId');
        const start = new StartExecutionCommand({ stateMachineArn: 'x' });
        await refused(sfn.send(start), 'UnrecognizedClientException');
      }),
    },
    {
      behaviour: 'errors arrive as the SDK’s own classes, with the service’s code and status',
      source: 'The SDK’s models: error shapes, query error codes',
      localCloud:
        'The same over HTTP and in process, for codes that several shapes share too (CloudWatch’s `ResourceNotFound`).',
      check: onAccount(async ({ cloudWatch }) => {
        const command = { AlarmName: 'nobody', StateValue: 'OK', StateReason: 'x' } as const;
        const error: unknown = await cloudWatch
          .send(new SetAlarmStateCommand(command))
          .catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ $metadata: { httpStatusCode: 404 } });
        expect((error as Error).constructor.name).toBe('ResourceNotFound');
      }),
    },
    {
      behaviour: 'AWS implements all operations and parameters',
      source: 'The services’ API references',
      localCloud:
        'An operation or a parameter that it does not implement is an error (501) by its name: `NotImplementedByLocalCloud`; never ignored.',
      check: onAccount(async (account) => {
        const { ec2 } = account;
        const operation = ec2.send(new DescribeVolumesCommand({}));
        await refused(operation, 'NotImplementedByLocalCloud', /DescribeInstances/);
        const more = { MinCount: 1, MaxCount: 1, Ipv6AddressCount: 1 };
        const parameter = ec2.send(new RunInstancesCommand(more));
        await refused(parameter, 'NotImplementedByLocalCloud', /Ipv6AddressCount/);
      }),
    },
    {
      behaviour:
        'what is not of the API’s form: `UnknownParameter`, `MissingParameter`, `InvalidParameterValue`, `MissingAction`, `MalformedQueryString` (EC2); `SerializationException`, `ValidationException` (JSON)',
      source: 'EC2 API error codes; AWS JSON protocol',
      localCloud:
        'The same; limits of one request are ours: `RequestEntityTooLarge` above 1.5 MB. A bug of the local cloud is an `InternalError` that says where.',
      check: onAccount(async (account) => {
        const form = (body: string) => post(account, body, {});
        expect(await form('Action=DescribeInstances&Shoe=9')).toContain('UnknownParameter');
        expect(await form('Action=DetachNetworkInterface')).toContain('MissingParameter');
        expect(await form('Action=DescribeInstances&MaxResults=x')).toContain(
          'InvalidParameterValue',
        );
        expect(await form('Shoe=9')).toContain('MissingAction');
        const deep = `Action=DescribeInstances&${'a.'.repeat(40)}=1`;
        expect(await form(deep)).toContain('MalformedQueryString');
        const json = (body: string) =>
          post(account, body, {
            'content-type': 'application/x-amz-json-1.0',
            'x-amz-target': 'AWSStepFunctions.DescribeExecution',
          });
        expect(await json('nonsense')).toContain('SerializationException');
        expect(await json('{}')).toContain('ValidationException');
        expect(await form('x'.repeat(1_500_001))).toContain('RequestEntityTooLarge');
        expect(await json('{"executionArn":"arn:none"}')).toContain('ExecutionDoesNotExist');
      }),
    },
  ],
};

function onAccount(act: (account: LocalAccount) => Promise<void>): () => Promise<void> {
  return async () => {
    const account = await localAccount();
    try {
      await act(account);
    } finally {
      await account.stop();
    }
  };
}

async function launch({ ec2, launchTemplateId, subnetId }: LocalAccount): Promise<string> {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      LaunchTemplate: { LaunchTemplateId: launchTemplateId },
      SubnetId: subnetId,
      MinCount: 1,
      MaxCount: 1,
    }),
  );
  return Instances?.[0]?.InstanceId ?? 'none';
}

async function post(
  { endpoint, credentialsOf }: LocalAccount,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  const { accessKeyId } = credentialsOf('arn:aws:iam::123456789012:root');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0`;
  const all = { authorization, 'content-type': 'application/x-www-form-urlencoded', ...headers };
  return (await fetch(endpoint, { method: 'POST', headers: all, body })).text();
}
