/**
 * The user data of a coordinator: the part that installs the probe, and a user's own before and after
 * it. The texts are files of probe/host/; the numbers, names and ids of this cluster are put in here.
 * What can go wrong: one part that fails takes the others with it. So they are parts of a MIME
 * multipart text: cloud-init runs each by itself, in the order of their file names, whatever became of
 * the others (runparts in cloudinit/subp.py). And EC2 takes 16 KB at most: more is an error at synth.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fn, Stack, Token } from 'aws-cdk-lib';
import type { UserData } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { ProbeConfiguration } from '../../workflow/model/cluster.ts';
import { hostDirectory } from '../bundle/bundles.ts';

export interface ProbeSource {
  /** `s3://BUCKET/KEY`. */
  readonly url: string;
  /**
   * Of the bundle, hexadecimal. It comes with the launch template, not from the bucket: whoever can
   * write into the bucket cannot put another program onto a coordinator.
   */
  readonly sha256: string;
}

/**
 * Installs the probe, as a piece of a shell script: nothing in it ends the script around it, or changes
 * its shell. Afterwards `coordinator_failover_probe` is `installed` or `missing`.
 */
export function probeInstallation(
  scope: Construct,
  configuration: ProbeConfiguration,
  source: ProbeSource,
): string {
  return filledIn(hostText('user-data.sh'), {
    CONFIGURATION: Stack.of(scope).toJsonString(configuration),
    UNIT: hostText('coordinator-failover-probe.service'),
    INSTALL: hostText('install.sh'),
    SOURCE: source.url,
    SHA256: source.sha256,
    REGION: configuration.region,
  });
}

export interface UserDataParts {
  /** What `probeInstallation` gave. */
  readonly installation: string;
  readonly before: UserData | undefined;
  readonly after: UserData | undefined;
}

/** @throws Error when a part is no user data that cloud-init runs, or the whole is too long for EC2. */
export function userDataText(scope: Construct, parts: UserDataParts): string {
  const probe = `#!/bin/bash\n${parts.installation}\n[ "$coordinator_failover_probe" = installed ]`;
  const before = ownPart(scope, 'userDataBefore', parts.before);
  const after = ownPart(scope, 'userData', parts.after);
  const text = multipart([
    ...(before === undefined ? [] : [{ fileName: '1-user-data-before', text: before }]),
    { fileName: '2-coordinator-failover-probe', text: probe },
    ...(after === undefined ? [] : [{ fileName: '3-user-data', text: after }]),
  ]);
  const bytes = bytesOf(scope, text);
  if (bytes > mostBytes) {
    const shares = [before, after, probe].map((part) => bytesOf(scope, part ?? ''));
    throw new Error(
      `${scope.node.path}: the user data has about ${bytes} bytes, but EC2 takes at most ${mostBytes}. ` +
        `userDataBefore: ${shares[0]}, userData: ${shares[1]}, the probe's installation: ${shares[2]}. ` +
        'Put what is long into S3, and get it from there.',
    );
  }
  return text;
}

/** Before base64. Source: EC2 User Guide, "Run commands at launch". */
const mostBytes = 16_384;

/** What cloud-init finds the type of a part by. Source: its documentation, "User-data formats". */
const beginnings = ['#!', '#cloud-config', '#cloud-boothook', '#include'];

function ownPart(
  scope: Construct,
  name: string,
  userData: UserData | undefined,
): string | undefined {
  const text = userData?.render();
  // A new UserData.forLinux() has its first line only.
  if (text === undefined || text.trim() === '' || text.trim() === '#!/bin/bash') return undefined;
  const [firstLine = ''] = text.split('\n');
  if (firstLine.startsWith('#!') && firstLine.endsWith('\r')) {
    throw new Error(
      `${scope.node.path}: ${name} has the first line ${JSON.stringify(firstLine)}, but must have line ends ` +
        'without "\\r": Linux looks for a program of that name.',
    );
  }
  if (Token.isUnresolved(text) || beginnings.some((each) => text.startsWith(each))) return text;
  throw new Error(
    `${scope.node.path}: ${name} begins with ${JSON.stringify(text.slice(0, 40))}, but must begin with ` +
      `one of ${beginnings.join(', ')}. It becomes one part of a multipart text by itself.`,
  );
}

function multipart(parts: readonly { readonly fileName: string; readonly text: string }[]): string {
  const boundary = '==coordinator-failover==';
  const lines = parts.flatMap(({ fileName, text }) => [
    `--${boundary}`,
    `Content-Type: ${contentTypeOf(text)}; charset="utf-8"`,
    `Content-Transfer-Encoding: ${isAscii(text) ? '7bit' : 'base64'}`,
    `Content-Disposition: attachment; filename="${fileName}"`,
    '',
    isAscii(text) ? text : inBase64(text),
  ]);
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    'MIME-Version: 1.0',
    '',
    ...lines,
    `--${boundary}--`,
    '',
  ].join('\n');
}

/**
 * cloud-init 22 (that of Amazon Linux 2023) makes Latin-1 of other characters unless they are encoded
 * (tried).
 */
function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** With tokens it is CloudFormation that encodes: nobody knows the text yet. */
function inBase64(text: string): string {
  return Token.isUnresolved(text) ? Fn.base64(text) : Buffer.from(text).toString('base64');
}

/** Of a plain text cloud-init looks at the beginning by itself. */
function contentTypeOf(text: string): string {
  return text.startsWith('#!') ? 'text/x-shellscript' : 'text/plain';
}

/** A file of probe/host/ without comments and empty lines: every byte counts. */
function hostText(name: string): string {
  const lines = readFileSync(join(hostDirectory(), name), 'utf8').split('\n');
  return lines.filter((line) => !/^\s*(#.*)?$/.test(line)).join('\n');
}

function filledIn(text: string, values: Readonly<Record<string, string>>): string {
  let filled = text;
  for (const [name, value] of Object.entries(values)) {
    const pieces = filled.split(`@${name}@`);
    if (pieces.length !== 2) {
      throw new Error(
        `user-data.sh has @${name}@ ${pieces.length - 1} times, but must have it once.`,
      );
    }
    filled = pieces.join(value);
  }
  return filled;
}

/** What CloudFormation knows only later is an id or a name: 64 bytes stand in for each. */
function bytesOf(scope: Construct, text: string): number {
  const count = (value: unknown): number => {
    if (typeof value === 'string') return Buffer.byteLength(value);
    if (typeof value !== 'object' || value === null) return 64;
    if ('Fn::Base64' in value) return Math.ceil(count(value['Fn::Base64']) / 3) * 4;
    if (!('Fn::Join' in value)) return 64;
    const [, pieces] = value['Fn::Join'] as [string, unknown[]];
    return pieces.reduce<number>((sum, piece) => sum + count(piece), 0);
  };
  return count(Stack.of(scope).resolve(text));
}
