/**
 * The target of a Task state, by its Resource: a Lambda function, or an operation that Step
 * Functions calls itself ("optimized integrations", request and response). An unknown Resource is
 * refused when the state machine is created.
 */
import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import type { Operation } from '../service/service.ts';

/** An operation of a service, and the service's name in errors (`SNS.NotFoundException`). */
export interface Integration {
  readonly errorPrefix: string;
  readonly operation: Operation;
}

/** By `<service>:<operation>` of the ARN: `sns:publish`. */
export type Integrations = Readonly<Record<string, Integration>>;

export type TaskTarget =
  | { readonly kind: 'function'; readonly functionArn: string }
  | {
      readonly kind: 'service';
      /** `sns` */
      readonly service: string;
      /** `publish` */
      readonly operation: string;
    };

const integrationNames = ['sns:publish'];

/** Undefined when nothing here has that name. */
export function targetOf(resource: unknown): TaskTarget | undefined {
  if (typeof resource !== 'string') return undefined;
  if (/^arn:[\w-]+:lambda:[^:]*:\d{12}:function:/.test(resource)) {
    return { kind: 'function', functionArn: resource };
  }
  const name = /^arn:[\w-]+:states:::([\w-]+:[\w.-]+)$/.exec(resource)?.[1] ?? '';
  const [service = '', operation = ''] = name.split(':');
  return integrationNames.includes(name) ? { kind: 'service', service, operation } : undefined;
}

type Add = (type: HistoryEventType, details?: Partial<HistoryEvent>) => void;

/** The events of one try of a task. AWS names them after the kind of target. */
export interface TaskEvents {
  scheduled(input: string, timeoutInSeconds: number): void;
  started(): void;
  succeeded(output: string): void;
  failed(failure: { readonly error: string; readonly cause: string }): void;
  timedOut(): void;
}

export function taskEvents(target: TaskTarget, region: string, add: Add): TaskEvents {
  return target.kind === 'function'
    ? functionEvents(target.functionArn, add)
    : serviceEvents({ resourceType: target.service, resource: target.operation }, region, add);
}

const whole = { truncated: false };

function functionEvents(resource: string, add: Add): TaskEvents {
  return {
    scheduled: (input, timeoutInSeconds) =>
      add('LambdaFunctionScheduled', {
        lambdaFunctionScheduledEventDetails: {
          resource,
          input,
          inputDetails: whole,
          timeoutInSeconds,
        },
      }),
    started: () => add('LambdaFunctionStarted'),
    succeeded: (output) =>
      add('LambdaFunctionSucceeded', {
        lambdaFunctionSucceededEventDetails: { output, outputDetails: whole },
      }),
    failed: ({ error, cause }) =>
      add('LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: { error, cause } }),
    timedOut: () =>
      add('LambdaFunctionTimedOut', {
        lambdaFunctionTimedOutEventDetails: { error: 'States.Timeout' },
      }),
  };
}

function serviceEvents(
  what: { readonly resourceType: string; readonly resource: string },
  region: string,
  add: Add,
): TaskEvents {
  return {
    scheduled: (parameters, timeoutInSeconds) =>
      add('TaskScheduled', {
        taskScheduledEventDetails: {
          ...what,
          region,
          parameters,
          timeoutInSeconds,
        },
      }),
    started: () => add('TaskStarted', { taskStartedEventDetails: what }),
    succeeded: (output) =>
      add('TaskSucceeded', {
        taskSucceededEventDetails: { ...what, output, outputDetails: whole },
      }),
    failed: ({ error, cause }) =>
      add('TaskFailed', { taskFailedEventDetails: { ...what, error, cause } }),
    timedOut: () =>
      add('TaskTimedOut', { taskTimedOutEventDetails: { ...what, error: 'States.Timeout' } }),
  };
}
