/**
 * Every bound of time that others depend on: of functions, of the state machines' Tasks, of calls, and what
 * follows from these. A user's numbers are in settings.ts, AWS's latencies in aws-latencies.ts.
 * What can go wrong: a number is changed and a dependent one is not. So what follows is computed, and
 * timing.test.ts compares this file with the ASL, the template and the latencies.
 */
import { settingRules } from './settings.ts';

/**
 * A bound that follows from others. Without the annotation a function's bundle holds all of them and
 * settings.ts: a bundler takes every read of a property for a possible side effect.
 */
/* @__NO_SIDE_EFFECTS__ */
function computed<Bound>(compute: () => Bound): Bound {
  return compute();
}

/** What a client of AWS waits for. */
export interface CallLimits {
  readonly tries: number;
  readonly connectionTimeoutMs: number;
  /** Of one try. */
  readonly requestTimeoutMs: number;
}

/** A function's calls: two tries fit into its time. The state machine retries the function. */
export const functionCalls: CallLimits = {
  tries: 2,
  connectionTimeoutMs: 1_000,
  requestTimeoutMs: 4_000,
};

/** An operator's, perhaps over a slow line. */
export const operatorCalls: CallLimits = {
  tries: 3,
  connectionTimeoutMs: 2_000,
  requestTimeoutMs: 8_000,
};

/** A probe's: the next value follows within seconds. */
export const probeCalls: CallLimits = {
  tries: 2,
  connectionTimeoutMs: 1_000,
  requestTimeoutMs: 2_000,
};

/** What the SDK waits between the first try and the second, at most (exponential backoff from 100 ms). */
export const callBackoffMs = 100;

function longestCallMs({ tries, requestTimeoutMs }: CallLimits): number {
  return tries * requestTimeoutMs + (tries - 1) * callBackoffMs;
}

/** A server answers /v1/info from memory. All servers are asked side by side. */
export const askTimeoutMs = 2_000;

/** How an answer is put at CloudFormation's URL: pauses of 1 s, 2 s, ... */
export const answerPut = { tries: 3, timeoutMs: 5_000, pauseMs: 1_000 } as const;

/** How a stack operation is started: the rights of a new role may not be known yet. */
export const operationStart = { tries: 5, pauseMs: 3_000 } as const;

function longestAnswerMs(): number {
  const { tries, timeoutMs, pauseMs } = answerPut;
  return tries * timeoutMs + (pauseMs * tries * (tries - 1)) / 2;
}

function longestStartMs(): number {
  const { tries, pauseMs } = operationStart;
  return tries * longestCallMs(functionCalls) + (tries - 1) * pauseMs;
}

/** Lambda's timeouts: room for a call that is tried twice, and a second call. */
export const functionSeconds = computed(() => ({
  'survey-coordinators': 10,
  'check-info': 10,
  'confirm-failure': 5,
  'pick-standby': 5,
  'terminate-instance': 20,
  'attach-eni': 15,
  'launch-standby': 20,
  'reset-alarms': 10,
  'record-incident': 10,
  /** When every start fails, there is time left to answer FAILED. */
  'receive-stack-event': Math.ceil((longestStartMs() + longestAnswerMs()) / 1000) + 5,
  'advance-stack-operation': 30,
  'answer-cloudformation': 30,
}));

/** How a state machine tries a Task: the seconds of a try, and the retries for errors of every kind. */
interface TaskTiming {
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly pauseSeconds: number;
  /** Each pause is so many times the one before. */
  readonly backoffRate: number;
}

const survey: TaskTiming = { timeoutSeconds: 12, retries: 2, pauseSeconds: 1, backoffRate: 1 };
const ask: TaskTiming = { timeoutSeconds: 12, retries: 1, pauseSeconds: 1, backoffRate: 1 };
const confirm: TaskTiming = { timeoutSeconds: 8, retries: 5, pauseSeconds: 1, backoffRate: 1 };

/** By state of failover.asl.json. Lambda ends a function before its Task times out. */
export const failoverTasks = {
  'Survey coordinators': survey,
  'Ask coordinators': ask,
  'Confirm failure': confirm,
  'Terminate instance': { timeoutSeconds: 25, retries: 3, pauseSeconds: 1, backoffRate: 1 },
  'Pick standby': { timeoutSeconds: 8, retries: 5, pauseSeconds: 1, backoffRate: 1 },
  'Attach ENI': { timeoutSeconds: 20, retries: 5, pauseSeconds: 1, backoffRate: 1 },
  'Verify coordinator': { timeoutSeconds: 12, retries: 3, pauseSeconds: 1, backoffRate: 1 },
  'Launch standby': { timeoutSeconds: 25, retries: 3, pauseSeconds: 2, backoffRate: 2 },
  'Reset alarms': { timeoutSeconds: 12, retries: 4, pauseSeconds: 2, backoffRate: 2 },
  'Record incident': { timeoutSeconds: 12, retries: 2, pauseSeconds: 1, backoffRate: 2 },
  'Notify people': { timeoutSeconds: 10, retries: 3, pauseSeconds: 1, backoffRate: 2 },
} as const satisfies Record<string, TaskTiming>;

/** By state of stack-operation.asl.json. */
export const operationTasks = {
  'Advance stack operation': { timeoutSeconds: 35, retries: 5, pauseSeconds: 3, backoffRate: 2 },
  'Ask coordinators': ask,
  'Answer CloudFormation': { timeoutSeconds: 35, retries: 6, pauseSeconds: 5, backoffRate: 2 },
} as const satisfies Record<string, TaskTiming>;

/** Attach ENI, while EC2 has not released the address: some three minutes, then another round. */
export const eniRelease = { retries: 110, pauseSeconds: 1 } as const;

/** Until a Task gives up, with all its tries and the pauses between them. */
export function longestTaskSeconds(task: TaskTiming): number {
  const { timeoutSeconds, retries, pauseSeconds, backoffRate } = task;
  let seconds = timeoutSeconds;
  for (let retry = 0; retry < retries; retry += 1) {
    seconds += pauseSeconds * backoffRate ** retry + timeoutSeconds;
  }
  return seconds;
}

/** Of a failover's execution: six hours. Its loops together wait for far less. */
export const failoverTimeoutSeconds = 21_600;

/** An event that is delivered later starts nothing: its coordinator may be gone. */
export const eventAgeSeconds = 120;

/** From state to state and until functions run, in one observation. */
const transitionsSeconds = 6;

/**
 * The age of a survey that may be acted upon: Ask coordinators may hang through its retry, and Confirm
 * failure through a timeout. An older survey is that of a redriven execution.
 */
export const surveyValidSeconds = computed(
  () =>
    longestTaskSeconds(ask) + confirm.timeoutSeconds + confirm.pauseSeconds + transitionsSeconds,
);

/** From the wait before a survey to the decision, at most: with all tries of the survey. */
export const observationSeconds = computed(() => longestTaskSeconds(survey) + surveyValidSeconds);

/** After an announced end, until the next observation: descriptions lag by a second or two. */
export const describedAgainSeconds = 2;

/**
 * By when each part of a survey is over, from the beginning. All tries of all calls would exceed the
 * function's time: a CloudWatch that hangs costs the samples, and not the survey.
 */
export const surveyEndsMs = computed(() => ({
  listing: 5_000,
  holder: 6_000,
  all: functionSeconds['survey-coordinators'] * 1000 - 1_500,
}));

/**
 * Record incident. Of two executions of one failure, one lets the other tell people first, for as long as
 * descriptions mostly lag behind a new tag. With a slow EC2 there is no time for it: the tag is read before
 * and after the pause, and written.
 */
export const recording = { othersSpeakMs: 3_000, quickMs: 2_000 } as const;

/** CloudFormation waits for a custom resource's answer for an hour (user guide, ServiceTimeout). */
export const cloudFormationWaitsSeconds = 3600;

/** Of a stack operation's execution: CloudFormation gets an answer within its hour. */
export const operationTimeoutSeconds = computed(() => cloudFormationWaitsSeconds - 120);

/** Between two observations of a stack operation. */
export const operationAgainSeconds = 5;

/** For all of a stack operation but the boot: launch, pick, attach, verify, scale in. */
export const operationMarginMinutes = 10;

/** Of a creation or an update. */
export const longestBringUpMinutes = computed(
  () => settingRules.readyWithinMinutes.most + operationMarginMinutes,
);

/** Terminations take seconds to minutes. A longer one is refused or hangs. */
export const longestTakeDownMinutes = 30;

/** A refusal counts after so long: the rights of a new role may not be known yet. */
export const refusedForSeconds = 60;

/**
 * For so long there is no coordinator before that is believed: a launch that began before the address was
 * marked has ended, and EC2 shows its instance.
 */
export const emptyForSeconds = computed(() => functionSeconds['launch-standby'] + 10);

/** Of a probe's call with all tries: credentials and connection may hang, too. */
export const probeDeadlineMs = computed(() => longestCallMs(probeCalls) + 900);

/** Between two tries to publish: a probe is heard before it counts as silent. */
export const probeBackoffMs = { firstMs: 1_000, mostMs: 10_000 } as const;

/** A probe that is told to end is gone within a second: first it publishes the rest. */
export const probeEnd = { lastSendMs: 500, lastMomentMs: 900 } as const;

/** A probe's loop that is late by more hangs. */
export const probeLoopSlackMs = computed(() => 3 * probeDeadlineMs);

/** After such a silence systemd restarts the probe (WatchdogSec= of its unit). */
export const watchdogSeconds = 30;
