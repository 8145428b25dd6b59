/**
 * Reads and checks the file that `--config` names.
 * What can go wrong: a typing error on a host that nobody looks at. So everything that is wrong is
 * said at once, a sentence each, before anything is started.
 */
import { isIP } from 'node:net';
import type { ProbeConfiguration } from '../workflow/model/cluster.ts';
import { messageOf } from '../workflow/model/errors.ts';
import { clusterNamePattern } from '../workflow/model/names.ts';
import { type EndpointReading, readServerEndpoint } from '../workflow/model/server-endpoint.ts';
import { probeSettingRules, settingProblems } from '../workflow/model/settings.ts';

export type ConfigurationReading =
  | { readonly kind: 'configuration'; readonly configuration: ProbeConfiguration }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/** `text` is the content of the file. */
export function readConfiguration(text: string): ConfigurationReading {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return problem(`it is not JSON: ${messageOf(error)}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return problem(`it is ${shown(parsed)}, but must be a JSON object.`);
  }
  const given: Readonly<Record<string, unknown>> = { ...parsed };
  const local = readServerEndpoint('local', {
    trust: Object(given.server).trust,
    ...Object(given.local),
  });
  const server = readServerEndpoint('server', given.server);
  const problems = [...problemsOf(given), ...problemsIn(local), ...problemsIn(server)];
  if (problems.length > 0 || local.kind === 'problems' || server.kind === 'problems') {
    return { kind: 'problems', problems };
  }
  // Every field was just checked against the type, one by one.
  const checked = parsed as ProbeConfiguration;
  const configuration: ProbeConfiguration = {
    ...checked,
    local: { ...local.endpoint, host: checked.local.host },
    server: server.endpoint,
  };
  return { kind: 'configuration', configuration };
}

function problemsIn(reading: EndpointReading): readonly string[] {
  return reading.kind === 'problems' ? reading.problems : [];
}

interface FieldRule {
  readonly fits: (value: unknown) => boolean;
  readonly allowed: string;
}

const alarmName: FieldRule = {
  fits: (value) => isText(value, /^[^\p{Cc}]{1,255}$/u),
  allowed: 'the name of an alarm, 1 to 255 characters',
};

/** By the path of each field, for instance `alarms.reachable`. */
const fieldRules: ReadonlyMap<string, FieldRule> = new Map<string, FieldRule>([
  [
    'clusterName',
    {
      fits: (value) => isText(value, clusterNamePattern),
      allowed: 'a letter, then up to 69 letters, digits and hyphens, like "analytics"',
    },
  ],
  [
    'region',
    {
      fits: (value) => isText(value, /^[a-z]{2,}(-[a-z0-9]+)+$/),
      allowed: 'an AWS region, like "eu-west-1"',
    },
  ],
  [
    'networkInterfaceId',
    {
      fits: (value) => isText(value, /^eni-[0-9a-z]{1,32}$/),
      allowed: 'the id of a network interface, like "eni-0123456789abcdef0"',
    },
  ],
  [
    'coordinatorAddress',
    {
      fits: (value) => typeof value === 'string' && isIP(value) !== 0,
      allowed: 'the private IP of the network interface, like "10.0.0.10"',
    },
  ],
  [
    'local.host',
    {
      fits: (value) => isText(value, /^[A-Za-z0-9:.-]{1,253}$/),
      allowed: 'where the server on this host is asked, like "localhost"',
    },
  ],
  [
    'metricNamespace',
    {
      fits: (value) => isText(value, /^(?!AWS\/)[A-Za-z0-9._/#:-]{1,255}$/),
      allowed:
        'a namespace of CloudWatch that is not "AWS/...", like "CoordinatorFailover/analytics"',
    },
  ],
  ['alarms.activeHealth', alarmName],
  ['alarms.reachable', alarmName],
]);

function problemsOf(given: Readonly<Record<string, unknown>>): string[] {
  const { alarms, local, server: _readApart, ...others } = given;
  const flat: Readonly<Record<string, unknown>> = {
    ...others,
    ...(typeof alarms === 'object' && alarms !== null
      ? withPrefix('alarms.', alarms)
      : alarms !== undefined && { alarms }),
    // The rest of it is an endpoint, and read as such.
    'local.host': Object(local).host,
  };
  const settings: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(flat)) {
    if (Object.hasOwn(probeSettingRules, name)) settings[name] = value;
    else if (!fieldRules.has(name)) {
      const known = [...fieldRules.keys(), ...Object.keys(probeSettingRules)].join(', ');
      problems.push(`${name} is ${shown(value)}, but there is no such field. Fields: ${known}.`);
    }
  }
  for (const [name, rule] of fieldRules) {
    if (rule.fits(flat[name])) continue;
    problems.push(`${name} is ${shown(flat[name])}, but must be ${rule.allowed}.`);
  }
  return [...problems, ...settingProblems(probeSettingRules, settings)];
}

function withPrefix(prefix: string, fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [prefix + name, value]));
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 100);
}

function problem(sentence: string): ConfigurationReading {
  return { kind: 'problems', problems: [sentence] };
}
