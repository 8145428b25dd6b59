/** The rules that operators set off: refused, paused, requested; and what lifts failover-limit. */
import { describe, expect, it } from 'vitest';
import { confirm } from '../../../workflow/decide/confirm-failure.ts';
import type { Outcome, RuleName } from '../../../workflow/model/incident.ts';
import { addressTargetName } from '../../../workflow/model/incident.ts';
import {
  activeId,
  answer,
  decision,
  fencedBefore,
  incident,
  midFailover,
  now,
  refusal,
  type Scene,
  secondsAgo,
  standbyId,
} from '../../support/incidents.ts';

const hostSays0 = { health: { value: 0, at: secondsAgo(2) } } as const;
const refused = [refusal(addressTargetName), refusal(activeId), answer(standbyId)];
const pausedTag = 'until 2026-10-02T12:10:00Z since 2026-10-02T11:50:00Z by alice: upgrade';
const endedPauseTag = pausedTag.replace('12:10', '11:59');
const forcing = { force: true, reason: 'upgrade', by: 'alice' };
const switching = { switchover: true, reason: 'upgrade', by: 'alice' };
const wanting = { standby: standbyId };
const dead = { active: hostSays0, answers: refused } as const;
const threeFailovers = { failovers: [60, 600, 1200].map(secondsAgo) };

const cases: readonly (readonly [string, Scene, RuleName, Outcome])[] = [
  [
    'it is paused in the middle of a failover, and the one that it moved to is dead',
    { ...dead, address: { paused: pausedTag }, rest: midFailover },
    'dead',
    'failed',
  ],
  [
    'it is paused, and the execution has fenced somebody, but others have moved the address since',
    { ...dead, address: { paused: pausedTag }, rest: { termination: fencedBefore } },
    'paused',
    'paused',
  ],
  [
    'this is the third failover, and the one that it moved to is dead',
    { ...dead, address: threeFailovers, rest: midFailover },
    'dead',
    'failed',
  ],
  [
    'this is the third failover, and descriptions still show the one that it fenced',
    {
      ...dead,
      address: threeFailovers,
      rest: { termination: { ...fencedBefore, fenced: [activeId] } },
    },
    'dead',
    'failed',
  ],
  [
    'the execution is redriven after three failovers, and others have moved the address since',
    { ...dead, address: threeFailovers, rest: { termination: fencedBefore } },
    'failover-limit',
    'waiting-for-operator',
  ],
  [
    'it is paused and dead',
    { address: { paused: pausedTag }, active: hostSays0, answers: refused },
    'paused',
    'paused',
  ],
  [
    'it is paused by a tag that nobody can read, and dead',
    { address: { paused: 'until noon' }, active: hostSays0, answers: refused },
    'paused',
    'paused',
  ],
  [
    'it is paused and its instance was stopped',
    { address: { paused: pausedTag }, active: { state: 'stopped' } },
    'paused',
    'paused',
  ],
  [
    'it is paused, and nobody holds the address',
    { address: { paused: pausedTag }, attachedSecondsAgo: null },
    'vacant',
    'vacant',
  ],
  [
    'it is dead, and the pause has ended',
    { address: { paused: endedPauseTag }, active: hostSays0, answers: refused },
    'dead',
    'failed',
  ],
  ['a person forces a move', { request: forcing }, 'requested', 'failed'],
  [
    'a person forces a move while it is paused',
    { request: forcing, address: { paused: pausedTag } },
    'requested',
    'failed',
  ],
  [
    'a person forces a move, but nobody is ready',
    { request: forcing, answers: [answer(addressTargetName), refusal(standbyId)] },
    'requested',
    'refused',
  ],
  [
    'a person forces a move, but the address has moved since',
    { request: forcing, attachedSecondsAgo: 5 },
    'answers',
    'healthy',
  ],
  [
    'a person forces a move, and it moved in the second in which this began',
    { request: forcing, attachedSecondsAgo: 8.5 },
    'answers',
    'healthy',
  ],
  [
    'a person forces a move, and this execution has fenced already',
    { request: forcing, rest: { termination: fencedBefore } },
    'answers',
    'healthy',
  ],
  ['a person asks for a switchover', { request: switching }, 'requested', 'failed'],
  [
    'a person asks for a switchover while it is paused',
    { request: switching, address: { paused: pausedTag } },
    'requested',
    'failed',
  ],
  [
    'a person asks for a switchover after three failovers',
    { request: switching, address: threeFailovers },
    'requested',
    'failed',
  ],
  [
    'a person asks for a switchover, but nobody is ready',
    { request: switching, answers: [answer(addressTargetName), refusal(standbyId)] },
    'requested',
    'refused',
  ],
  [
    'a person asks for a switchover, but the address has moved since',
    { request: switching, attachedSecondsAgo: 5 },
    'answers',
    'healthy',
  ],
  [
    'a person asks for a switchover, and who holds the address cannot be read',
    { request: switching, survey: { coordinators: null } },
    'address-unreadable',
    'ask-again',
  ],
  [
    'a person asks for a switchover, and the stack is being deleted',
    { request: switching, address: { stackDeleting: 'arn:1' } },
    'stack-deleting',
    'stack-deleting',
  ],
  ['a person asks for a standby, nothing is wrong', { request: wanting }, 'answers', 'healthy'],
  [
    'a person asks for a standby that is not ready',
    { request: wanting, answers: [answer(addressTargetName), refusal(standbyId)] },
    'refused',
    'refused',
  ],
  ['the request has an unknown key', { request: { forse: true } }, 'refused', 'refused'],
];

describe('the rules behind the operator tags', () => {
  it.each(cases)('rules: %s', (_case, scene, rule, outcome) => {
    const found = confirm(incident(scene), now);
    expect({ rule: found.rule, outcome: found.outcome }).toEqual({ rule, outcome });
    expect(found.sentence).toMatch(/^[A-Z].*\.$/);
  });

  it('rules: a forced move says who asked, and whom it may go to', () => {
    const found = confirm(incident({ request: forcing }), now);
    expect(found.sentence).toBe(
      `A person asked to move the address (alice: upgrade), and ${standbyId} is ready.`,
    );
    const late = confirm(incident({ request: forcing, attachedSecondsAgo: 5 }), now);
    expect(late.sentence).toContain('has moved since this execution began');
  });

  it('rules: a forced move without a ready standby leaves a healthy coordinator alone', () => {
    const answers = [answer(addressTargetName), refusal(standbyId)];
    const found = confirm(incident({ request: forcing, answers }), now);
    expect(found.sentence).toContain('no standby is ready and the coordinator answers');
  });

  it('rules: a forced move that has launched a successor is not refused as if nothing were touched', () => {
    const before = decision({ rule: 'no-successor', outcome: 'prepare' });
    const given = incident({ request: forcing, standbys: [], rest: { decision: before } });
    const found = confirm(given, now);
    expect(found).toMatchObject({ rule: 'answers', outcome: 'healthy' });
    expect(found.sentence).toContain('It is not moved as asked: no standby is ready yet.');
  });

  it('rules: a forced move without a ready standby does not keep a dead one in office', () => {
    const answers = [refusal(addressTargetName), refusal(activeId), refusal(standbyId)];
    const found = confirm(incident({ request: forcing, active: hostSays0, answers }), now);
    expect(found).toMatchObject({ rule: 'no-successor', outcome: 'prepare' });
  });

  it('rules: a forced move and a switchover are asked for in the same words', () => {
    const sentences = [forcing, switching].map(
      (request) => confirm(incident({ request }), now).sentence,
    );
    expect(new Set(sentences).size).toBe(1);
    const late = confirm(incident({ request: switching, attachedSecondsAgo: 5 }), now);
    expect(late.sentence).toContain('has moved since this execution began');
  });

  it('rules: a pause says who, why and until when', () => {
    const found = confirm(incident({ address: { paused: pausedTag } }), now);
    expect(found.sentence).toBe(
      'Automatic failover is paused, so nothing is touched (Paused by alice since ' +
        '2026-10-02T11:50:00Z until 2026-10-02T12:10:00Z: upgrade).',
    );
  });

  it('rules: failovers that an operator has acknowledged do not hold back', () => {
    const failovers = [60, 600, 1200].map(secondsAgo);
    const scene = (acknowledgedSecondsAgo: number): Scene => ({
      active: hostSays0,
      answers: refused,
      address: {
        failovers,
        acknowledged: `${secondsAgo(acknowledgedSecondsAgo)} by alice: bad image`,
      },
    });
    expect(confirm(incident(scene(30)), now).rule).toBe('dead');
    expect(confirm(incident(scene(1200)), now).rule).toBe('dead');
    expect(confirm(incident(scene(1300)), now).rule).toBe('failover-limit');
    expect(confirm(incident(scene(30)), now).evidence.operatorTags[0]).toContain(
      'acknowledged by alice',
    );
  });

  it('rules: a dry run gives the decision that would be given, and marks it', () => {
    const found = confirm(incident({ request: { ...forcing, dryRun: true } }), now);
    expect(found).toMatchObject({ rule: 'requested', outcome: 'failed', dryRun: true });
    expect(confirm(incident(), now).dryRun).toBe(false);
  });
});
