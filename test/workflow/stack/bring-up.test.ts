import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../workflow/model/incident.ts';
import {
  asksForUpgrade,
  decideBringingUp,
  type StepDecision,
  stackOperationTargets,
} from '../../../workflow/stack/bring-up.ts';
import type { StackOperationView, StackRequest } from '../../../workflow/stack/request.ts';
import { launchProblem } from '../../../workflow/standbys/reconcile.ts';
import {
  address,
  answer,
  at,
  failover,
  host,
  nothing,
  old,
  request,
  stackOperation,
  template,
  update,
  wanted,
} from '../../support/stack-operation-scene.ts';

interface Case {
  readonly request?: StackRequest;
  readonly view?: Partial<StackOperationView>;
  readonly answers?: readonly Answer[] | 'not asked';
  readonly seconds?: number;
}

function decide({ view, answers, seconds = 30, ...rest }: Case): StepDecision {
  return decideBringingUp({
    stackOperation:
      answers === 'not asked'
        ? { ...stackOperation(), answers: { kind: 'no-answer' } }
        : stackOperation(answers),
    request: rest.request ?? request,
    view: { ...nothing, ...view },
    now: at(seconds),
  });
}

const held = { address: address('i-a'), coordinators: [host('i-a')] };
const answering = [answer('coordinator address'), answer('i-a')];
const refusedLaunch = launchProblem(1, [
  {
    instanceType: 'm6g.large',
    code: 'InvalidAMIID.NotFound',
    message: 'The image id does not exist',
  },
]);
/** What EC2 says for people may hold anything, names of other errors included. */
const refusedAndNamesAnother = launchProblem(1, [
  {
    instanceType: 'm6g.large',
    code: 'UnauthorizedOperation',
    message: 'You are not authorized. Reason: InternalPolicy: an explicit deny',
  },
]);
const shortOfTwo = launchProblem(1, [
  { instanceType: 'm6g.large', code: 'InsufficientInstanceCapacity', message: 'There is none.' },
  { instanceType: 'm5.large', code: 'Unsupported', message: 'Not in this zone.' },
]);

describe('bringing coordinators up', () => {
  it.each<[string, Case, StepDecision['kind'], string, string]>([
    ['nobody is there', {}, 'start', 'begin', 'Nobody holds the coordinator address 10.0.0.5.'],
    [
      'an execution works on it',
      { view: { failover: failover() } },
      'wait',
      'under-way',
      'Execution cloudformation-r-1-1: Nobody holds the address.',
    ],
    [
      'the last one has just ended',
      { view: { failover: failover({ running: false, endedAt: at(28) }) } },
      'wait',
      'pause',
      'Nobody holds the coordinator address 10.0.0.5. The last execution said: Nobody holds the address.',
    ],
    [
      'the last one has ended before',
      { view: { failover: failover({ running: false, endedAt: at(20) }) } },
      'start',
      'begin',
      'Nobody holds the coordinator address 10.0.0.5.',
    ],
    [
      'the holder answers over the address: created, also before the standby is there',
      { view: held, answers: answering },
      'done',
      'reached',
      'i-a holds the coordinator address 10.0.0.5 and answers.',
    ],
    [
      'the holder answers itself, but not over the address',
      { view: held, answers: [answer('coordinator address', false), answer('i-a')] },
      'start',
      'begin',
      'i-a holds the coordinator address, but does not answer there. coordinator address refused the connection.',
    ],
    [
      'somebody else answers over the address',
      { view: held, answers: [answer('coordinator address', true, 'jvm-b'), answer('i-a')] },
      'start',
      'begin',
      'i-a holds the coordinator address, but does not answer there. coordinator address is ready.',
    ],
    [
      'EC2 refuses the launch for good, for a minute',
      { view: { failover: failover({ problems: [refusedLaunch] }) }, seconds: 61 },
      'failed',
      'refused',
      `No coordinator can be launched from version 2 of ${template}. ${refusedLaunch.sentence}`,
    ],
    [
      "EC2 refuses the launch for good, and its message has another error's name in it",
      { view: { failover: failover({ problems: [refusedAndNamesAnother] }) }, seconds: 61 },
      'failed',
      'refused',
      `No coordinator can be launched from version 2 of ${template}. ${refusedAndNamesAnother.sentence}`,
    ],
    [
      'EC2 refuses the launch for good, and the problem is worded otherwise',
      {
        view: {
          failover: failover({ problems: [{ ...refusedLaunch, sentence: 'Slot 1 stays empty.' }] }),
        },
        seconds: 61,
      },
      'failed',
      'refused',
      `No coordinator can be launched from version 2 of ${template}. Slot 1 stays empty.`,
    ],
    [
      'a refusal to terminate is no refusal to launch, whatever it says',
      {
        view: {
          failover: failover({
            problems: [
              { kind: 'not-terminated', instanceId: 'i-z', sentence: refusedLaunch.sentence },
            ],
          }),
        },
        seconds: 61,
      },
      'wait',
      'under-way',
      `Execution cloudformation-r-1-1: Nobody holds the address. ${refusedLaunch.sentence}`,
    ],
    [
      'EC2 refuses the launch for the first time: rights may be on their way',
      { view: { failover: failover({ problems: [refusedLaunch] }) }, seconds: 59 },
      'wait',
      'under-way',
      `Execution cloudformation-r-1-1: Nobody holds the address. ${refusedLaunch.sentence}`,
    ],
    [
      'capacity is short: it comes and goes',
      {
        view: {
          failover: failover({
            problems: [shortOfTwo],
          }),
        },
        seconds: 600,
      },
      'wait',
      'under-way',
      `Execution cloudformation-r-1-1: Nobody holds the address. ${shortOfTwo.sentence}`,
    ],
    [
      'a coordinator had its time and never became ready',
      {
        view: { coordinators: [host('i-a')], failover: failover() },
        answers: [answer('i-a', false)],
        seconds: 606,
      },
      'failed',
      'not-ready',
      `i-a was launched from version 2 of ${template} and has not become ready within 10 minutes (readyWithinMinutes). i-a refused the connection.`,
    ],
    [
      'it had its time and was replaced by another one meanwhile',
      {
        view: {
          coordinators: [
            host('i-a', { state: 'terminated' }),
            host('i-b', { launchedAt: at(600) }),
          ],
          failover: failover(),
        },
        seconds: 606,
      },
      'failed',
      'not-ready',
      `i-a was launched from version 2 of ${template} and has not become ready within 10 minutes (readyWithinMinutes). It is terminated.`,
    ],
    [
      'one had its time and was ready: the check has not run this time, so nobody is judged',
      {
        request: update,
        view: { ...held, failover: failover() },
        answers: 'not asked',
        seconds: 700,
      },
      'wait',
      'under-way',
      'Execution cloudformation-r-1-1: Nobody holds the address.',
    ],
    [
      'the holder, which was ready, does not answer for once: its failover is not given up',
      {
        request: update,
        view: { ...held, failover: failover() },
        answers: [answer('coordinator address', false), answer('i-a', false)],
        seconds: 700,
      },
      'wait',
      'under-way',
      'Execution cloudformation-r-1-1: Nobody holds the address.',
    ],
    [
      'time is over',
      { view: { failover: failover({ sentence: 'No capacity.' }) }, seconds: 1200 },
      'failed',
      'too-late',
      'Not within 20 minutes: Nobody holds the coordinator address 10.0.0.5. Execution cloudformation-r-1-1: No capacity.',
    ],
    [
      'there is no such interface',
      { view: { address: null } },
      'failed',
      'no-address',
      'The network interface eni-1, whose address the coordinators get, does not exist.',
    ],
    [
      'the stack is being deleted',
      { view: { address: address(null, 'since then') } },
      'failed',
      'stack-deleting',
      'A deletion of this stack has begun (since then): nothing is launched or attached any more. Delete the stack, and create it again.',
    ],
    [
      'a later request has come',
      { view: { newerRequest: 'r-2' } },
      'failed',
      'superseded',
      'A later request to this stack is being carried out: r-2.',
    ],
    [
      'the cluster is to be called otherwise',
      { request: { ...update, clusterNameBefore: 'trino' } },
      'failed',
      'renamed',
      'The cluster trino cannot be renamed to presto: its coordinators carry its name. Make another stack for presto.',
    ],
    [
      'update: the holder is of another version',
      {
        request: update,
        view: { ...held, coordinators: [host('i-a', { templateVersion: old })] },
        answers: answering,
      },
      'start',
      'begin',
      `i-a holds the coordinator address, but runs another version than ${wanted}.`,
    ],
    [
      'update: the holder is current, but an old one still stands beside it',
      {
        request: update,
        view: { ...held, coordinators: [host('i-a'), host('i-b', { templateVersion: old })] },
        answers: [...answering, answer('i-b')],
      },
      'start',
      'begin',
      'There are 2 coordinators, 0 of them not ready and 1 of another version, but 2 are wanted.',
    ],
    [
      'update: all are as wanted',
      {
        request: update,
        view: { ...held, coordinators: [host('i-a'), host('i-b')] },
        answers: [...answering, answer('i-b')],
      },
      'done',
      'reached',
      'i-a holds the coordinator address 10.0.0.5 and answers. All 2 coordinators are ready and of the wanted version.',
    ],
    [
      'update: a version with the same data counts as the wanted one, as after a rollback',
      {
        request: update,
        view: {
          ...held,
          wantedVersions: [wanted, old],
          coordinators: [host('i-a', { templateVersion: old }), host('i-b')],
        },
        answers: [...answering, answer('i-b')],
      },
      'done',
      'reached',
      'i-a holds the coordinator address 10.0.0.5 and answers. All 2 coordinators are ready and of the wanted version.',
    ],
    [
      'update: somebody has paused the cluster',
      {
        request: update,
        view: {
          ...held,
          coordinators: [host('i-a', { templateVersion: old })],
          failover: failover({
            running: false,
            endedAt: at(20),
            rule: 'paused',
            sentence: 'Paused by alice.',
          }),
        },
        answers: answering,
      },
      'failed',
      'waiting-for-operator',
      'Execution cloudformation-r-1-1 did nothing: Paused by alice.',
    ],
  ])('%s', (_what, situation, kind, rule, sentence) => {
    expect(decide(situation)).toEqual({ kind, rule, sentence });
  });

  it('upgrade: is asked for where the holder has to go, and only in an update', () => {
    const outdated = { ...nothing, ...held, coordinators: [host('i-a', { templateVersion: old })] };
    expect(asksForUpgrade(update, outdated)).toBe(true);
    expect(asksForUpgrade(request, outdated)).toBe(false);
    expect(asksForUpgrade(update, { ...outdated, wantedVersions: [wanted, old] })).toBe(false);
    expect(asksForUpgrade(update, nothing)).toBe(false);
  });

  it('targets: the address, and who stands', () => {
    const gone = host('i-gone', { state: 'shutting-down', privateIpAddress: '10.0.0.7' });
    const standing = host('i-a', { privateIpAddress: '10.0.0.6' });
    const view = { ...nothing, coordinators: [standing, gone] };
    expect(stackOperationTargets(stackOperation(), view)).toEqual([
      { name: 'coordinator address', host: '10.0.0.5' },
      { name: 'i-a', host: '10.0.0.6' },
    ]);
  });
});
