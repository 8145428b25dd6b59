/**
 * What an image must provide, as one table: a condition and a sentence that says what to do. The probe
 * looks at its host at start and every minute; what it finds is a line in its log and a count in the
 * metric ImageProblems. docs/image.md tells the same in more words.
 * What can go wrong: a problem that nobody has seen. What is not known is no
 * problem, and no problem here ever stops the probe.
 */

import type { ProbeConfiguration } from '../../workflow/model/cluster.ts';
import { watchdogSeconds } from '../../workflow/model/timing.ts';
import type { ImageFacts, Listener } from '../ports.ts';

/** Why it is a problem, and what to do; undefined where it is none. */
type Check = (facts: ImageFacts, configuration: ProbeConfiguration) => string | undefined;

/** The first that gets security fixes by now: 20 had its last in April 2026 (nodejs.org, releases). */
const leastNodeMajor = 22;

/** By the names under which the log says them. */
const checks: Readonly<Record<string, Check>> = {
  node: ({ nodeVersion }) =>
    Number(/^v(\d+)/.exec(nodeVersion)?.[1] ?? leastNodeMajor) < leastNodeMajor
      ? `Node.js is ${nodeVersion}, but must be ${leastNodeMajor} or later: install nodejs24 on ` +
        'Amazon Linux 2023, or bring one in the image.'
      : undefined,

  metadata: ({ metadata }) =>
    metadata === 'silent'
      ? 'Instance metadata does not answer, so nothing can be published: it must be enabled, and ' +
        'in a container its hop limit must be 2.'
      : undefined,

  'instance-profile': ({ instanceProfile }) =>
    instanceProfile === false
      ? 'The instance has no instance profile, so nothing can be published: the launch template ' +
        'must name one whose role the construct knows.'
      : undefined,

  clock: ({ clockSynchronised }) =>
    clockSynchronised === false
      ? 'The clock is not synchronised, so samples look late or early: run chronyd with the Amazon ' +
        'Time Sync Service, 169.254.169.123.'
      : undefined,

  listening({ listeners }, { server }) {
    const own = listeners?.filter(({ port }) => port === server.port) ?? [];
    if (own.length === 0 || own.some(({ address }) => address === '*')) return undefined;
    const where = own.map(({ address }) => address).join(' and ');
    return (
      `The server listens on port ${server.port} of ${where} only, but must listen on all addresses: ` +
      'the coordinator address comes to this host later.'
    );
  },

  'discovery-uri'({ configurations }, { coordinatorAddress }) {
    const wrong = configurations.find(({ properties }) =>
      (properties.get('discovery.uri') ?? '')
        .split(',')
        .some((uri) => hostOf(uri.trim()) === coordinatorAddress),
    );
    return wrong === undefined
      ? undefined
      : `${wrong.file} has the coordinator address as discovery.uri, but a coordinator's must be itself, ` +
          'such as http://localhost:8080: otherwise a standby joins the cluster of the active.';
  },

  routing: ({ place, routingRules }, { coordinatorAddress }) =>
    place === 'here' && routingRules !== undefined && !routingRules.includes(coordinatorAddress)
      ? `No routing rule is for ${coordinatorAddress}, so answers leave by the primary interface and are ` +
        'dropped: Amazon Linux 2023 makes the rule by itself (amazon-ec2-net-utils); another image must.'
      : undefined,

  watchdog: ({ watchdog }) =>
    watchdog
      ? undefined
      : 'No watchdog waits for the probe, so one that hangs stays silent: start it by the unit of ' +
        `the user data, or with WatchdogSec=${watchdogSeconds} and NotifyAccess=all.`,
};

export interface ImageProblem {
  readonly check: string;
  readonly sentence: string;
}

export function imageProblems(
  facts: ImageFacts,
  configuration: ProbeConfiguration,
): readonly ImageProblem[] {
  return Object.entries(checks).flatMap(([check, judge]) => {
    const sentence = judge(facts, configuration);
    return sentence === undefined ? [] : [{ check, sentence }];
  });
}

function hostOf(uri: string): string | undefined {
  return URL.canParse(uri) ? new URL(uri).hostname.replace(/^\[|\]$/g, '') : undefined;
}

/** A Java properties file, as far as servers use it: no continued lines, no escapes. */
export function readProperties(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').map((line) => line.trim());
  const pairs = lines.flatMap((line) => {
    const [, name, value] = /^([^#!=:\s][^=:\s]*)\s*[=:\s]\s*(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value ?? ''] as const];
  });
  return new Map(pairs);
}

/** The kernel's tables of TCP sockets, /proc/net/tcp and tcp6. Source: proc(5); state 0A is LISTEN. */
export function readListeners(table: string): readonly Listener[] {
  const rows = table.matchAll(/^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ 0A /gm);
  return [...rows].map(([, address = '', port = '']) => ({
    port: Number.parseInt(port, 16),
    address: shownAddress(address),
  }));
}

function shownAddress(hex: string): string {
  if (/^0+$/.test(hex)) return '*';
  if (hex === '00000000000000000000000001000000') return '::1';
  // An IPv4 address, alone or as a part of IPv6; each word has its bytes the other way round.
  const [, last] = /^(?:0{16}FFFF0000)?([0-9A-F]{8})$/.exec(hex) ?? [];
  if (last === undefined) return `an IPv6 address (${hex})`;
  const bytes = last.match(/../g) ?? [];
  return bytes
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}
