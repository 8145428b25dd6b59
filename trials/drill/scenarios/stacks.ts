/**
 * The scenarios about the stack itself: it is created, upgraded and deleted, and each time something
 * comes in between. Every event of CloudFormation is delivered twice.
 */
import { imageThatNeverStarts } from '../machine.ts';
import type { Stage } from '../stage.ts';
import type { Scenario } from './scenario.ts';

export const deploy: Scenario = {
  name: 'deploy',
  done: 'the stack is deleted and created again from nothing; its first execution is stopped half-way',
  must: 'the stack is complete only when a new coordinator answers at the address',
  coordinators: { kind: 'at least', count: 2 },
  expectation: {
    holder: 'launched',
    terminated: 'anybody',
    outage: 'over',
    stopsExecutions: true,
  },
  async run(stage) {
    expectStatus(stage, await stage.deleteStack(), 'DELETE_COMPLETE');
    expectNobody(stage);
    const creating = stage.createStack();
    await stage.stopForStack('failover', 'Wait before asking again');
    expectStatus(stage, await creating, 'CREATE_COMPLETE');
    // Complete means that it answers already.
    const since = stage.clock.now();
    await stage.pause(5);
    stage.expectServed(since, 'After the stack was complete');
  },
};

const goodImage = 'ami-00000000000000002';

export const upgrade: Scenario = {
  name: 'upgrade',
  done: 'the image is changed, and the execution that launches stopped; then it is changed to one whose server never gets ready',
  must: 'the first moves the address once, in one short outage; the second fails, is rolled back and touches nobody',
  coordinators: { kind: 'at least', count: 2 },
  // The bad version has its time before it is given up: the least that the stack allows.
  parameters: { ReadyWithinMinutes: '2' },
  expectation: {
    holder: 'launched',
    terminated: 'anybody',
    outage: 'short',
    stopsExecutions: true,
    asksForTooMuch: true,
    told: 'Planned switchover to',
  },
  async run(stage) {
    await stage.replace(stage.active(), 'its image is changed', async () => {
      const updating = stage.updateStack({ ImageId: goodImage });
      await stage.stopForStack('failover', 'Launch standby');
      expectStatus(stage, await updating, 'UPDATE_COMPLETE');
    });
    await stage.takenOver();
    const active = stage.active();
    const since = stage.clock.now();
    const status = await stage.updateStack({ ImageId: imageThatNeverStarts });
    expectStatus(stage, status, 'UPDATE_ROLLBACK_COMPLETE');
    if (!stage.stackFailure().includes('has not become ready within 2 minutes')) {
      throw new Error(`The stack's events do not say why: ${stage.stackFailure()}.`);
    }
    stage.expectActive(active, 'in an update that failed');
    stage.expectServed(since, 'While a bad version was tried');
  },
};

export const deletion: Scenario = {
  name: 'delete',
  done: 'the stack is deleted; an instance is launched meanwhile, the operation is stopped, and the deletion asked for again',
  must: 'nothing of this cluster is left, and nothing else is touched',
  coordinators: { kind: 'at least', count: 2 },
  expectation: {
    holder: 'nobody',
    terminated: 'anybody',
    outage: 'over',
    stopsExecutions: true,
  },
  async run(stage) {
    const deleting = stage.deleteStack();
    await stage.stopForStack('operation', 'Wait before next step');
    stage.giveUpWaiting();
    expectStatus(stage, await deleting, 'DELETE_FAILED');
    await stage.launchLate();
    expectStatus(stage, await stage.deleteStack(), 'DELETE_COMPLETE');
    expectNobody(stage);
  },
};

function expectStatus(stage: Stage, status: string, expected: string): void {
  if (status === expected) return;
  throw new Error(`The stack is ${status}, not ${expected}: ${stage.stackFailure()}`);
}

function expectNobody(stage: Stage): void {
  const left = stage.left();
  if (left.length > 0) throw new Error(`The stack is deleted, but there are ${left.join(', ')}.`);
}
