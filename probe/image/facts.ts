/**
 * What the checks (checks.ts) want to know of the host. Only reads, needs no rights, and is bounded in time.
 * What can go wrong: on another system a file is missing, not readable, or says something else. Then the
 * fact is not known.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Imds } from '../imds.ts';
import type { AddressPlace, ImageFacts, ImagePort } from '../ports.ts';
import { readListeners, readProperties } from './checks.ts';

interface ObservingOptions {
  readonly metadata: Imds;
  readonly addressPlace: (address: string) => Promise<AddressPlace>;
  readonly coordinatorAddress: string;
  readonly watchdog: boolean;
}

export function imageOfThisHost(options: ObservingOptions): ImagePort {
  return { observe: (signal) => observe(options, signal) };
}

/** Where packages, images and the usual instructions put it. */
const configurationFiles = [
  ...['/etc', '/opt', '/usr/lib'].flatMap((place) =>
    ['trino', 'trino-server', 'presto', 'presto-server'].flatMap((name) =>
      ['', '/etc', '/conf'].map((folder) => `${place}/${name}${folder}/config.properties`),
    ),
  ),
  '/etc/starburst/config.properties',
];

async function observe(options: ObservingOptions, signal: AbortSignal): Promise<ImageFacts> {
  const [profile, clock, rules, tables, place, configurations] = await Promise.all([
    options.metadata.hasInstanceProfile(signal).catch(() => undefined),
    output('timedatectl', ['show', '--property=NTPSynchronized', '--value'], signal),
    output('ip', ['rule'], signal),
    Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(textOf)),
    options.addressPlace(options.coordinatorAddress),
    Promise.all(configurationFiles.map(configurationIn)),
  ]);
  return {
    nodeVersion: process.version,
    watchdog: options.watchdog,
    metadata: profile === undefined ? 'silent' : 'answers',
    instanceProfile: profile,
    clockSynchronised: clock === 'yes' ? true : clock === 'no' ? false : undefined,
    listeners:
      tables[0] === undefined ? undefined : tables.flatMap((each) => readListeners(each ?? '')),
    configurations: configurations.filter((each) => each !== undefined),
    place,
    routingRules: rules,
  };
}

async function configurationIn(file: string) {
  const text = await textOf(file);
  return text === undefined ? undefined : { file, properties: readProperties(text) };
}

function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

const programTimeoutMs = 2000;

function output(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { timeout: programTimeoutMs, signal, killSignal: 'SIGKILL' } as const;
    execFile(program, args, options, (error, stdout) =>
      resolve(error === null ? stdout.trim() : undefined),
    );
  });
}
