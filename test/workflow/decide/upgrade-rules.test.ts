/** The rules of the cluster's own life: stack-deleting, node-kept, and outdated for a planned switchover. */
import { describe, expect, it } from 'vitest';
import { confirm } from '../../../workflow/decide/confirm-failure.ts';
import type { Outcome, RuleName } from '../../../workflow/model/incident.ts';
import { addressTargetName, type Incident } from '../../../workflow/model/incident.ts';
import {
  activeId,
  answer,
  cluster,
  coordinator,
  fencedBefore,
  incident,
  midFailover,
  now,
  refusal,
  type Scene,
  secondsAgo,
  silence,
  standbyId,
} from '../../support/incidents.ts';

const old = { templateVersion: 'lt-0001:0' };
const hostSays0 = { health: { value: 0, at: secondsAgo(2) } } as const;
const refused = [refusal(addressTargetName), refusal(activeId), answer(standbyId)];
const upgrading = { upgrade: true, by: 'CloudFormation', reason: 'stack update' };
const pausedTag = 'until resumed since 2026-10-02T11:50:00Z by alice: upgrade';

/** The cluster's node is kept. */
function keeping(scene: Scene = {}): Incident {
  const given = incident(scene);
  return { ...given, cluster: { ...given.cluster, keepCoordinatorNode: 'yes' } };
}

type Case = readonly [string, Incident, RuleName, Outcome];

const stackDeleting = { stackDeleting: '2026-10-02T11:59:00Z' };
const stackDeletingCases: readonly Case[] = [
  [
    'it is dead',
    incident({ address: stackDeleting, active: hostSays0, answers: refused }),
    'stack-deleting',
    'stack-deleting',
  ],
  [
    'nobody holds the address',
    incident({ address: stackDeleting, attachedSecondsAgo: null }),
    'stack-deleting',
    'stack-deleting',
  ],
  [
    'a person forces a move',
    incident({ address: stackDeleting, request: { force: true, reason: 'x' } }),
    'stack-deleting',
    'stack-deleting',
  ],
  [
    'the instances cannot be read',
    incident({ address: stackDeleting, survey: { coordinators: null } }),
    'stack-deleting',
    'stack-deleting',
  ],
  [
    'the tag has no value',
    incident({ address: { stackDeleting: '' } }),
    'stack-deleting',
    'stack-deleting',
  ],
];

const cutOff = {
  answers: [silence(addressTargetName), silence(activeId), answer(standbyId)],
  standbys: [coordinator(standbyId, { reachable: { value: 0, at: secondsAgo(2) } })],
};
const keptCases: readonly Case[] = [
  [
    'it is dead',
    keeping({ active: hostSays0, answers: refused }),
    'node-kept',
    'waiting-for-operator',
  ],
  [
    'its instance was stopped',
    keeping({ active: { state: 'stopped' } }),
    'node-kept',
    'waiting-for-operator',
  ],
  [
    'it is dead, and nobody is ready',
    keeping({
      active: hostSays0,
      answers: [refusal(addressTargetName), refusal(activeId), refusal(standbyId)],
    }),
    'node-kept',
    'waiting-for-operator',
  ],
  [
    'it is dead, and an upgrade was asked for',
    keeping({ request: upgrading, active: { ...hostSays0, ...old }, answers: refused }),
    'node-kept',
    'waiting-for-operator',
  ],
  ['it answers', keeping(), 'answers', 'healthy'],
  ['it is cut off for a moment', keeping(cutOff), 'isolated', 'ask-again'],
  [
    'it got the address a moment ago',
    keeping({ attachedSecondsAgo: 5, active: hostSays0, answers: refused }),
    'settling',
    'ask-again',
  ],
  [
    'a person forces a move off a dead one',
    keeping({ request: { force: true, reason: 'x' }, active: hostSays0, answers: refused }),
    'requested',
    'failed',
  ],
  ['nobody holds the address', keeping({ attachedSecondsAgo: null }), 'vacant', 'vacant'],
  [
    'its instance is being terminated, so there is nothing to keep',
    keeping({ active: { state: 'shutting-down' } }),
    'gone',
    'failed',
  ],
  [
    'this execution has fenced somebody, and put the address here',
    keeping({ active: hostSays0, answers: refused, rest: midFailover }),
    'dead',
    'failed',
  ],
  [
    'this execution has fenced somebody, but others have moved the address since',
    keeping({ active: hostSays0, answers: refused, rest: { termination: fencedBefore } }),
    'node-kept',
    'waiting-for-operator',
  ],
  [
    'it is paused, too',
    keeping({ active: hostSays0, answers: refused, address: { paused: pausedTag } }),
    'paused',
    'paused',
  ],
];

const notReady = [answer(addressTargetName), answer(activeId), refusal(standbyId)];
const outdatedCases: readonly Case[] = [
  [
    'a standby of the right version is ready',
    incident({ request: upgrading, active: old }),
    'outdated',
    'failed',
  ],
  [
    'the active does not say what it was launched from',
    incident({ request: upgrading, active: { templateVersion: null } }),
    'outdated',
    'failed',
  ],
  [
    'the active is of version 1 of another template',
    incident({ request: upgrading, active: { templateVersion: 'lt-0000:1' } }),
    'outdated',
    'failed',
  ],
  [
    "the node is kept: an upgrade is a person's word",
    keeping({ request: upgrading, active: old }),
    'outdated',
    'failed',
  ],
  ['nobody asked for it', incident({ active: old }), 'answers', 'healthy'],
  ['the active runs the version already', incident({ request: upgrading }), 'answers', 'healthy'],
  [
    'no standby of the version is ready',
    incident({ request: upgrading, active: old, answers: notReady }),
    'answers',
    'healthy',
  ],
  [
    'the only standby is outdated, too',
    incident({ request: upgrading, active: old, standbys: [coordinator(standbyId, old)] }),
    'answers',
    'healthy',
  ],
  [
    'the address has moved since',
    incident({ request: upgrading, active: old, attachedSecondsAgo: 5 }),
    'answers',
    'healthy',
  ],
  [
    'this execution has fenced somebody',
    incident({ request: upgrading, active: old, rest: { termination: fencedBefore } }),
    'answers',
    'healthy',
  ],
  [
    'it is paused',
    incident({ request: upgrading, active: old, address: { paused: pausedTag } }),
    'paused',
    'paused',
  ],
  [
    'there were too many failovers',
    incident({
      request: upgrading,
      active: old,
      address: { failovers: [60, 600, 1200].map(secondsAgo) },
    }),
    'answers',
    'healthy',
  ],
  [
    'the active has died',
    incident({ request: upgrading, active: { ...old, ...hostSays0 }, answers: refused }),
    'dead',
    'failed',
  ],
  [
    'the standby that was asked for is outdated',
    incident({
      request: { ...upgrading, standby: standbyId },
      active: old,
      standbys: [coordinator(standbyId, old)],
    }),
    'refused',
    'refused',
  ],
];

describe('the rules of a cluster that is taken down, kept or upgraded', () => {
  it.each(stackDeletingCases)('rules: stack-deleting, and %s', expectDecision);
  it.each(keptCases)('rules: the node is kept, and %s', expectDecision);
  it.each(outdatedCases)('rules: an upgrade, and %s', expectDecision);

  function expectDecision(_case: string, given: Incident, rule: RuleName, outcome: Outcome) {
    const found = confirm(given, now);
    expect({ rule: found.rule, outcome: found.outcome }).toEqual({ rule, outcome });
    expect(found.sentence).toMatch(/^[A-Z].*[.a-z]$/);
  }

  it('rules: a kept node that has died tells the command that a person types', () => {
    const found = confirm(keeping({ active: hostSays0, answers: refused }), now);
    expect(found.sentence).toContain(
      'its node is kept (KeepCoordinatorNode is yes): a person decides.',
    );
    expect(found.sentence).toContain(
      'coordinator-failover failover --force --reason "..." --cluster presto',
    );
  });

  it('rules: a kept node that is cut off for long enough waits for a person', () => {
    const earlier = confirm(keeping(cutOff), secondsAgo(20));
    const given = keeping({
      ...cutOff,
      rest: { decision: { ...earlier, isolatedSince: secondsAgo(21) } },
    });
    expect(confirm(given, now)).toMatchObject({
      rule: 'node-kept',
      outcome: 'waiting-for-operator',
    });
  });

  it('rules: an upgrade is called a planned switchover, and says who asked and from where to where', () => {
    expect(confirm(incident({ request: upgrading, active: old }), now).sentence).toBe(
      'A planned switchover: an upgrade to version 1 was asked for (CloudFormation: stack update), ' +
        `the coordinator works but runs version 0, and ${standbyId} is ready.`,
    );
    const kept = confirm(keeping({ request: upgrading, active: old }), now);
    expect(kept.sentence).toContain('KeepCoordinatorNode does not stop an upgrade.');
  });

  it('rules: an upgrade that is not made says why not', () => {
    const why = (scene: Scene) => confirm(incident({ request: upgrading, ...scene }), now).sentence;
    expect(why({})).toContain('It runs version 1 already.');
    expect(why({ active: old, answers: notReady })).toContain(
      'The upgrade to version 1 waits: no standby of that version is ready yet. Ask again when one is.',
    );
    expect(why({ active: old, attachedSecondsAgo: 5 })).toContain('has moved since');
    const failovers = [60, 600, 1200].map(secondsAgo);
    expect(why({ active: old, address: { failovers } })).toContain(
      'The upgrade to version 1 waits: There were 3 failovers within 60 minutes (limit 3)',
    );
    const outdatedStandby = { active: old, standbys: [coordinator(standbyId, old)] };
    expect(why({ ...outdatedStandby, request: { ...upgrading, standby: standbyId } })).toContain(
      `The standby ${standbyId} cannot take over: it runs version 0, and the upgrade is to version 1.`,
    );
  });

  it('rules: every decision says which version everybody runs', () => {
    const { evidence } = confirm(incident({ active: old }), now);
    expect(evidence.versions).toBe(
      `The cluster is to run version ${cluster.launchTemplateVersion}. ${activeId} runs version 0, ${standbyId} runs version 1.`,
    );
  });
});
