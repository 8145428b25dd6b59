/**
 * No HTTPS, and HTTP is for localhost only: the hosts see their servers, nobody else does. Not a way to
 * run this (docs/https.md), but what happens then must harm nobody.
 */
import { describe, expect, it } from 'vitest';
import { confirm } from '../../../workflow/decide/confirm-failure.ts';
import { addressTargetName } from '../../../workflow/model/incident.ts';
import { pick } from '../../../workflow/standbys/pick-standby.ts';
import {
  activeId,
  coordinator,
  decision,
  incident,
  now,
  refusal,
  type Scene,
  secondsAgo,
  silence,
  standbyId,
} from '../../support/incidents.ts';

const names = [addressTargetName, activeId, standbyId];
const zero = { value: 0, at: secondsAgo(2) } as const;
/** Its probe cannot reach the address either, whether the coordinator lives or not. */
const blockedStandby = coordinator(standbyId, { reachable: zero });

function decisionOn(scene: Scene) {
  return confirm(incident({ standbys: [blockedStandby], ...scene }), now);
}

describe('dropped by a security group: everybody times out', () => {
  const answers = names.map(silence);

  it('local only: a coordinator that is well stays, and a broken path is told', () => {
    const found = decisionOn({ answers });
    expect([found.rule, found.outcome]).toEqual(['self-report-healthy', 'healthy']);
    expect(found.sentence).toContain('a path to it is broken');
    expect(found.evidence.readyStandbys).toEqual([standbyId]);
  });

  it('local only: one that says it is dead is replaced, by the word of the hosts alone', () => {
    const died = incident({ standbys: [blockedStandby], answers, active: { health: zero } });
    const found = confirm(died, now);
    expect([found.rule, found.outcome]).toEqual(['self-report-dead', 'failed']);
    expect(pick({ ...died, decision: found }, now).instanceId).toBe(standbyId);
  });

  it('local only: without a standby silence counts as failed, and a successor is launched first', () => {
    const alone = { standbys: [], answers: [silence(addressTargetName)] };
    expect(decisionOn({ ...alone, active: { health: zero } }).rule).toBe('no-successor');
  });
});

describe('bound to localhost: everybody is refused', () => {
  const answers = names.map(refusal);
  const lasting = { decision: decision({ outcome: 'ask-again', isolatedSince: secondsAgo(60) }) };

  it('local only: a coordinator that is well is never terminated, because nobody counts as ready', () => {
    expect(decisionOn({ answers })).toMatchObject({ rule: 'isolated', outcome: 'ask-again' });
    const later = decisionOn({ answers, rest: lasting });
    expect([later.rule, later.outcome]).toEqual(['isolated', 'prepare']);
    expect(later.evidence.readyStandbys).toEqual([]);
  });

  it('local only: and so one that has died is not replaced either', () => {
    const found = decisionOn({ answers, active: { health: zero } });
    expect([found.rule, found.outcome]).toEqual(['no-successor', 'prepare']);
  });
});
