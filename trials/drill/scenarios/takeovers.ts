/** The scenarios in which a hot standby stands there and takes over. */
import { waitUntil } from '../wait.ts';
import type { Scenario } from './scenario.ts';

const standbyTakesOver = {
  coordinators: { kind: 'at least', count: 1 },
  must: 'the standby takes over',
  expectation: { holder: 'another', terminated: 'failed', outage: 'short' },
} as const satisfies Partial<Scenario>;

export const processExit: Scenario = {
  ...standbyTakesOver,
  name: 'process-exit',
  done: "the active's process is killed",
  async run(stage) {
    const active = stage.active();
    await stage.fail(active, 'its process is killed', () => active.killCoordinator());
  },
};

export const processHang: Scenario = {
  ...standbyTakesOver,
  name: 'process-hang',
  done: "the active's process is stopped, as by a long full GC",
  async run(stage) {
    const active = stage.active();
    await stage.fail(active, 'its process is stopped', () => active.stopCoordinator());
  },
};

export const nodeUnresponsive: Scenario = {
  ...standbyTakesOver,
  name: 'node-unresponsive',
  done: 'process and probe are stopped and packets dropped, EC2 still says running',
  async run(stage) {
    const active = stage.active();
    await stage.fail(active, 'process and probe hang, its packets are dropped', () => {
      active.hang();
      stage.dropPackets(active);
    });
  },
};

export const nodeGone: Scenario = {
  ...standbyTakesOver,
  name: 'node-gone',
  done: 'somebody terminates the active instance through the EC2 API',
  async run(stage) {
    const active = stage.active();
    await stage.fail(active, 'somebody terminates the instance', () => stage.terminate(active));
  },
};

/** How late the standby is killed: seconds are enough for the state machine to get there. */
const pickWithinSeconds = 180;

export const standbyDiesToo: Scenario = {
  name: 'standby-dies-too',
  done: 'the standby that was picked is killed before it gets the address',
  must: 'the other one takes over',
  coordinators: { kind: 'at least', count: 3 },
  expectation: { holder: 'another', terminated: 'failed', outage: 'short' },
  async run(stage) {
    const active = stage.active();
    await stage.fail(active, 'its process is killed', () => active.killCoordinator());
    const picked = await waitUntil('a standby is picked', () => stage.pickedStandby(), {
      clock: stage.clock,
      signal: stage.signal,
      withinSeconds: pickWithinSeconds,
      everyMs: 100,
    });
    await stage.failAlso(picked, 'its process is killed just before it gets the address', () =>
      picked.killCoordinator(),
    );
  },
};

const secondFailureAfterSeconds = 10;

export const secondFailure: Scenario = {
  name: 'second-failure',
  done: `the new active is killed too, ${secondFailureAfterSeconds} s after it took over`,
  must: 'the next one takes over: nothing stays masked',
  coordinators: { kind: 'at least', count: 2 },
  expectation: { holder: 'another', terminated: 'failed', outage: 'over' },
  async run(stage) {
    const first = stage.active();
    await stage.fail(first, 'its process is killed', () => first.killCoordinator());
    await stage.takenOver();
    await stage.pause(secondFailureAfterSeconds);
    const second = stage.active();
    await stage.fail(second, 'the new active is killed too', () => second.killCoordinator());
  },
};
