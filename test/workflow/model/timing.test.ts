/** Every bound of time against what repeats it (ASL, unit) and against what it must stay above or below. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { awsLatencies } from '../../../workflow/aws-latencies.ts';
import failover from '../../../workflow/failover.asl.json' with { type: 'json' };
import { defaultSettings } from '../../../workflow/model/settings.ts';
import {
  answerPut,
  askTimeoutMs,
  cloudFormationWaitsSeconds,
  describedAgainSeconds,
  emptyForSeconds,
  eniRelease,
  failoverTasks,
  failoverTimeoutSeconds,
  functionCalls,
  functionSeconds,
  longestBringUpMinutes,
  longestTakeDownMinutes,
  longestTaskSeconds,
  observationSeconds,
  operationStart,
  operationTasks,
  operationTimeoutSeconds,
  probeBackoffMs,
  probeCalls,
  probeDeadlineMs,
  probeEnd,
  recording,
  surveyEndsMs,
  surveyValidSeconds,
  watchdogSeconds,
} from '../../../workflow/model/timing.ts';
import operation from '../../../workflow/stack-operation.asl.json' with { type: 'json' };

interface Retry {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts: number;
  readonly BackoffRate?: number;
}

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Retry[];
}

const machines = [
  {
    name: 'failover.asl.json',
    asl: failover,
    tasks: failoverTasks,
    seconds: failoverTimeoutSeconds,
  },
  {
    name: 'lifecycle.asl.json',
    asl: operation,
    tasks: operationTasks,
    seconds: operationTimeoutSeconds,
  },
].map(({ name, asl, tasks, seconds }) => ({
  name,
  asl,
  tasks,
  seconds,
  states: Object.entries(asl.States as Record<string, State>).filter(
    ([, { Type }]) => Type === 'Task',
  ),
}));

const secondsOf: Readonly<Record<string, number>> = functionSeconds;

describe('the state machines', () => {
  it.each(machines)('timing: $name ends an execution after so long', ({ asl, seconds }) => {
    expect(asl.TimeoutSeconds).toBe(seconds);
  });

  it.each(machines)('timing: $name tries its Tasks so', ({ states, tasks }) => {
    const read = states.map(([name, { TimeoutSeconds, Retry = [] }]) => {
      const forAll = Retry.find(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'));
      const timing = {
        timeoutSeconds: TimeoutSeconds,
        retries: forAll?.MaxAttempts,
        pauseSeconds: forAll?.IntervalSeconds,
        backoffRate: forAll?.BackoffRate,
      };
      return [name, timing];
    });
    expect(Object.fromEntries(read)).toEqual(tasks);
  });

  it('timing: the address is waited for so', () => {
    expect(failover.States['Attach ENI'].Retry[0]).toEqual({
      ErrorEquals: ['EniNotReleased'],
      IntervalSeconds: eniRelease.pauseSeconds,
      MaxAttempts: eniRelease.retries,
      BackoffRate: 1,
    });
  });

  it.each(machines)('timing: in $name a Task outlives its function', ({ states }) => {
    const functions = states.filter(([, { Resource }]) => Resource?.startsWith('FUNCTION '));
    expect(functions.length).toBeGreaterThan(2);
    for (const [name, { Resource = '', TimeoutSeconds }] of functions) {
      expect(TimeoutSeconds, name).toBeGreaterThan(
        secondsOf[Resource.replace('FUNCTION ', '')] ?? 0,
      );
    }
  });

  it('timing: a Task gives up after all its tries and the pauses between them', () => {
    expect(longestTaskSeconds(failoverTasks['Ask coordinators'])).toBe(12 + 1 + 12);
    expect(longestTaskSeconds(failoverTasks['Record incident'])).toBe(12 + 1 + 12 + 2 + 12);
  });
});

describe('a function', () => {
  const callMs = functionCalls.tries * functionCalls.requestTimeoutMs;

  test('timing: one that calls AWS has the time for a call that is tried twice', () => {
    const deciding = ['confirm-failure', 'pick-standby', 'check-info', 'answer-cloudformation'];
    const acting = Object.entries(functionSeconds).filter(([name]) => !deciding.includes(name));
    expect(acting.length).toBeGreaterThan(6);
    for (const [name, seconds] of acting) expect(seconds * 1000, name).toBeGreaterThan(callMs);
  });

  test('timing: the parts of a survey end one after the other, and before the function', () => {
    const { listing, holder, all } = surveyEndsMs;
    expect(listing).toBeGreaterThan(functionCalls.requestTimeoutMs);
    expect(holder).toBeGreaterThan(listing);
    expect(all).toBeGreaterThan(holder);
    expect(all).toBeLessThan(functionSeconds['survey-coordinators'] * 1000);
  });

  test('timing: a server that does not answer is told of before the function ends', () => {
    expect(askTimeoutMs).toBeLessThan(functionSeconds['check-info'] * 1000);
  });

  test('timing: recording lets another execution speak, and reads and writes the tag in time', () => {
    const { othersSpeakMs, quickMs } = recording;
    expect(othersSpeakMs).toBeGreaterThanOrEqual(awsLatencies.describeLag.p95Ms);
    expect(othersSpeakMs + 3 * quickMs).toBeLessThan(functionSeconds['record-incident'] * 1000);
  });

  test('timing: CloudFormation is answered in time', () => {
    const answerMs = answerPut.tries * answerPut.timeoutMs + (1 + 2) * answerPut.pauseMs;
    expect(answerMs).toBeLessThan(functionSeconds['answer-cloudformation'] * 1000);
  });

  test('timing: a start that fails to the last is answered in the same invocation', () => {
    const startMs =
      operationStart.tries * callMs + (operationStart.tries - 1) * operationStart.pauseMs;
    const answerMs = answerPut.tries * answerPut.timeoutMs + (1 + 2) * answerPut.pauseMs;
    expect(startMs + answerMs).toBeLessThan(functionSeconds['receive-stack-event'] * 1000);
  });
});

describe('what an execution believes', () => {
  const confirmAgainSeconds = failover.States['Confirm failure'].TimeoutSeconds + 1;
  const askSeconds = longestTaskSeconds(failoverTasks['Ask coordinators']);
  const surveySeconds = longestTaskSeconds(failoverTasks['Survey coordinators']);

  test('timing: a survey may be acted upon after the slowest asking and one timeout of the rule', () => {
    expect(surveyValidSeconds).toBeGreaterThan(askSeconds + confirmAgainSeconds);
  });

  test('timing: observations follow each other after the slowest survey, too', () => {
    expect(observationSeconds).toBeGreaterThan(surveySeconds + askSeconds + confirmAgainSeconds);
  });

  test('timing: what lags is looked at again when most descriptions have caught up', () => {
    const { p50Ms, p95Ms } = awsLatencies.describeLag;
    expect(describedAgainSeconds * 1000).toBeGreaterThan(2 * p50Ms);
    expect(describedAgainSeconds * 1000).toBeLessThan(p95Ms);
  });
});

describe('a stack operation', () => {
  test('timing: it ends before its execution does, and that before CloudFormation gives up', () => {
    const longestSeconds = 60 * Math.max(longestBringUpMinutes, longestTakeDownMinutes);
    expect(longestSeconds).toBeLessThan(operationTimeoutSeconds);
    expect(operationTimeoutSeconds).toBeLessThan(cloudFormationWaitsSeconds);
  });

  test('timing: nobody is left once whoever was launching has ended, and EC2 shows it', () => {
    expect(emptyForSeconds * 1000).toBeGreaterThan(
      functionSeconds['launch-standby'] * 1000 + awsLatencies.describeLag.mostMs,
    );
  });
});

describe('a probe', () => {
  test('timing: its deadline lies around both tries of a call', () => {
    expect(probeDeadlineMs).toBeGreaterThan(probeCalls.tries * probeCalls.requestTimeoutMs);
  });

  test('timing: it is heard again before it counts as silent', () => {
    expect(probeBackoffMs.mostMs).toBeLessThan(defaultSettings.freshSeconds * 1000);
  });

  test('timing: it sends the rest, and is gone within a second', () => {
    expect(probeEnd.lastSendMs).toBeLessThan(probeEnd.lastMomentMs);
    expect(probeEnd.lastMomentMs).toBeLessThan(1000);
  });

  test('timing: its unit has the watchdog that the image is checked for', () => {
    const unit = new URL('../../../probe/host/coordinator-failover-probe.service', import.meta.url);
    expect(readFileSync(unit, 'utf8')).toContain(`WatchdogSec=${watchdogSeconds}\n`);
  });
});
