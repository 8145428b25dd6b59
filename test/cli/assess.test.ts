import { describe, expect, test } from 'vitest';
import { assess } from '../../cli/status/assess.ts';
import { addressName, type ClusterObservation } from '../../cli/status/observe.ts';
import type { RuleName } from '../../workflow/model/incident.ts';
import { acknowledgedTagValue, pausedTagValue } from '../../workflow/model/tags.ts';
import { activeId, now, secondsAgo, standbyId } from '../support/incidents.ts';
import {
  address,
  adviceAfter,
  answers,
  attachment,
  expired,
  host,
  noWay,
  observation,
  read,
  samples,
  unread,
} from './observations.ts';

const bad = { value: 0, at: secondsAgo(2) } as const;
const old = { value: 1, at: secondsAgo(90) } as const;
const nobodyReached = new Map([...answers.keys()].map((name) => [name, noWay]));

const fromFarAway: Partial<ClusterObservation> = { answers: read(nobodyReached) };

function paused(until: string | null): string {
  return pausedTagValue({ until, since: secondsAgo(60), by: 'alice', reason: 'kernel' });
}

const ended = {
  arn: 'arn:x',
  name: 'x',
  status: 'FAILED',
  startedAt: secondsAgo(90),
  stoppedAt: secondsAgo(20),
  error: null,
  cause: null,
  answers: [],
} as const;

function waitingForOperator(rule: RuleName, cause: string): ClusterObservation['lastEnded'] {
  const advice = adviceAfter('waiting-for-operator', rule);
  return read({
    ...ended,
    error: 'WaitingForOperator',
    cause,
    ending: 'waiting-for-operator',
    advice,
  });
}

interface Case {
  readonly what: string;
  readonly different: Partial<ClusterObservation>;
  readonly state: string;
  /** Words of one finding's sentence. */
  readonly says?: RegExp;
  readonly cure?: object;
}

const observeAtOnce = { command: 'failover --reason "look at once"' };

const cases: readonly Case[] = [
  { what: 'all is well', different: {}, state: 'ok' },
  { what: 'all is well by word of the probes alone', different: fromFarAway, state: 'ok' },
  {
    what: 'nobody holds the address',
    different: { address: read({ ...address, attachment: null }) },
    state: 'down',
    says: /Nobody holds the address 10\.0\.0\.10/,
    cure: observeAtOnce,
  },
  {
    what: 'the active is shutting down',
    different: {
      coordinators: read([host(activeId, { state: 'shutting-down' }), host(standbyId)]),
    },
    state: 'down',
    says: /The active i-\S+a is shutting-down/,
    cure: observeAtOnce,
  },
  {
    what: 'the active is retired',
    different: { coordinators: read([host(activeId, { retired: 'arn:x' }), host(standbyId)]) },
    state: 'down',
    says: /retired by arn:x/,
  },
  {
    what: 'the active says not ready and cannot be reached',
    different: {
      ...fromFarAway,
      samples: read(new Map([...samples, [activeId, { health: bad, reachable: null }]])),
    },
    state: 'down',
    says: /The active \S+ is not ready: says not ready 2 s ago/,
  },
  {
    what: 'the address answers that it is starting',
    different: {
      answers: read(
        new Map([
          ...answers,
          [addressName, { ready: false, reached: true, sentence: 'is starting' }],
        ]),
      ),
    },
    state: 'down',
    says: /^The address is starting\.$/m,
  },
  {
    what: 'certificates do not verify from here, and the hosts say healthy',
    different: {
      answers: read(new Map([addressName, activeId].map((name) => [name, expired]))),
    },
    state: 'degraded',
    says: /^The address presents a certificate that has expired: clients may refuse it too\.$/m,
  },
  {
    what: 'the active is silent and cannot be reached',
    different: {
      ...fromFarAway,
      samples: read(new Map([...samples, [activeId, { health: old, reachable: null }]])),
    },
    state: 'degraded',
    says: /cannot be told: its probe was last heard 90 s ago/,
  },
  {
    what: 'the address would die with its holder',
    different: {
      address: read({ ...address, attachment: { ...attachment, deleteOnTermination: true } }),
    },
    state: 'degraded',
    says: /would be deleted together with/,
  },
  {
    what: 'a stranger holds the address',
    different: { coordinators: read([host(activeId, { ours: false }), host(standbyId)]) },
    state: 'ok',
    says: /not tagged as a coordinator of ours/,
  },
  {
    what: 'no standby',
    different: { coordinators: read([host(activeId)]) },
    state: 'degraded',
    says: /There are 0 standbys, but 1 are wanted/,
    cure: observeAtOnce,
  },
  {
    what: 'a retired one is no standby',
    different: {
      coordinators: read([host(activeId), host(standbyId, { retired: 'arn:x' })]),
    },
    state: 'degraded',
    says: /There are 0 standbys/,
  },
  {
    what: 'the standby is silent and cannot be reached',
    different: { ...fromFarAway, samples: read(new Map([...samples].slice(0, 1))) },
    state: 'degraded',
    says: /The standby \S+b could not take over: its probe was not heard in 15 minutes/,
  },
  {
    what: 'the standby does not reach the address',
    different: {
      samples: read(
        new Map([...samples, [standbyId, { health: { ...old, at: now }, reachable: bad }]]),
      ),
    },
    state: 'degraded',
    says: /does not reach the address/,
    cure: { command: 'doctor' },
  },
  {
    what: 'paused',
    different: { address: read({ ...address, paused: paused(null) }) },
    state: 'degraded',
    says: /Nothing fails over by itself. Paused by alice .* until somebody resumes: kernel/,
    cure: { advice: adviceAfter('paused', 'paused'), execution: '' },
  },
  {
    what: 'a pause that has ended is none',
    different: { address: read({ ...address, paused: paused(secondsAgo(1)) }) },
    state: 'ok',
  },
  {
    what: 'a garbled pause pauses',
    different: { address: read({ ...address, paused: 'yes' }) },
    state: 'degraded',
    says: /cannot be read/,
  },
  {
    what: 'too many failovers',
    different: {
      address: read({ ...address, failovers: [300, 200, 100].map(secondsAgo) }),
    },
    state: 'degraded',
    says: /There were 3 failovers within 60 minutes \(limit 3\): the next failure will wait for an operator/,
    cure: { advice: adviceAfter('waiting-for-operator', 'failover-limit'), execution: '' },
  },
  {
    what: 'too many failovers, acknowledged',
    different: {
      address: read({
        ...address,
        failovers: [300, 200, 100].map(secondsAgo),
        acknowledged: acknowledgedTagValue({ at: secondsAgo(50), by: 'bob', reason: 'seen' }),
      }),
    },
    state: 'ok',
  },
  {
    what: 'an alarm is missing',
    different: {
      alarms: read([{ name: 'presto-x', state: 'missing', since: null, reason: '' }]),
    },
    state: 'degraded',
    says: /The alarm presto-x does not exist/,
  },
  {
    what: 'an alarm is in ALARM',
    different: {
      alarms: read([{ name: 'presto-x', state: 'ALARM', since: secondsAgo(30), reason: 'bad' }]),
    },
    state: 'degraded',
    says: /The alarm presto-x is in ALARM for 30 s: bad/,
    cure: observeAtOnce,
  },
  {
    what: 'the last execution was waiting for an operator by the failover limit',
    different: { lastEnded: waitingForOperator('failover-limit', 'There were 3 failovers.') },
    state: 'degraded',
    says: /The last execution was waiting for an operator at 2026-10-02 11:59:40Z: There were 3 failovers\./,
    cure: { advice: adviceAfter('waiting-for-operator', 'failover-limit'), execution: 'x' },
  },
  {
    what: 'the last execution was waiting for an operator because the node is kept',
    different: { lastEnded: waitingForOperator('node-kept', 'A person decides.') },
    state: 'degraded',
    says: /The last execution was waiting for an operator at 2026-10-02 11:59:40Z: A person decides\./,
    cure: { advice: adviceAfter('waiting-for-operator', 'node-kept'), execution: 'x' },
  },
  {
    what: 'the last execution left something to a person',
    different: {
      lastEnded: read({
        ...ended,
        status: 'SUCCEEDED',
        ending: 'nothing-to-do',
        advice: adviceAfter('nothing-to-do', 'self-report-healthy'),
      }),
    },
    state: 'degraded',
    says: /The last execution \(2026-10-02 11:59:40Z\) left something to a person\./,
    cure: { advice: adviceAfter('nothing-to-do', 'self-report-healthy'), execution: 'x' },
  },
  {
    what: 'a failover is under way',
    different: {
      running: read([
        {
          arn: 'arn:x',
          name: 'x',
          status: 'RUNNING',
          startedAt: secondsAgo(5),
          stoppedAt: null,
          startedBy: 'alice',
          state: { name: 'Attach ENI', since: secondsAgo(1) },
        },
      ]),
    },
    state: 'ok',
    says: /The execution x is at "Attach ENI", started by alice\./,
  },
  {
    what: 'alarms cannot be read',
    different: { alarms: unread },
    state: 'unknown',
    says: /The alarms could not be read. AccessDenied: not you/,
  },
  {
    what: 'one reason for two parts is said once',
    different: { machine: unread, samples: unread },
    state: 'unknown',
    says: /The settings, The probes' samples could not be read/,
  },
  {
    what: 'EC2 cannot be read at all',
    different: { address: unread, coordinators: unread, samples: unread },
    state: 'unknown',
    says: /The address, The coordinators, The probes' samples could not be read/,
  },
];

describe('status: what an observation means', () => {
  test.each(cases)('assess: $what', ({ different, state, says, cure }) => {
    const { state: found, findings } = assess(observation(different));
    expect(found).toBe(state);
    const finding = findings.find(({ sentence }) => says?.test(sentence));
    if (says === undefined) expect(findings).toEqual([]);
    else expect(findings.map(({ sentence }) => sentence).join('\n')).toMatch(says);
    if (cure !== undefined) expect(finding?.cure).toEqual(cure);
  });
});
