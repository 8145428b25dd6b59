import { describe, expect, it } from 'vitest';
import { confirm } from '../../../workflow/decide/confirm-failure.ts';
import { rules } from '../../../workflow/decide/rules.ts';
import type { Outcome, RuleName } from '../../../workflow/model/incident.ts';
import { addressTargetName, type Coordinator } from '../../../workflow/model/incident.ts';
import {
  activeId,
  answer,
  coordinator,
  decision,
  incident,
  notVerified,
  now,
  refusal,
  type Scene,
  secondsAgo,
  silence,
  standbyId,
} from '../../support/incidents.ts';

const hostSays0 = { health: { value: 0, at: secondsAgo(2) } } as const;
const hostSilent = { health: { value: 1, at: secondsAgo(40) } } as const;
const standbySees0: Coordinator = coordinator(standbyId, {
  reachable: { value: 0, at: secondsAgo(2) },
});
const standbyQuiet: Coordinator = coordinator(standbyId, { health: null, reachable: null });
const refused = [refusal(addressTargetName), refusal(activeId), answer(standbyId)];
const timedOut = [silence(addressTargetName), silence(activeId), answer(standbyId)];
const blindChecker = [silence(addressTargetName), silence(activeId), silence(standbyId)];

const shuttingDown = (instanceId: string) => ({
  source: 'aws.ec2',
  'detail-type': 'EC2 Instance State-change Notification',
  detail: { 'instance-id': instanceId, state: 'shutting-down' },
});

const cases: readonly (readonly [string, Scene, RuleName, Outcome])[] = [
  ['nothing is wrong', {}, 'answers', 'healthy'],
  ['the ENI could not be read', { survey: { address: null } }, 'address-unreadable', 'ask-again'],
  [
    'the instances could not be read',
    { survey: { coordinators: null } },
    'address-unreadable',
    'ask-again',
  ],
  [
    'the survey gave no answer at all',
    { rest: { survey: { kind: 'no-answer', error: {} } } },
    'address-unreadable',
    'ask-again',
  ],
  ['the ENI is attached to nothing', { attachedSecondsAgo: null }, 'vacant', 'vacant'],
  ['the holder is retired', { active: { retired: 'arn:1' } }, 'vacant', 'vacant'],
  ['the instance is shutting down', { active: { state: 'shutting-down' } }, 'gone', 'failed'],
  [
    'EC2 has just announced that the active shuts down, and describes it as running',
    { request: shuttingDown(activeId) },
    'termination-announced',
    'ask-again',
  ],
  [
    'EC2 announced so long ago that the active shuts down, and it runs',
    {
      request: shuttingDown(activeId),
      rest: { execution: { id: 'arn:1', startedAt: secondsAgo(40) } },
    },
    'answers',
    'healthy',
  ],
  ['EC2 announced so of a standby', { request: shuttingDown(standbyId) }, 'answers', 'healthy'],
  ['the instance is stopped', { active: { state: 'stopped' } }, 'gone', 'failed'],
  ['the host says 0 but the address answers', { active: hostSays0 }, 'answers', 'healthy'],
  [
    'it was attached 10 s ago and fails',
    { attachedSecondsAgo: 10, active: hostSays0, answers: refused },
    'settling',
    'ask-again',
  ],
  [
    'it was attached 10 s ago and did not verify here',
    {
      attachedSecondsAgo: 10,
      active: hostSays0,
      answers: refused,
      rest: { verification: notVerified },
    },
    'dead',
    'failed',
  ],
  [
    'the host says healthy, standbys and checker do not reach it',
    { standbys: [standbySees0], answers: timedOut },
    'isolated',
    'ask-again',
  ],
  [
    'the same for 21 s',
    {
      standbys: [standbySees0],
      answers: timedOut,
      rest: { decision: decision({ outcome: 'ask-again', isolatedSince: secondsAgo(21) }) },
    },
    'isolated',
    'failed',
  ],
  [
    'the same for 21 s, and nobody is ready',
    {
      standbys: [{ ...standbySees0, health: hostSays0.health }],
      answers: [silence(addressTargetName), silence(activeId), refusal(standbyId)],
      rest: { decision: decision({ outcome: 'ask-again', isolatedSince: secondsAgo(21) }) },
    },
    'isolated',
    'prepare',
  ],
  [
    'the host says healthy, only the checker does not reach it',
    { answers: timedOut },
    'self-report-healthy',
    'healthy',
  ],
  [
    'the address refuses, and all that was heard of the host is older than the alarm',
    {
      active: { health: { value: 1, at: secondsAgo(7) } },
      standbys: [coordinator(standbyId, { reachable: { value: 1, at: secondsAgo(7) } })],
      answers: refused,
    },
    'self-report-healthy',
    'ask-again',
  ],
  [
    'the host says healthy, the checker reaches nobody',
    { answers: blindChecker },
    'self-report-healthy',
    'healthy',
  ],
  [
    'the host says healthy and is cut off for 21 s, after three failovers within the hour',
    {
      standbys: [standbySees0],
      answers: timedOut,
      address: { failovers: [60, 600, 1200].map(secondsAgo) },
      rest: { decision: decision({ outcome: 'ask-again', isolatedSince: secondsAgo(21) }) },
    },
    'isolated',
    'waiting-for-operator',
  ],
  [
    'the checker alone does not reach a fresh promotion: host and standbys say it is well',
    {
      attachedSecondsAgo: 60,
      answers: timedOut,
      rest: {
        decision: decision({ outcome: 'ask-again', isolatedSince: secondsAgo(21) }),
        verification: notVerified,
      },
    },
    'self-report-healthy',
    'healthy',
  ],
  [
    'the same, but no standby speaks',
    {
      attachedSecondsAgo: 60,
      standbys: [coordinator(standbyId, { reachable: null })],
      answers: timedOut,
      rest: {
        decision: decision({ outcome: 'ask-again', isolatedSince: secondsAgo(21) }),
        verification: notVerified,
      },
    },
    'isolated',
    'failed',
  ],
  [
    'it is dead after three failovers within the hour',
    {
      active: hostSays0,
      answers: refused,
      address: { failovers: [60, 600, 1200].map(secondsAgo) },
    },
    'failover-limit',
    'waiting-for-operator',
  ],
  [
    'it is dead, the three failovers are older than the window',
    {
      active: hostSays0,
      answers: refused,
      address: { failovers: [4000, 5000, 6000].map(secondsAgo) },
    },
    'dead',
    'failed',
  ],
  [
    'it is dead and nobody is ready',
    {
      active: hostSays0,
      answers: [refusal(addressTargetName), refusal(activeId), refusal(standbyId)],
    },
    'no-successor',
    'prepare',
  ],
  [
    'it is dead and there is no standby',
    { active: hostSays0, standbys: [], answers: [refusal(addressTargetName)] },
    'no-successor',
    'prepare',
  ],
  [
    'the address refuses, the host says 0',
    { active: hostSays0, answers: refused },
    'dead',
    'failed',
  ],
  [
    'the address times out, the host is silent, standbys do not reach it',
    { active: hostSilent, standbys: [standbySees0], answers: timedOut },
    'dead',
    'failed',
  ],
  [
    'the address times out, the host is silent, a standby reaches it',
    { active: hostSilent, answers: timedOut },
    'unsure',
    'ask-again',
  ],
  [
    'the address times out, no host is heard',
    { active: hostSilent, standbys: [standbyQuiet], answers: timedOut },
    'unsure',
    'ask-again',
  ],
  [
    'the address times out, the samples could not be read',
    { survey: { samplesRead: false }, answers: timedOut },
    'unsure',
    'ask-again',
  ],
  [
    'the checker is blind, the host says 0, nobody seconds it',
    { active: hostSays0, answers: blindChecker },
    'unsure',
    'ask-again',
  ],
  [
    'the checker is blind, the host says 0, standbys second it',
    { active: hostSays0, standbys: [standbySees0], answers: blindChecker },
    'self-report-dead',
    'failed',
  ],
  [
    'the checker did not run, the host says 0, EC2 seconds it',
    { active: { ...hostSays0, statusChecks: 'impaired' }, answers: null },
    'self-report-dead',
    'failed',
  ],
  [
    'the checker is blind and the host is silent',
    { active: hostSilent, standbys: [standbySees0], answers: blindChecker },
    'unsure',
    'ask-again',
  ],
];

describe('the rules', () => {
  it.each(cases)('rules: %s', (_case, scene, rule, outcome) => {
    const found = confirm(incident(scene), now);
    expect({ rule: found.rule, outcome: found.outcome }).toEqual({ rule, outcome });
    expect(found.sentence).toMatch(/^[A-Z].*\.$/);
  });

  it('rules: every rule is reached by a case here, in operator-tag-rules.test.ts or upgrade-rules.test.ts', () => {
    const reached = new Set(cases.map(([, , rule]) => rule));
    expect(rules.map(({ name }) => name).filter((name) => !reached.has(name))).toEqual([
      'refused',
      'stack-deleting',
      'paused',
      'node-kept',
      'requested',
      'outdated',
    ]);
  });
});
