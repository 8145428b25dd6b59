/**
 * The program on every coordinator host: `node probe.mjs --config FILE`.
 * Ends with 0 when it was told to (SIGTERM, SIGINT), 2 when it was started wrongly, 1 for a bug.
 * What can go wrong: a bug. The probe then ends, with the reason on its last line, and systemd
 * starts it anew with nothing remembered: three seconds of silence, where going on in a state that
 * nobody foresaw could say "healthy" for ever.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { getInfo } from '../info-client/get-info.ts';
import type { ProbeConfiguration } from '../workflow/model/cluster.ts';
import { probeConfigurationFile } from '../workflow/model/cluster.ts';
import { messageOf } from '../workflow/model/errors.ts';
import { probeEnd } from '../workflow/model/timing.ts';
import { cloudWatchOn, createCloudWatchClient } from './aws.ts';
import { readConfiguration } from './configuration.ts';
import { imageOfThisHost } from './image/facts.ts';
import { createImds } from './imds.ts';
import { addressPlace } from './local-address.ts';
import { createLog } from './log.ts';
import { runProbe } from './loop/probe.ts';
import type { HostClock } from './ports.ts';
import { systemdWatchdog } from './systemd.ts';

const help = `Watches the coordinator on this host and says what it sees to CloudWatch.

usage: node probe.mjs --config FILE

  --config FILE   JSON, usually ${probeConfigurationFile}
  --help          this text

Environment: AWS_EC2_METADATA_SERVICE_ENDPOINT, AWS_ENDPOINT_URL and the AWS SDK's others.
Exit codes: 0 stopped by a signal, 1 a bug, 2 wrong arguments or configuration.
`;

const clock: HostClock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, milliseconds);
      signal?.addEventListener('abort', abort, { once: true });
    }),
};

const log = createLog((line) => process.stdout.write(line), Date.now);

async function main(): Promise<void> {
  // The journal may be restarted; watching goes on without it.
  process.stdout.on('error', () => undefined);
  process.on('uncaughtException', endForBug);
  process.on('unhandledRejection', endForBug);

  const configuration = configurationFromArguments();
  const stop = new AbortController();
  const stopBy = (name: string) => {
    if (stop.signal.aborted) return;
    log('stopping', { by: name });
    stop.abort();
    setTimeout(() => process.exit(0), probeEnd.lastMomentMs).unref();
  };
  process.on('SIGTERM', stopBy);
  process.on('SIGINT', stopBy);

  const metadata = createImds({
    endpoint: metadataEndpoint(),
    monotonicMs: () => clock.monotonicMs(),
  });
  const watchdog = systemdWatchdog(process.env);
  await runProbe(
    configuration,
    {
      clock,
      random: Math.random,
      getInfo,
      metadata,
      addressPlace,
      cloudWatch: cloudWatchOn(createCloudWatchClient(configuration.region), configuration),
      log,
      watchdog,
      image: imageOfThisHost({
        metadata,
        addressPlace,
        coordinatorAddress: configuration.coordinatorAddress,
        watchdog: watchdog !== undefined,
      }),
    },
    stop.signal,
  );
  // Kept connections of the AWS client would hold the process for a while.
  process.exit(0);
}

function configurationFromArguments(): ProbeConfiguration {
  const options = { config: { type: 'string' }, help: { type: 'boolean' } } as const;
  let values: { readonly config?: string; readonly help?: boolean };
  try {
    values = parseArgs({ options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    endForInput([messageOf(error)]);
  }
  if (values.help) {
    process.stdout.write(help);
    process.exit(0);
  }
  if (values.config === undefined) endForInput(['--config is missing, but must name a file.']);
  let text: string;
  try {
    text = readFileSync(values.config, 'utf8');
  } catch (error) {
    endForInput([`--config is ${values.config}, but it cannot be read: ${String(error)}`]);
  }
  const reading = readConfiguration(text);
  if (reading.kind === 'problems') {
    endForInput(reading.problems.map((problem) => `${values.config}: ${problem}`));
  }
  return reading.configuration;
}

function metadataEndpoint(): string | undefined {
  const name = 'AWS_EC2_METADATA_SERVICE_ENDPOINT';
  const value = process.env[name];
  if (value === undefined || value === '') return undefined;
  if (!value.startsWith('http://') || !URL.canParse(value)) {
    endForInput([`${name} is ${value}, but must be a URL like http://169.254.169.254.`]);
  }
  return value;
}

function endForInput(problems: readonly string[]): never {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stderr.write('See --help.\n');
  process.exit(2);
}

function endForBug(error: unknown): never {
  log('bug', { sentence: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
}

await main().catch(endForBug);
