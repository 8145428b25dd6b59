import { describe, expect, test } from 'vitest';
import type { Readings } from '../../cli/doctor/check.ts';
import { checksOf } from '../../cli/doctor/checks.ts';
import { showChecks } from '../../cli/doctor/show-checks.ts';
import { assess } from '../../cli/status/assess.ts';
import type { ClusterObservation } from '../../cli/status/observe.ts';
import { draw } from '../../cli/terminal/lines.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { pausedTagValue } from '../../workflow/model/tags.ts';
import { activeId, secondsAgo, standbyId } from '../support/incidents.ts';
import { address, adviceAfter, host, observation, read, samples, unread } from './observations.ts';

const garbled = { slot: null, tags: { [tagKeys.slot]: 'two', [tagKeys.generation]: '1' } };

const well: Readings = {
  subnet: read({ subnetId: 'subnet-0001', availabilityZone: 'local-1a', freeAddresses: 200 }),
  interfaceLimits: read(new Map([['m7i.xlarge', 4]])),
};

function check(different: Partial<ClusterObservation>, readings: Partial<Readings> = {}) {
  const seen = observation(different);
  return checksOf(seen, assess(seen), { ...well, ...readings });
}

function standby(different: Partial<Parameters<typeof host>[1]>): Partial<ClusterObservation> {
  return { coordinators: read([host(activeId), host(standbyId, different)]) };
}

const last = {
  arn: 'arn:x',
  name: 'x',
  status: 'SUCCEEDED',
  startedAt: secondsAgo(200),
  stoppedAt: secondsAgo(120),
  error: null,
  cause: null,
  ending: 'nothing-to-do',
  advice: adviceAfter('nothing-to-do', 'answers'),
  answers: [],
} as const;

test('doctor: a healthy cluster has no problem, and every area is looked at', () => {
  const checks = check({});
  expect(checks.filter(({ decision }) => decision !== 'ok')).toEqual([]);
  expect(checks.map(({ area }) => area)).toEqual([
    'zones',
    'ENI slots',
    'tags',
    'versions',
    'status checks',
    'probes',
    'subnet',
    'alarms',
    'schedule',
    'reachability',
  ]);
});

interface Case {
  readonly what: string;
  readonly different?: Partial<ClusterObservation>;
  readonly readings?: Partial<Readings>;
  readonly decision: string;
  readonly area: string;
  readonly says: RegExp;
}

const cases: readonly Case[] = [
  {
    what: 'a standby in another zone',
    different: standby({ availabilityZone: 'local-1b' }),
    decision: 'problem',
    area: 'zones',
    says: /The address is in local-1a and cannot move to \S+b \(local-1b\)/,
  },
  {
    what: 'no room for the address',
    different: standby({ interfaces: 4 }),
    decision: 'problem',
    area: 'ENI slots',
    says: /No room for the address on \S+b \(m7i\.xlarge\)/,
  },
  {
    what: 'the limits cannot be read',
    readings: { interfaceLimits: unread },
    decision: 'unknown',
    area: 'ENI slots',
    says: /AccessDenied/,
  },
  {
    what: 'a garbled slot',
    different: standby(garbled),
    decision: 'problem',
    area: 'tags',
    says: /\S+b has the slot two and the generation 1/,
  },
  {
    what: 'a slot that two share',
    different: standby({ slot: 1 }),
    decision: 'problem',
    area: 'tags',
    says: /The slot 1 is shared by \S+a and \S+b/,
  },
  {
    what: 'an old version',
    different: standby({ templateVersion: 'lt-0001:7' }),
    decision: 'problem',
    area: 'versions',
    says: /Not of version 1 of lt-0001: \S+b \(version 7\)/,
  },
  {
    what: 'an impaired instance',
    different: {
      statusChecks: read(
        new Map([
          [activeId, 'ok'],
          [standbyId, 'impaired'],
        ]),
      ),
    },
    decision: 'problem',
    area: 'status checks',
    says: /EC2 calls \S+b impaired/,
  },
  {
    what: 'an instance too young for status checks',
    different: { statusChecks: read(new Map([[activeId, 'ok']])) },
    decision: 'unknown',
    area: 'status checks',
    says: /EC2 does not say yet how \S+b does/,
  },
  {
    what: 'a silent probe',
    different: { samples: read(new Map([...samples].slice(0, 1))) },
    decision: 'problem',
    area: 'probes',
    says: /\S+a 3 s ago, \S+b not within 15 minutes/,
  },
  {
    what: 'samples that cannot be read',
    different: { samples: unread },
    decision: 'unknown',
    area: 'probes',
    says: /AccessDenied/,
  },
  {
    what: 'a full subnet',
    readings: {
      subnet: read({ subnetId: 'subnet-0001', availabilityZone: 'local-1a', freeAddresses: 4 }),
    },
    decision: 'problem',
    area: 'subnet',
    says: /subnet-0001 has 4 free addresses/,
  },
  {
    what: 'a subnet in another zone than the address',
    readings: {
      subnet: read({ subnetId: 'subnet-0001', availabilityZone: 'local-1b', freeAddresses: 9 }),
    },
    decision: 'problem',
    area: 'subnet',
    says: /launched in subnet-0001 in local-1b, but the address is in local-1a/,
  },
  {
    what: 'an alarm that is stuck',
    different: {
      alarms: read([{ name: 'presto-x', state: 'ALARM', since: secondsAgo(600), reason: '' }]),
    },
    decision: 'problem',
    area: 'alarms',
    says: /presto-x is stuck in ALARM since 2026-10-02 11:50:00Z/,
  },
  {
    what: 'a schedule that does not run',
    different: { lastEnded: read({ ...last, startedAt: secondsAgo(3 * 3600) }) },
    decision: 'problem',
    area: 'schedule',
    says: /The last execution began 3 h ago: the schedule seems not to run/,
  },
  {
    what: 'nothing has ever run',
    different: { lastEnded: read(null) },
    decision: 'problem',
    area: 'schedule',
    says: /No execution has ever ended/,
  },
  {
    what: 'a path that is broken for the VPC function',
    different: {
      lastEnded: read({
        ...last,
        answers: [{ name: standbyId, reached: false, sentence: 'did not answer in time' }],
      }),
    },
    decision: 'problem',
    area: 'reachability',
    says: /did not reach \S+b \(did not answer in time\), 2 min ago/,
  },
  {
    what: 'a certificate that the VPC function could not verify',
    different: {
      lastEnded: read({
        ...last,
        answers: [
          { name: standbyId, reached: true, unverified: true, sentence: 'presents another one' },
        ],
      }),
    },
    decision: 'problem',
    area: 'reachability',
    says: /could not verify \S+b \(presents another one\), 2 min ago/,
  },
  {
    what: 'no answers on record',
    different: { lastEnded: read(last) },
    decision: 'not checked',
    area: 'reachability',
    says: /holds no answers/,
  },
  {
    what: 'a pause that was forgotten',
    different: {
      address: read({
        ...address,
        paused: pausedTagValue({
          until: null,
          since: secondsAgo(40 * 86_400),
          by: 'alice',
          reason: 'x',
        }),
      }),
    },
    decision: 'problem',
    area: 'pause',
    says: /The pause lasts 40 d already/,
  },
];

describe('doctor: what it finds', () => {
  test.each(cases)('doctor: $what', ({ different = {}, readings, decision, area, says }) => {
    const found = check(different, readings).filter((one) => one.area === area);
    expect(found.map((one) => one.decision)).toContain(decision);
    expect(found.map(({ sentence }) => sentence).join('\n')).toMatch(says);
  });

  test('doctor: every problem has a cure', () => {
    for (const { different = {}, readings } of cases) {
      const problems = check(different, readings).filter(({ decision }) => decision === 'problem');
      for (const { sentence, cure } of problems) expect(cure, sentence).toBeDefined();
    }
  });

  test('doctor: problems come first, with the cure below', () => {
    const checks = check(standby(garbled));
    const lines = draw(showChecks(checks, String), false).split('\n');
    expect(lines[0]).toMatch(/^PROBLEM {5}tags {10}\S+b has the slot two/);
    expect(lines[1]).toMatch(/^ {26}-> Surplus is scaled in/);
  });
});
