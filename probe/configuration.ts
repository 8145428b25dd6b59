/**
 * Reads and checks the file that `--config` names.
 * What can go wrong: a typing error on a host that nobody looks at. So everything that is wrong is
 * said at once, a sentence each, before anything is started.
 */
import { isIP } from 'node:net';
import * as v from 'valibot';
import type { ProbeConfiguration } from '../workflow/model/cluster.ts';
import { messageOf } from '../workflow/model/errors.ts';
import { isObject } from '../workflow/model/fields.ts';
import { clusterNamePattern } from '../workflow/model/names.ts';
import { object, problemsOf, value } from '../workflow/model/schema.ts';
import { type EndpointReading, readServerEndpoint } from '../workflow/model/server-endpoint.ts';
import {
  allowedSetting,
  fitsSetting,
  type ProbeSettingName,
  probeSettingRules,
} from '../workflow/model/settings.ts';

export type ConfigurationReading =
  | { readonly kind: 'configuration'; readonly configuration: ProbeConfiguration }
  | { readonly kind: 'problems'; readonly problems: readonly string[] };

/** `text` is the content of the file. */
export function readConfiguration(text: string): ConfigurationReading {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return { kind: 'problems', problems: [`it is not JSON: ${messageOf(error)}`] };
  }
  const read = v.safeParse(fields, parsed);
  const problems = problemsOf(read.issues ?? []).map(
    ({ place, predicate }) => `${place === '' ? 'it' : place} ${predicate}`,
  );
  if (!isObject(parsed)) return { kind: 'problems', problems };
  const { trust } = Object(parsed.server);
  const local = readServerEndpoint('local', { trust, ...Object(parsed.local) });
  const server = readServerEndpoint('server', parsed.server);
  if (!read.success || local.kind === 'problems' || server.kind === 'problems') {
    return { kind: 'problems', problems: [...problems, ...wrongIn(local), ...wrongIn(server)] };
  }
  const { host } = read.output.local;
  return {
    kind: 'configuration',
    configuration: {
      ...read.output,
      local: { ...local.endpoint, host },
      server: server.endpoint,
    },
  };
}

function wrongIn(reading: EndpointReading): readonly string[] {
  return reading.kind === 'problems' ? reading.problems : [];
}

const alarmName = text(/^[^\p{Cc}]{1,255}$/u, 'the name of an alarm, 1 to 255 characters');

const fields = objectOf(
  {
    clusterName: text(
      clusterNamePattern,
      'a letter, then up to 69 letters, digits and hyphens, like "analytics"',
    ),
    region: text(/^[a-z]{2,}(-[a-z0-9]+)+$/, 'an AWS region, like "eu-west-1"'),
    networkInterfaceId: text(
      /^eni-[0-9a-z]{1,32}$/,
      'the id of a network interface, like "eni-0123456789abcdef0"',
    ),
    coordinatorAddress: value<string>(
      (given) => typeof given === 'string' && isIP(given) !== 0,
      'the private IP of the network interface, like "10.0.0.10"',
    ),
    // The rest of `local`, and all of `server`, are endpoints, and read as such.
    local: v.pipe(
      v.unknown(),
      v.transform((given): unknown => ({ host: undefined, ...Object(given) })),
      v.object({
        host: text(
          /^[A-Za-z0-9:.-]{1,253}$/,
          'where the server on this host is asked, like "localhost"',
        ),
      }),
    ),
    server: v.unknown(),
    metricNamespace: text(
      /^(?!AWS\/)[A-Za-z0-9._/#:-]{1,255}$/,
      'a namespace of CloudWatch that is not "AWS/...", like "CoordinatorFailover/analytics"',
    ),
    alarms: v.pipe(
      v.unknown(),
      v.transform((given) => given ?? {}),
      objectOf({ activeHealth: alarmName, reachable: alarmName }, 'an object'),
    ),
    intervalSeconds: setting('intervalSeconds'),
    timeoutSeconds: setting('timeoutSeconds'),
    badSamplesToUnhealthy: setting('badSamplesToUnhealthy'),
    publishSeconds: setting('publishSeconds'),
  },
  'a JSON object',
);

function objectOf<const Fields extends v.ObjectEntries>(known: Fields, allowed: string) {
  const unknown = `there is no such field. Fields: ${Object.keys(known).join(', ')}`;
  return object(known, { allowed, unknown });
}

function text(pattern: RegExp, allowed: string) {
  return value<string>((given) => typeof given === 'string' && pattern.test(given), allowed);
}

function setting(name: ProbeSettingName) {
  const rule = probeSettingRules[name];
  return value<number>((given) => fitsSetting(rule, given), allowedSetting(rule));
}
