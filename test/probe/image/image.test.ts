import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { imageProblems, readListeners, readProperties } from '../../../probe/image/checks.ts';
import { imageOfThisHost } from '../../../probe/image/facts.ts';
import type { ImageFacts } from '../../../probe/ports.ts';
import { configuration, healthyActive, healthyStandby, startHost } from '../host.ts';

const good: ImageFacts = {
  nodeVersion: 'v24.1.0',
  watchdog: true,
  metadata: 'answers',
  instanceProfile: true,
  clockSynchronised: true,
  listeners: [
    { port: 22, address: '*' },
    { port: 8080, address: '*' },
  ],
  configurations: [
    {
      file: '/etc/trino/config.properties',
      properties: readProperties('coordinator=true\ndiscovery.uri=http://localhost:8080\n'),
    },
  ],
  place: 'here',
  routingRules: `0: from all lookup local\n10: from ${configuration.coordinatorAddress} lookup 10001`,
};

const configured = (text: string) => [
  { file: '/opt/presto-server/etc/config.properties', properties: readProperties(text) },
];

describe('image: what it lacks, and what to do', () => {
  const cases: readonly [string, Partial<ImageFacts>, string, RegExp][] = [
    [
      'an old Node.js',
      { nodeVersion: 'v20.20.2' },
      'node',
      /Node\.js is v20\.20\.2, but must be 22 or later: install nodejs24/,
    ],
    ['no metadata', { metadata: 'silent' }, 'metadata', /does not answer.*hop limit must be 2/],
    ['no instance profile', { instanceProfile: false }, 'instance-profile', /launch template must/],
    [
      'a clock of its own',
      { clockSynchronised: false },
      'clock',
      /run chronyd.*169\.254\.169\.123/,
    ],
    [
      'a server on localhost only',
      { listeners: [{ port: 8080, address: '127.0.0.1' }] },
      'listening',
      /port 8080 of 127\.0\.0\.1 only, but must listen on all addresses/,
    ],
    [
      'a server on one address and localhost',
      {
        listeners: [
          { port: 8080, address: '127.0.0.1' },
          { port: 8080, address: '10.0.0.5' },
        ],
      },
      'listening',
      /of 127\.0\.0\.1 and 10\.0\.0\.5 only/,
    ],
    [
      'a discovery.uri that is the coordinator address',
      {
        configurations: configured(`discovery.uri=http://${configuration.coordinatorAddress}:8080`),
      },
      'discovery-uri',
      /^\/opt\/presto-server\/etc\/config\.properties has the coordinator address as discovery\.uri/,
    ],
    [
      'the same among several, with spaces',
      {
        configurations: configured(
          `discovery.uri = http://localhost:8080, https://${configuration.coordinatorAddress}`,
        ),
      },
      'discovery-uri',
      /must be itself, such as http:\/\/localhost:8080/,
    ],
    [
      'no routing rule for the address',
      { routingRules: '0: from all lookup local' },
      'routing',
      /No routing rule is for 10\.0\.0\.10.*amazon-ec2-net-utils/,
    ],
    ['no watchdog', { watchdog: false }, 'watchdog', /WatchdogSec=30 and NotifyAccess=all/],
  ];
  test.each(cases)('%s', (_name, facts, check, sentence) => {
    expect(imageProblems({ ...good, ...facts }, configuration)).toEqual([
      { check, sentence: expect.stringMatching(sentence) },
    ]);
  });

  test.each<[string, Partial<ImageFacts>]>([
    ['nothing is wrong', {}],
    [
      'nothing could be seen',
      {
        instanceProfile: undefined,
        clockSynchronised: undefined,
        listeners: undefined,
        configurations: [],
        place: 'unknown',
        routingRules: undefined,
      },
    ],
    ['the server does not listen yet', { listeners: [{ port: 22, address: '127.0.0.1' }] }],
    ['a standby has no rule for the address yet', { place: 'elsewhere', routingRules: '' }],
    ['discovery.uri is no URI', { configurations: configured('discovery.uri=somewhere') }],
  ])('no problem: %s', (_name, facts) => {
    expect(imageProblems({ ...good, ...facts }, configuration)).toEqual([]);
  });

  test('HTTP on localhost is no problem where the address is asked by HTTPS', () => {
    const https = {
      ...configuration,
      server: { protocol: 'https', port: 8443, trust: { caBundle: 'PEM' } },
    } as const;
    const listeners = [
      { port: 8080, address: '127.0.0.1' },
      { port: 8443, address: '*' },
    ];
    expect(imageProblems({ ...good, listeners }, https)).toEqual([]);
  });
});

describe("image: the kernel's table of sockets", () => {
  test('all addresses, loopback, one address; what does not listen is left out', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid',
      '   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0',
      '   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0',
      '   2: 0500000A:1F90 0600000A:0016 01 00000000:00000000 00:00000000 00000000     0',
      '   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0',
      '   1: 0000000000000000FFFF00000500000A:20FB 00000000000000000000000000000000:0000 0A 0',
      '   2: 00000000000000000000000001000000:20FB 00000000000000000000000000000000:0000 0A 0',
    ].join('\n');
    expect(readListeners(table)).toEqual([
      { port: 22, address: '*' },
      { port: 8080, address: '127.0.0.1' },
      { port: 8080, address: '*' },
      { port: 8443, address: '10.0.0.5' },
      { port: 8443, address: '::1' },
    ]);
  });

  test.runIf(process.platform === 'linux')('finds a server of this machine', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    const port = typeof bound === 'object' ? bound?.port : undefined;
    const { listeners } = await observeHere();
    expect(listeners).toContainEqual({ port, address: '127.0.0.1' });
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('image: an observation of this machine', () => {
  test('never fails, whatever is missing here', async () => {
    const facts = await observeHere();
    expect(facts.nodeVersion).toBe(process.version);
    expect(facts.metadata).toBe('silent');
    expect(facts.place).toBe('elsewhere');
    expect(imageProblems(facts, configuration).map(({ check }) => check)).toContain('metadata');
  });
});

describe('image: what the probe says of it', () => {
  test('a line per problem when it appears and when it is over, and a count each minute', async () => {
    let facts: ImageFacts = { ...good, clockSynchronised: false, watchdog: false };
    const host = startHost(healthyActive, {}, { image: { observe: async () => facts } });
    await host.seconds(130);
    const problems = () => host.lines.filter(({ event }) => event.startsWith('image-problem'));
    expect(problems()).toEqual([
      { event: 'image-problem', check: 'clock', sentence: expect.stringContaining('chronyd') },
      { event: 'image-problem', check: 'watchdog', sentence: expect.any(String) },
    ]);
    expect(host.values('ImageProblems')).toEqual([2, 2, 2]);
    expect(host.received.find(({ metricName }) => metricName === 'ImageProblems')).toMatchObject({
      dimensions: { Cluster: 'analytics', InstanceId: 'i-00000000000000001' },
    });
    facts = { ...good, watchdog: false };
    await host.seconds(60);
    expect(problems().slice(2)).toEqual([{ event: 'image-problem-over', check: 'clock' }]);
    expect(host.values('ImageProblems').at(-1)).toBe(1);
    expect(await host.stop()).toBe(0);
  });

  test('is said even where the probe cannot learn its own name', async () => {
    const observe = async () => ({ ...good, metadata: 'silent' as const });
    const host = startHost({ ...healthyStandby, metadata: 'fails' }, {}, { image: { observe } });
    await host.seconds(5);
    expect(host.events()).toEqual(
      expect.arrayContaining(['image-problem', 'waiting-for-metadata']),
    );
    await host.stop();
  });

  test('an observation that never ends keeps nothing else from being said', async () => {
    const observe = () => new Promise<never>(() => {});
    const host = startHost(healthyActive, {}, { image: { observe } });
    await host.seconds(30);
    expect(host.values('ActiveHealth')).toContain(1);
  });
});

function observeHere(): Promise<ImageFacts> {
  const silent = async () => {
    throw new Error('no metadata here');
  };
  return imageOfThisHost({
    metadata: { instanceId: silent, networkInterfaceIds: silent, hasInstanceProfile: silent },
    addressPlace: async () => 'elsewhere',
    coordinatorAddress: configuration.coordinatorAddress,
    watchdog: false,
  }).observe(new AbortController().signal);
}
