import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../workflow/model/incident.ts';
import { clusterData } from '../../../workflow/standbys/redundancy.ts';
import {
  activeId,
  answer,
  attachmentId,
  coordinator,
  incident,
  now,
  refusal,
  secondsAgo,
  silence,
  standbyId,
} from '../../support/incidents.ts';

function valuesOf(document: Incident): Record<string, number> {
  return Object.fromEntries(
    clusterData(document).map(({ metricName, value }) => [metricName, value]),
  );
}

const address = 'coordinator address';

const attached = {
  kind: 'attached',
  at: now,
  sentence: '',
  instanceId: standbyId,
  attachmentId,
  unfit: [],
} as const;

const verified = {
  kind: 'verified',
  at: now,
  sentence: '',
  attachmentId,
  instanceId: standbyId,
  tries: 1,
  answers: [],
  rejected: [],
} as const;

describe('redundancy', () => {
  it('redundancy: a healthy pair is two ready coordinators, one of them a standby', () => {
    expect(valuesOf(incident())).toEqual({ ReadyCoordinators: 2, ReadyStandbys: 1 });
  });

  it('redundancy: a standby that refuses, or is retired, is none', () => {
    const refuses = [answer(address), answer(activeId), refusal(standbyId)];
    const pair = { ReadyCoordinators: 1, ReadyStandbys: 0 };
    expect(valuesOf(incident({ answers: refuses }))).toEqual(pair);
    const standbys = [coordinator(standbyId, { retired: 'arn:execution' })];
    expect(valuesOf(incident({ standbys }))).toEqual(pair);
  });

  it('redundancy: a dead active leaves the standby', () => {
    const answers = [refusal(address), refusal(activeId), answer(standbyId)];
    expect(valuesOf(incident({ answers }))).toEqual({ ReadyCoordinators: 1, ReadyStandbys: 1 });
  });

  it('redundancy: a checker that reaches nobody is believed only beside what the hosts say', () => {
    const answers = [silence(address), silence(activeId), silence(standbyId)];
    expect(valuesOf(incident({ answers }))).toEqual({ ReadyCoordinators: 2, ReadyStandbys: 1 });
  });

  it('redundancy: a failover that was verified takes a standby, and says how long it took', () => {
    const answers = [refusal(address), refusal(activeId), answer(standbyId)];
    const moved = incident({ answers, rest: { attachment: attached, verification: verified } });
    expect(valuesOf(moved)).toEqual({
      ReadyCoordinators: 1,
      ReadyStandbys: 0,
      FailoverSeconds: 8,
    });
  });

  it('redundancy: whoever has the address and did not verify is neither', () => {
    const answers = [refusal(address), refusal(activeId), answer(standbyId)];
    const rest = {
      attachment: attached,
      verification: { ...verified, kind: 'not-verified' },
    } as const;
    expect(valuesOf(incident({ answers, rest }))).toEqual({
      ReadyCoordinators: 0,
      ReadyStandbys: 0,
    });
  });

  it('redundancy: an observation after the move counts', () => {
    const rest = { attachment: { ...attached, at: secondsAgo(5) } };
    expect(valuesOf(incident({ rest }))).toEqual({ ReadyCoordinators: 2, ReadyStandbys: 1 });
  });

  it.each<[string, Incident]>([
    ['the survey failed', { ...incident(), survey: { kind: 'no-answer', error: {} } }],
    ['the instances could not be read', incident({ survey: { coordinators: null } })],
    ['the address could not be read', incident({ survey: { address: null } })],
    ['nobody was asked', incident({ answers: null })],
  ])('redundancy: where %s, nothing is said: it is not a zero', (_why, document) => {
    expect(clusterData(document)).toEqual([]);
  });
});
