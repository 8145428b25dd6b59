/** The scenarios with HACoordinatorsCount 1: nobody is there to take over at once. */
import type { Scenario } from './scenario.ts';

export const noStandby: Scenario = {
  name: 'no-standby',
  done: 'there is one coordinator only, and its process is killed',
  must: 'a new coordinator is launched, then takes over',
  coordinators: { kind: 'exactly', count: 1 },
  expectation: { holder: 'another', terminated: 'failed', outage: 'over' },
  async run(stage) {
    const active = stage.active();
    await stage.fail(active, 'its process is killed', () => active.killCoordinator());
  },
};

const restartedAfterSeconds = 15;
/** Less than a cold start's 15-40 s: its files are still in the machine's memory. */
const restartTakesSeconds = 5;

export const backAgain: Scenario = {
  name: 'back-again',
  done: `there is one coordinator only, killed and restarted in place after ${restartedAfterSeconds} s`,
  must: 'the old one is kept, the surplus scaled in',
  coordinators: { kind: 'exactly', count: 1 },
  expectation: { holder: 'same', terminated: 'launched', outage: 'over' },
  async run(stage) {
    const active = stage.active();
    await stage.fail(active, 'its process is killed', () => active.killCoordinator());
    await stage.pause(restartedAfterSeconds);
    stage.heal('it is restarted in place', () => active.restartCoordinator(restartTakesSeconds));
  },
};
