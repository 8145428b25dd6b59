/** HTTPS in the construct's props and in the ready-made stack's parameters. */

import { X509Certificate } from 'node:crypto';
import { parameterValues, readTemplate } from '@coordinator-failover/local-cloud';
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Template } from 'aws-cdk-lib/assertions';
import { MachineImage, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { beforeAll, describe, expect, test } from 'vitest';
import { CoordinatorFailover } from '../../../infra/coordinator-failover.ts';
import {
  type ServerProps,
  serverProblems,
  serverWarnings,
} from '../../../infra/props/server-props.ts';
import { CoordinatorFailoverStack } from '../../../infra/stack/stack.ts';
import { readConfiguration } from '../../../probe/configuration.ts';
import { readProbeConfiguration } from '../../../probe/user-data.ts';
import { createAuthority } from '../../../trials/drill/private-authority.ts';
import { readCluster } from '../../../workflow/model/document.ts';
import {
  type CloudFormationTemplate,
  onlyResource,
  resourcesOf,
  textOf,
} from '../template-reading.ts';

const authority = await createAuthority();
const { key } = await authority.issue({ names: ['a'] });
const caBundle = authority.certificate;
const oneLine = caBundle.replaceAll('\n', '\\n');
const pin = new X509Certificate(caBundle).fingerprint256;
const plainPin = pin.replaceAll(':', '').toLowerCase();
const address = '10.0.0.10';

describe('props', () => {
  const https = { httpsPort: 8443, caBundle };
  const oneOfTwo = 'but one of the two must say what makes a certificate the right one.';
  const wrong: readonly [string, ServerProps, string][] = [
    [
      'HTTPS that nobody can verify',
      { httpsPort: 8443 },
      `httpsPort is 8443, and neither of caBundle and pinnedCertificateSha256 is given, ${oneOfTwo}`,
    ],
    [
      'two kinds of trust',
      { ...https, pinnedCertificateSha256: pin },
      `httpsPort is 8443, and both of caBundle and pinnedCertificateSha256 is given, ${oneOfTwo}`,
    ],
    [
      'trust without HTTPS',
      { caBundle },
      'caBundle is given, but httpsPort is not: only HTTPS can use it.',
    ],
    [
      'neither HTTP nor HTTPS',
      { httpEnabled: false },
      'httpEnabled is false, but httpsPort is not given.',
    ],
    [
      'one port for both',
      { ...https, httpPort: 8443 },
      'httpPort and httpsPort are both 8443, but must differ.',
    ],
    [
      'a port that does not exist',
      { ...https, httpsPort: 70_000 },
      'httpsPort is 70000, but must be a whole number from 0 to 65535. A TCP port, or 0 for no HTTPS.',
    ],
    ['a path in place of a PEM', { ...https, caBundle: 'ca.pem' }, 'caBundle holds no certificate'],
    [
      'a PEM that holds no certificate',
      { ...https, caBundle: caBundle.replace('MII', 'AAA') },
      'caBundle: certificate 1 cannot be read: ',
    ],
    [
      'a bundle that fits into nothing',
      { ...https, caBundle: caBundle.repeat(9) },
      `caBundle has ${caBundle.length * 9} characters, but must have at most 4096`,
    ],
    [
      'a private key',
      { ...https, caBundle: key },
      'caBundle holds a private key, which must never leave its server: give only certificates.',
    ],
    [
      'half a fingerprint',
      { httpsPort: 8443, pinnedCertificateSha256: pin.slice(0, 40) },
      `pinnedCertificateSha256 is "${pin.slice(0, 40)}", but must be the SHA-256 fingerprint`,
    ],
    [
      'a URL as name',
      { ...https, tlsServerName: 'https://presto' },
      'tlsServerName is "https://presto", but must be the name in the certificate',
    ],
  ];
  test.each(wrong)('https: %s is one clear sentence', (_what, props, sentence) => {
    const problems = serverProblems(props);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(sentence), problems[0]).toBe(true);
  });

  test('https: the same port for both is right where HTTP is off', () => {
    expect(serverProblems({ ...https, httpPort: 8443, httpEnabled: false })).toEqual([]);
  });

  test('https: an authority that has expired is a warning, which names it', () => {
    const later = new Date(Date.now() + 60 * 86_400_000);
    expect(serverWarnings(https, new Date())).toEqual([]);
    expect(serverWarnings(https, later)).toEqual([
      expect.stringMatching(/^caBundle: certificate 1 \(CN=Drill\) has expired on .* GMT\.$/),
    ]);
  });

  test('https: the construct asks, lets in and tells over HTTPS; itself over HTTP on the host', () => {
    const { server, local, ports, failover } = construct({
      ...https,
      tlsServerName: 'presto.test',
    });
    const endpoint = {
      protocol: 'https',
      port: 8443,
      trust: { caBundle },
      serverName: 'presto.test',
    };
    expect(server).toEqual(endpoint);
    expect(local).toEqual({ host: 'localhost', protocol: 'http', port: 8080 });
    expect(ports).toEqual([8443]);
    expect(failover.coordinatorUri).toBe('https://presto.test:8443');
  });

  test('https: where HTTP is off the host asks itself over HTTPS, verified by the same', () => {
    const { server, local } = construct({
      httpsPort: 8443,
      httpEnabled: false,
      pinnedCertificateSha256: pin,
    });
    const trust = { pinnedCertificateSha256: plainPin };
    expect(server).toEqual({ protocol: 'https', port: 8443, trust, serverName: address });
    expect(local).toEqual({ host: 'localhost', ...(server as object) });
  });
});

describe('parameters of the ready-made stack', () => {
  let template: CloudFormationTemplate;
  beforeAll(() => {
    const stack = new CoordinatorFailoverStack(new App(), 'Presto');
    template = Template.fromStack(stack).toJSON() as CloudFormationTemplate;
  });

  const given = {
    'AWS::StackName': 'presto',
    'AWS::Region': 'eu-west-1',
    HttpPort: '8080',
    HttpsPort: '8443',
    CaBundle: oneLine,
    PinnedCertificateSha256: '',
    TlsServerName: 'presto.test',
  };

  test('https: a bundle in one line arrives as PEM, in the state machine and on the host', () => {
    const { server, local } = endpointsIn(template, given, /HttpsIsOn|TlsServerNameIsGiven/);
    const endpoint = { protocol: 'https', port: 8443, trust: { caBundle } };
    expect(server).toEqual({ ...endpoint, serverName: 'presto.test' });
    expect(local).toEqual({ host: 'localhost', protocol: 'http', port: 8080 });
    const off = endpointsIn(template, given, /HttpsIsOn|HttpIsOff/);
    expect(off.local).toEqual({ host: 'localhost', ...endpoint, serverName: address });
  });

  test('https: the URL is that of the server in use', () => {
    const url = (pattern: RegExp) =>
      textOf(template.Outputs.PrestoCoordinatorURL?.Value, given, (name) => pattern.test(name));
    expect(url(/^$/)).toMatch(/^http:\/\/<.*PrimaryPrivateIpAddress>:8080$/);
    expect(url(/HttpsIsOn/)).toMatch(/^https:\/\/<.*PrimaryPrivateIpAddress>:8443$/);
    expect(url(/HttpsIsOn|TlsServerNameIsGiven/)).toBe('https://presto.test:8443');
  });

  test.each([
    ['\\n as two characters', oneLine],
    ['spaces', caBundle.replaceAll('\n', ' ')],
    ['nothing in place of line ends', caBundle.replaceAll('\n', '')],
    ['several', oneLine.repeat(3)],
  ])('https: CaBundle may have %s', (_how, value) => {
    expect(taken('CaBundle', value)).toBe(value);
  });

  test.each([
    ['CaBundle', 'real line ends, which would break the JSON', caBundle],
    ['CaBundle', 'a path', 'file://ca.pem'],
    ['CaBundle', 'a quotation mark', oneLine.replace('MII', 'M"I')],
    ['PinnedCertificateSha256', 'half a fingerprint', pin.slice(0, 40)],
    ['TlsServerName', 'a URL', 'https://presto'],
    ['HttpsPort', 'no port', '70000'],
  ])('https: %s refuses %s', (name, _what, value) => {
    expect(() => taken(name, value)).toThrow(`${name} is`);
  });

  test.each([pin, plainPin, `${pin}, ${plainPin}`, ''])(
    'https: a fingerprint %s is taken',
    (value) => {
      expect(taken('PinnedCertificateSha256', value)).toBe(value);
    },
  );

  const https = { HttpsPort: '8443' };
  test.each([
    ['HTTPS without trust', https, 'With HttpsPort, give either CaBundle or'],
    [
      'HTTPS with both',
      { ...https, CaBundle: oneLine, PinnedCertificateSha256: pin },
      'With HttpsPort, give either CaBundle or',
    ],
    ['trust without HTTPS', { CaBundle: oneLine }, 'need HttpsPort: only HTTPS can use them'],
    ['a name without HTTPS', { TlsServerName: 'x' }, 'need HttpsPort: only HTTPS can use them'],
    ['nothing spoken', { HttpEnabled: 'no' }, 'HttpEnabled is no, but HttpsPort is not given'],
  ])('https: %s is refused before anything is made', (_what, values, sentence) => {
    expect(() => deployed(values)).toThrow(sentence);
  });

  test.each([
    ['none', {}],
    ['a bundle', { ...https, CaBundle: oneLine }],
    ['a pin', { ...https, PinnedCertificateSha256: pin, HttpEnabled: 'no' }],
  ])('https: %s is taken', (_what, values) => {
    expect(() => deployed(values)).not.toThrow();
  });

  function taken(name: string, value: string): string | undefined {
    const declared = { [name]: template.Parameters[name] };
    return parameterValues(declared, { [name]: value }).get(name)?.value;
  }

  function deployed(values: Readonly<Record<string, string>>) {
    const others = {
      VpcId: 'vpc-12345678',
      SubnetId: 'subnet-12345678',
      ImageId: 'ami-12345678',
    };
    const place = { stackName: 'presto', region: 'eu-west-1', accountId: '111122223333' };
    return readTemplate(template, { ...others, ...values }, place as never);
  }
});

function construct(props: ServerProps) {
  const stack = new Stack(new App(), 'presto', { env: { region: 'eu-west-1' } });
  const failover = new CoordinatorFailover(stack, 'Failover', {
    vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-12345678',
      availabilityZones: ['eu-west-1a'],
    }),
    subnet: Subnet.fromSubnetId(stack, 'Subnet', 'subnet-12345678'),
    machineImage: MachineImage.genericLinux({ 'eu-west-1': 'ami-12345678' }),
    instanceTypes: ['m7i.xlarge'],
    clientCidr: '10.0.0.0/8',
    ...props,
  });
  Annotations.fromStack(stack).hasNoWarning('*', 'caBundle*');
  const template = Template.fromStack(stack).toJSON() as CloudFormationTemplate;
  const rules = resourcesOf(template, 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) =>
    Number(Properties.FromPort),
  );
  return {
    ...endpointsIn(template, { 'AWS::StackName': 'presto' }, /^$/),
    ports: [...new Set(rules)],
    failover,
  };
}

/** As their readers read them. */
function endpointsIn(
  template: CloudFormationTemplate,
  given: Readonly<Record<string, string>>,
  conditions: RegExp,
) {
  const [interfaceId] = onlyResource(template, 'AWS::EC2::NetworkInterface');
  const defaults = Object.entries(template.Parameters).map(
    ([name, { Default }]) => [name, String(Default)] as const,
  );
  const values = { ...Object.fromEntries(defaults), ...given };
  const text = (value: unknown) =>
    textOf(value, values, (name) => conditions.test(name)).replaceAll(
      `<${interfaceId}.PrimaryPrivateIpAddress>`,
      address,
    );
  const machines = resourcesOf(template, 'AWS::StepFunctions::StateMachine').map(
    ([, { Properties }]) => JSON.parse(text(Properties.DefinitionString)) as Definition,
  );
  const cluster = machines.flatMap(
    (one) => one.States['Receive request']?.Parameters.cluster ?? [],
  );
  const [, launch] = onlyResource(template, 'AWS::EC2::LaunchTemplate');
  const { UserData } = launch.Properties.LaunchTemplateData as { UserData: unknown };
  const written = readProbeConfiguration(text(UserData).replaceAll(`<${interfaceId}>`, 'eni-1'));
  const read = readConfiguration(JSON.stringify(written));
  if (read.kind === 'problems') throw new Error(read.problems.join(' '));
  const { server, local } = read.configuration;
  expect(readCluster(cluster[0]).server).toEqual(server);
  return { server, local };
}

interface Definition {
  readonly States: Readonly<Record<string, { readonly Parameters: { readonly cluster: unknown } }>>;
}
