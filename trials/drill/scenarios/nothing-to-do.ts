/** The scenarios in which nothing may be touched. */
import { waitUntil } from '../wait.ts';
import type { Scenario } from './scenario.ts';

const nothingHappens = { holder: 'same', terminated: 'nobody', outage: 'none' } as const;

/** Detection takes seconds; without an execution by then the scenario has failed. */
const executionWithinSeconds = 120;

export const falseAlarm: Scenario = {
  name: 'false-alarm',
  done: 'the active is stopped, and continued once an execution has started, within its grace',
  must: 'nothing is terminated',
  coordinators: { kind: 'at least', count: 1 },
  expectation: { ...nothingHappens, ending: 'nothing-to-do' },
  async run(stage) {
    const active = stage.active();
    await stage.fail(active, 'its process is stopped', () => active.stopCoordinator());
    await waitUntil('an execution has started', () => stage.startedExecution(), {
      clock: stage.clock,
      signal: stage.signal,
      withinSeconds: executionWithinSeconds,
      everyMs: 100,
    });
    stage.heal('it goes on', () => active.continueCoordinator());
  },
};

export const manual: Scenario = {
  name: 'manual',
  done: 'nothing fails; executions are started with {} and with "nonsense"',
  must: 'nothing to do, twice',
  coordinators: { kind: 'at least', count: 1 },
  expectation: { ...nothingHappens, ending: 'nothing-to-do', leastExecutions: 2 },
  async run(stage) {
    await stage.startExecution('{}');
    await stage.startExecution('"nonsense"');
  },
};
