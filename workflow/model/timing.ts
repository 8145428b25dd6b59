/**
 * Every bound of time on which another one depends: how long the functions may run, how the state
 * machines try their Tasks, what a call may take, and what follows from these. What a user can set is in
 * settings.ts, what AWS takes in aws-latencies.ts.
 * What can go wrong: one number is changed and another one, which depends on it, is not. So what follows
 * is computed, and timing.test.ts holds this file against the ASL, the template and the latencies.
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

/** A function's calls: two tries fit into its time, and the state machine's own retries come on top. */
export const functionCalls: CallLimits = {
  tries: 2,
  connectionTimeoutMs: 1_000,
  requestTimeoutMs: 4_000,
};

/** An operator's, over a line that may be slow. */
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

/** How long a server is asked for /v1/info: it answers from memory. All are asked side by side. */
export const askTimeoutMs = 2_000;

/** CloudFormation's answer is put at its URL so often, after a pause of 1 s, 2 s, ... */
export const answerPut = { tries: 3, timeoutMs: 5_000, pauseMs: 1_000 } as const;

/** A stack operation is started so often: the rights of a role that was just made may not be known yet. */
export const operationStart = { tries: 5, pauseMs: 3_000 } as const;

function longestAnswerMs(): number {
  const { tries, timeoutMs, pauseMs } = answerPut;
  return tries * timeoutMs + (pauseMs * tries * (tries - 1)) / 2;
}

function longestStartMs(): number {
  const { tries, pauseMs } = operationStart;
  return tries * longestCallMs(functionCalls) + (tries - 1) * pauseMs;
}

/** After so many seconds Lambda ends a function. Room for one call that is tried twice, and a second one. */
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
  /** Where a start fails to the last, it is still answered that it has failed. */
  'receive-stack-event': Math.ceil((longestStartMs() + longestAnswerMs()) / 1000) + 5,
  'advance-stack-operation': 30,
  'answer-cloudformation': 30,
}));

/** How a state machine tries a Task: a try's seconds, and the retries for errors of every kind. */
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

/** By state of failover.asl.json. A Task outlives its function: Lambda ends that first. */
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

/** A failover's execution as a whole: six hours. What its loops may wait for together is far below. */
export const failoverTimeoutSeconds = 21_600;

/** An event that is delivered later starts nothing: it is about a coordinator that nobody knows any more. */
export const eventAgeSeconds = 120;

/** From one state to the next and until its function runs, for the few states of one observation. */
const transitionsSeconds = 6;

/**
 * How old a survey may be that is acted upon. Ask coordinators may hang through its retry, and Confirm
 * failure through a timeout. Older, it is that of an execution that was redriven.
 */
export const surveyValidSeconds = computed(
  () =>
    longestTaskSeconds(ask) + confirm.timeoutSeconds + confirm.pauseSeconds + transitionsSeconds,
);

/** From the wait before a survey to the decision on it, at most: all tries of the survey come before. */
export const observationSeconds = computed(() => longestTaskSeconds(survey) + surveyValidSeconds);

/** Descriptions lag by a second or two: after an announced end the next observation follows so soon. */
export const describedAgainSeconds = 2;

/**
 * By when each part of a survey is over, counted from its beginning. The tries of one call after the
 * other are longer than the function may take: a CloudWatch that hangs must cost the samples, and not
 * the whole survey. The rest is for its answer.
 */
export const surveyEndsMs = computed(() => ({
  listing: 5_000,
  holder: 6_000,
  all: functionSeconds['survey-coordinators'] * 1000 - 1_500,
}));

/**
 * Record incident. Two executions of one failure end together, and one lets the other one speak first:
 * for as long as descriptions lag behind a new tag, mostly. Where EC2 is not quick, there is no time
 * for that: the tag is read before it and after it, and written.
 */
export const recording = { othersSpeakMs: 3_000, quickMs: 2_000 } as const;

/** CloudFormation waits for a custom resource's answer for an hour (user guide, ServiceTimeout). */
export const cloudFormationWaitsSeconds = 3600;

/** A stack operation's execution as a whole: CloudFormation gets an answer within its hour. */
export const operationTimeoutSeconds = computed(() => cloudFormationWaitsSeconds - 120);

/** Between two observations of a stack operation. */
export const operationAgainSeconds = 5;

/** Of a stack operation for all but the boot of a coordinator: launch, pick, attach, verify, scale in. */
export const operationMarginMinutes = 10;

/** Of a creation or an update, whatever it has to wait for. */
export const longestBringUpMinutes = computed(
  () => settingRules.readyWithinMinutes.most + operationMarginMinutes,
);

/** Terminations take seconds to minutes; one that takes longer is refused or hangs. */
export const longestTakeDownMinutes = 30;

/** A refusal counts after a minute: the rights of a role that was just made may not be known yet. */
export const refusedForSeconds = 60;

/**
 * How long there must be no coordinator before that is believed: whoever began to launch one before the
 * address was marked has ended, and EC2 shows what was launched.
 */
export const emptyForSeconds = computed(() => functionSeconds['launch-standby'] + 10);

/** Around all tries of a probe's call: credentials and connection may hang, too. */
export const probeDeadlineMs = computed(() => longestCallMs(probeCalls) + 900);

/** What a probe waits between two tries to publish, at most: it must be heard before it counts as silent. */
export const probeBackoffMs = { firstMs: 1_000, mostMs: 10_000 } as const;

/** A probe that was told to end is gone within a second: first what is not yet published, then all else. */
export const probeEnd = { lastSendMs: 500, lastMomentMs: 900 } as const;

/** A probe's loop that has not come round for so much longer than it should hangs. */
export const probeLoopSlackMs = computed(() => 3 * probeDeadlineMs);

/** systemd starts a probe anew that has not reported for so long (WatchdogSec= of its unit). */
export const watchdogSeconds = 30;
