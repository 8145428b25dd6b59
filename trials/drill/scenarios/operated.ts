/**
 * The scenarios in which a person pulls a operator tag: a planned switchover, a pause, failovers that are
 * waiting for an operator until somebody acknowledges them, a dry run. The operator tags are pulled as the command line
 * pulls them: tags on the address, inputs of executions.
 */

import { tagKeys } from '../../../workflow/model/names.ts';
import { makeExecutionInput, type PersonsRequest } from '../../../workflow/model/request.ts';
import { defaultSettings } from '../../../workflow/model/settings.ts';
import {
  acknowledgedTagValue,
  addFailoverTime,
  pausedTagValue,
} from '../../../workflow/model/tags.ts';
import type { Stage } from '../stage.ts';
import { waitUntil } from '../wait.ts';
import type { Scenario } from './scenario.ts';

export const switchover: Scenario = {
  name: 'switchover',
  done: 'nothing fails; two people ask for a switchover at the same time',
  must: 'the address moves once, to a ready standby',
  coordinators: { kind: 'at least', count: 2 },
  expectation: {
    holder: 'another',
    terminated: 'failed',
    outage: 'short',
    reached: ['failed-over'],
    told: 'Coordinator moved to',
  },
  async run(stage) {
    const reason = 'kernel upgrade';
    await stage.replace(stage.active(), 'two people ask for its replacement', async () => {
      await Promise.all([
        stage.startExecution(requested({ switchover: true, reason, by: 'alice' })),
        stage.startExecution(requested({ switchover: true, reason, by: 'bob' })),
      ]);
    });
  },
};

/** Long enough for the alarm's execution to come to its decision. */
const pausedForSeconds = 45;

export const paused: Scenario = {
  name: 'paused',
  done: `automatic failover is paused for ${pausedForSeconds} s, and the active's process is killed`,
  must: 'nothing is touched until the pause has ended by itself; then the standby takes over',
  coordinators: { kind: 'at least', count: 2 },
  expectation: {
    holder: 'another',
    terminated: 'failed',
    outage: 'over',
    reached: ['paused', 'failed-over'],
    told: 'PAUSED',
  },
  async run(stage) {
    const active = stage.active();
    const since = isoIn(stage, 0);
    const until = isoIn(stage, pausedForSeconds);
    const reason = 'network maintenance';
    const value = pausedTagValue({ until, since, by: 'alice', reason });
    await stage.tagAddress(tagKeys.paused, value);
    await stage.fail(active, 'its process is killed', () => active.killCoordinator());
    await stage.pause(pausedForSeconds);
    stage.expectActive(active, 'while it was paused');
  },
};

/** The execution waits for a minute before it resets the alarms and ends. */
const endWithinSeconds = 180;

export const held: Scenario = {
  name: 'failover-limit',
  done: "there were three failovers within the hour, and the active's process is killed",
  must: 'it is waiting for an operator until a person acknowledges; then the standby takes over',
  coordinators: { kind: 'at least', count: 2 },
  expectation: {
    holder: 'another',
    terminated: 'failed',
    outage: 'over',
    reached: ['waiting-for-operator', 'failed-over'],
    told: 'WAITS FOR YOU',
  },
  async run(stage) {
    const active = stage.active();
    await stage.tagAddress(tagKeys.failovers, threeFailovers(stage));
    await stage.fail(active, 'its process is killed', () => active.killCoordinator());
    await waitUntil(
      'an execution is waiting for an operator',
      () => stage.reached('waiting-for-operator'),
      {
        clock: stage.clock,
        signal: stage.signal,
        withinSeconds: endWithinSeconds,
        everyMs: 500,
      },
    );
    stage.expectActive(active, 'while it was waiting for an operator');
    const reason = 'the bad image is gone';
    const value = acknowledgedTagValue({ at: isoIn(stage, 0), by: 'alice', reason });
    await stage.tagAddress(tagKeys.acknowledged, value);
  },
};

export const dryRun: Scenario = {
  name: 'dry-run',
  done: 'nothing fails; a switchover is asked for as a dry run, and two requests that are refused',
  must: 'it is said what would be done, and nothing is touched',
  coordinators: { kind: 'at least', count: 2 },
  expectation: {
    holder: 'same',
    terminated: 'nobody',
    outage: 'none',
    reached: ['dry-run', 'refused'],
    leastExecutions: 3,
  },
  async run(stage) {
    const reason = 'rehearsal';
    await stage.startExecution(requested({ dryRun: true, switchover: true, reason, by: 'alice' }));
    await stage.startExecution('{"switchovr": true, "reason": "a slip"}');
    const standby = 'i-00000000000000000';
    await stage.startExecution(requested({ switchover: true, standby, reason, by: 'alice' }));
  },
};

function requested(request: PersonsRequest): string {
  const made = makeExecutionInput(request);
  if (made.kind === 'refused') throw new Error(made.refusals.join(' '));
  return made.input;
}

function isoIn(stage: Stage, seconds: number): string {
  return new Date(stage.clock.now() + seconds * 1000).toISOString();
}

function threeFailovers(stage: Stage): string {
  const { failoverWindowMinutes: windowMinutes } = defaultSettings;
  const earlier = [-1800, -1200].map((seconds) => isoIn(stage, seconds));
  return addFailoverTime(earlier, isoIn(stage, -600), windowMinutes);
}
