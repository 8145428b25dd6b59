import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../../probe/configuration.ts';
import { configuration } from './host.ts';

describe('configuration: what is taken', () => {
  test('all fields', () => {
    expect(readConfiguration(JSON.stringify(configuration))).toEqual({
      kind: 'configuration',
      configuration,
    });
  });
});

describe('configuration: what is refused', () => {
  const { local } = configuration;
  test.each([
    ['server', undefined, 'server is missing, but must be an endpoint, like {"protocol": "http"'],
    ['server', { protocol: 'http', port: 0 }, 'server.port is 0, but must be a port from 1'],
    ['server', { protocol: 'h2', port: 1 }, 'server.protocol is "h2", but must be "http" or'],
    ['server', { protocol: 'https', port: 1 }, 'server.trust is missing, but must be either'],
    ['local', { ...local, port: 80.5 }, 'local.port is 80.5, but must be a port from 1 to 65535.'],
    ['clusterName', '', 'clusterName is "", but must be a letter, then up to 69'],
    ['clusterName', undefined, 'clusterName is missing, but must be a letter'],
    ['region', 'Ireland', 'region is "Ireland", but must be an AWS region, like "eu-west-1".'],
    ['networkInterfaceId', 'vpc-1', 'networkInterfaceId is "vpc-1", but must be the id of'],
    ['coordinatorAddress', '10.0.0.300', 'coordinatorAddress is "10.0.0.300", but must be the'],
    ['local', { ...local, host: 'http://x' }, 'local.host is "http://x", but must be where'],
    ['local', { ...local, host: undefined }, 'local.host is missing, but must be where'],
    ['httpPort', 8080, 'httpPort is 8080, but there is no such field'],
    ['metricNamespace', 'AWS/EC2', 'metricNamespace is "AWS/EC2", but must be a namespace'],
    ['alarms', 'none', 'alarms is "none", but must be an object.'],
    ['alarms', { activeHealth: 'a' }, 'alarms.reachable is missing, but must be the name of'],
    ['intervalSeconds', 0, 'intervalSeconds is 0, but must be a whole number from 1 to 30.'],
    ['timeoutSeconds', '2', 'timeoutSeconds is "2", but must be a whole number from 1 to 10.'],
    ['badSamplesToUnhealthy', 1.5, 'badSamplesToUnhealthy is 1.5, but must be a whole number'],
    ['publishSeconds', undefined, 'publishSeconds is missing, but must be a whole number'],
    ['intervalSecond', 1, 'intervalSecond is 1, but there is no such field. Fields: clusterName,'],
  ])('%s: %j', (name, value, sentence) => {
    const reading = readConfiguration(JSON.stringify({ ...configuration, [name]: value }));
    expect(problems(reading).filter((problem) => problem.startsWith(sentence))).toHaveLength(1);
  });

  test('everything that is wrong is said at once', () => {
    expect(problems(readConfiguration('{}'))).toHaveLength(14);
  });

  test.each([
    ['', 'it is not JSON: '],
    ['{"clusterName": ', 'it is not JSON: '],
    ['[]', 'it is [], but must be a JSON object.'],
    ['null', 'it is null, but must be a JSON object.'],
    ['"probe"', 'it is "probe", but must be a JSON object.'],
  ])('a file with %j', (text, sentence) => {
    expect(problems(readConfiguration(text))[0]).toContain(sentence);
  });

  test('anything at all (never throws)', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(problems(readConfiguration(text)).length).toBeGreaterThan(0);
      }),
    );
  });
});

function problems(reading: ReturnType<typeof readConfiguration>): readonly string[] {
  return reading.kind === 'problems' ? reading.problems : [];
}
