/**
 * The functions' and the probes' way to AWS, straight onto the services' operations. What the SDK
 * would do is done here: a timeout for each try, and a second try where an error may pass.
 * What can go wrong is in faults.ts. A call of a function that was killed never comes back.
 */
import type { DescribeAlarmsOutput } from '@aws-sdk/client-cloudwatch';
import {
  type Authorizer,
  type Caller,
  dispatch,
  type Latencies,
  type Service,
  ServiceError,
} from '@coordinator-failover/local-cloud';
import type { FailoverCalls } from '../../aws/calls.ts';
import type { AlarmChange, CloudWatchPort, Datum, Delivery } from '../../probe/ports.ts';
import { callBackoffMs, functionCalls, probeDeadlineMs } from '../../workflow/model/timing.ts';
import type { CallTroubleKind } from './faults.ts';
import { type Invocation, never } from './functions.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface AwsCallsOptions {
  readonly time: VirtualTime;
  readonly latencies: Latencies;
  readonly ec2: Service;
  readonly cloudWatch: Service;
  /** Who may call what. */
  readonly authorize: Authorizer['authorize'];
  /** As whom an instance's programs call. */
  callerOn(instanceId: string): Caller | undefined;
  /** 0 <= n < 1. */
  random(): number;
  /** Asked for every try. */
  troubleOf(operation: string, input: object): CallTroubleKind | undefined;
  /** Before each call (not each try) of a function. May take its time, or end the execution. */
  onCall(call: StartedCall): Promise<void> | undefined;
  /** Every try that reaches AWS. Returns what to tell of its end, which may hold the answer up. */
  onArrival(call: StartedCall): OnEnd | undefined;
}

type OnEnd = (error: string | undefined) => Promise<void> | undefined;

export interface StartedCall {
  readonly by: Invocation | string;
  readonly operation: string;
  readonly input: object;
}

export interface AwsCalls {
  cloudFor(invocation: Invocation): FailoverCalls;
  cloudWatchFor(instanceId: string, metricNamespace: string, isCut: () => boolean): CloudWatchPort;
  /** Somebody else calls EC2: a person. */
  byHand(operation: string, input: object): Promise<void>;
  /** Is one of these alarms in ALARM? */
  anyAlarm(alarmNames: readonly string[]): Promise<boolean>;
}

const { tries: mostTries, requestTimeoutMs: tryTimeoutMs } = functionCalls;

const root: Caller = { accessKeyId: 'SIMULATION', principalArn: 'arn:aws:iam::123456789012:root' };

export function createAwsCalls(options: AwsCallsOptions): AwsCalls {
  const asCaller = { clock: options.time, authorize: options.authorize };
  const run = async (service: Service, call: StartedCall, caller: Caller): Promise<object> => {
    const onEnd = options.onArrival(call);
    let output: object;
    try {
      output = await dispatch(service, call.operation, call.input, caller, asCaller);
    } catch (error) {
      const held = onEnd?.(error instanceof Error ? error.name : String(error));
      if (held !== undefined) await held;
      throw error;
    }
    const held = onEnd?.(undefined);
    if (held !== undefined) await held;
    return output;
  };
  const callFrom =
    (invocation: Invocation, service: Service, operation: string): Send =>
    async (input) => {
      const call = { by: invocation, operation, input };
      if (invocation.isDead()) return never();
      await options.onCall(call);
      return triedTwice(options, invocation, () =>
        tryOnce(options, call, () => run(service, call, invocation.caller)),
      );
    };
  const callFromHost = (
    instanceId: string,
    isCut: () => boolean,
    operation: string,
    input: object,
  ): Promise<Delivery> =>
    fromProbe(options, isCut, () => {
      const caller = options.callerOn(instanceId);
      if (caller === undefined) throw new ServiceError('CredentialsProviderError', noCredentials);
      return run(options.cloudWatch, { by: instanceId, operation, input }, caller);
    });
  return {
    cloudFor: (invocation) =>
      cloudOn((service, operation) =>
        callFrom(invocation, service === 'ec2' ? options.ec2 : options.cloudWatch, operation),
      ),
    cloudWatchFor: (instanceId, metricNamespace, isCut) => ({
      putMetricData: (data) =>
        callFromHost(instanceId, isCut, 'PutMetricData', metricData(metricNamespace, data)),
      setAlarm: (change) => callFromHost(instanceId, isCut, 'SetAlarmState', alarmState(change)),
    }),
    async byHand(operation, input) {
      await dispatch(options.ec2, operation, input, root);
    },
    async anyAlarm(alarmNames) {
      const input = { StateValue: 'ALARM', AlarmNames: [...alarmNames] };
      const answer = await dispatch(options.cloudWatch, 'DescribeAlarms', input, root);
      return ((answer as DescribeAlarmsOutput).MetricAlarms ?? []).length > 0;
    },
  };
}

async function triedTwice(
  { time, random }: AwsCallsOptions,
  invocation: Invocation,
  act: () => Promise<object>,
): Promise<object> {
  for (let tries = 1; ; tries += 1) {
    if (invocation.isDead()) return never();
    try {
      return await alive(invocation, act());
    } catch (error) {
      if (tries === mostTries || !mayPass(error)) throw error;
    }
    await time.sleep(callBackoffMs * random());
  }
}

/** The result, for as long as somebody is there to get it. */
async function alive<Result>(invocation: Invocation, work: Promise<Result>): Promise<Result> {
  try {
    const result = await work;
    return invocation.isDead() ? await never() : result;
  } catch (error) {
    if (invocation.isDead()) return never();
    throw error;
  }
}

async function tryOnce(
  { time, latencies, troubleOf }: AwsCallsOptions,
  { operation, input }: StartedCall,
  run: () => Promise<object>,
): Promise<object> {
  const trouble = troubleOf(operation, input);
  const latencyMs = Math.min(latencies('apiCall'), tryTimeoutMs);
  if (trouble === 'request lost') {
    await time.sleep(tryTimeoutMs);
    throw timeoutError();
  }
  await time.sleep(latencyMs);
  if (trouble === undefined) return run();
  const refusal = refusals[trouble];
  if (refusal !== undefined) throw refusal();
  await run();
  if (trouble === 'server error after') throw serverError();
  await time.sleep(tryTimeoutMs - latencyMs);
  throw timeoutError();
}

const refusals: Partial<Record<CallTroubleKind, () => Error>> = {
  throttled: () => new ServiceError('RequestLimitExceeded', 'Request limit exceeded.', 503),
  'server error before': serverError,
  'no capacity': () =>
    new ServiceError('InsufficientInstanceCapacity', 'There is no capacity at the moment.', 500),
  'termination refused': () =>
    new ServiceError(
      'OperationNotPermitted',
      "The instance may not be terminated. Modify its 'disableApiTermination' attribute.",
    ),
};

function serverError(): Error {
  return new ServiceError('InternalError', 'An internal error has occurred', 500);
}

/** As the SDK's HTTP handler names it. */
function timeoutError(): Error {
  const message = `Request did not complete within ${tryTimeoutMs} ms`;
  return Object.assign(new Error(message), { name: 'TimeoutError' });
}

/** What the SDK tries again: throttling, server errors, timeouts. */
function mayPass(error: unknown): boolean {
  if (error instanceof ServiceError) return error.status >= 500;
  return error instanceof Error && error.name === 'TimeoutError';
}

async function fromProbe(
  { time, latencies }: AwsCallsOptions,
  isCut: () => boolean,
  run: () => Promise<object>,
): Promise<Delivery> {
  if (isCut()) {
    await time.sleep(probeDeadlineMs);
    return { kind: 'failed', sentence: `no answer from CloudWatch within ${probeDeadlineMs} ms` };
  }
  await time.sleep(latencies('apiCall'));
  try {
    await run();
    return { kind: 'done' };
  } catch (error) {
    if (error instanceof ServiceError) return failureOf(error);
    throw error;
  }
}

const noCredentials = 'Could not load credentials from any providers';

/** As probe/aws.ts tells what can pass from what cannot. */
function failureOf({ name, message }: ServiceError): Delivery {
  const sentence = `${name}: ${message}`.slice(0, 500);
  const wrong = /^(InvalidParameter|MissingRequiredParameter|MissingParameter|InvalidFormat)/;
  return { kind: wrong.test(name) ? 'refused' : 'failed', sentence };
}

/** As probe/aws.ts puts it. */
function metricData(metricNamespace: string, data: readonly Datum[]): object {
  return {
    Namespace: metricNamespace,
    MetricData: data.map(({ metricName, dimensions, at, value }) => ({
      MetricName: metricName,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      Timestamp: new Date(at),
      Value: value,
      StorageResolution: 1,
    })),
  };
}

function alarmState({ alarmName, reason, reasonData }: AlarmChange): object {
  return {
    AlarmName: alarmName,
    StateValue: 'ALARM',
    StateReason: reason.slice(0, 1023),
    StateReasonData: JSON.stringify(reasonData),
  };
}

type CallOf = (service: 'ec2' | 'cloudwatch', operation: string) => Send;
type Send = (input: object) => Promise<object>;

/** The port, a call for each of its methods. */
function cloudOn(callOf: CallOf): FailoverCalls {
  return {
    describeInstances: typed(callOf('ec2', 'DescribeInstances')),
    describeInstanceStatus: typed(callOf('ec2', 'DescribeInstanceStatus')),
    describeNetworkInterfaces: typed(callOf('ec2', 'DescribeNetworkInterfaces')),
    createTags: typed(callOf('ec2', 'CreateTags')),
    modifyNetworkInterfaceAttribute: typed(callOf('ec2', 'ModifyNetworkInterfaceAttribute')),
    attachNetworkInterface: typed(callOf('ec2', 'AttachNetworkInterface')),
    detachNetworkInterface: typed(callOf('ec2', 'DetachNetworkInterface')),
    runInstances: typed(callOf('ec2', 'RunInstances')),
    terminateInstances: typed(callOf('ec2', 'TerminateInstances')),
    getMetricData: typed(callOf('cloudwatch', 'GetMetricData')),
    putMetricData: typed(callOf('cloudwatch', 'PutMetricData')),
    describeAlarms: typed(callOf('cloudwatch', 'DescribeAlarms')),
    setAlarmState: typed(callOf('cloudwatch', 'SetAlarmState')),
  };
}

/** A service answers in the SDK's own shapes (local-cloud/service/service.ts). */
function typed<Output>(send: Send): (input: object) => Promise<Output> {
  return async (input) => (await send(input)) as Output;
}
