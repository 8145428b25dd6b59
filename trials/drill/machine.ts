/**
 * A drill's machine: real processes on a loopback address of their own. Booting does what the
 * user data would do on EC2: it writes the probe's configuration where the probe finds it, and
 * starts the server and the probe's bundle, unchanged.
 * What can go wrong: user data without a probe configuration is an error at once, not a machine
 * that nobody hears from.
 */

import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BootedMachine, BootMachine, MachineSpec } from '@coordinator-failover/local-cloud';
import { readProbeConfiguration } from '../../probe/user-data.ts';
import type { ProbeConfiguration } from '../../workflow/model/cluster.ts';
import { createAuthority } from './private-authority.ts';
import { ended, type Processes } from './processes.ts';
import { certificateArguments, type DrillTls } from './tls.ts';

/** A machine with a coordinator on it, and everything that may happen to it. */
export interface DrillMachine {
  readonly instanceId: string;
  readonly guestAddress: string;
  /** Of the coordinator; undefined once it has ended. */
  coordinatorProcessId(): number | undefined;
  /** SIGKILL, as the kernel's out-of-memory killer does. The port is closed afterwards. */
  killCoordinator(): Promise<void>;
  /** SIGSTOP: connections are accepted by the kernel and nothing ever answers (a long full GC). */
  stopCoordinator(): void;
  /** SIGCONT. */
  continueCoordinator(): void;
  /** Starts a new coordinator process in place of one that has ended. */
  restartCoordinator(startSeconds: number): void;
  /** SIGSTOP to everything on the machine. */
  hang(): void;
  /** Over HTTPS: the same names, signed by the drill's own authority or by another. */
  exchangeCertificate(whose: 'own' | "a stranger's"): Promise<void>;
}

export interface DrillFleetOptions {
  readonly processes: Processes;
  /** The probe as it would be deployed: one file. */
  readonly probeBundle: string;
  /** Where configurations and logs go. */
  readonly directory: string;
  /** Of the coordinators, as everybody outside of their machine reaches them. */
  readonly port: number;
  /** Where they are reached over HTTPS. */
  readonly tls?: DrillTls | undefined;
  /** How long a freshly launched coordinator says `starting: true`. Real ones take 15-40 s. */
  readonly startSeconds: number;
}

/** All machines of one local cloud. */
export interface DrillFleet {
  readonly boot: BootMachine;
  /** Boots what `launch` makes as machines whose coordinator is ready at once, as after an hour. */
  bootReady<Result>(launch: () => Promise<Result>): Promise<Result>;
  /** Boots what `launch` makes as machines with nothing on them. */
  bootEmpty<Result>(launch: () => Promise<Result>): Promise<Result>;
  /** The machine of a coordinator that has booted. */
  machine(instanceId: string): DrillMachine;
}

type Kind = 'launched' | 'ready' | 'empty';

export function createFleet(options: DrillFleetOptions): DrillFleet {
  const machines = new Map<string, DrillMachine>();
  let kind: Kind = 'launched';

  const bootAs = async <Result>(as: Kind, launch: () => Promise<Result>): Promise<Result> => {
    kind = as;
    try {
      return await launch();
    } finally {
      kind = 'launched';
    }
  };

  return {
    async boot(spec) {
      if (kind === 'empty') {
        spec.setPort('closed');
        return { terminate: async () => {} };
      }
      const startSeconds = kind === 'ready' ? 0 : startSecondsOf(options, spec);
      const machine = await startMachine(options, spec, startSeconds);
      machines.set(spec.instanceId, machine);
      return machine;
    },
    bootReady: (launch) => bootAs('ready', launch),
    bootEmpty: (launch) => bootAs('empty', launch),
    machine(instanceId) {
      const machine = machines.get(instanceId);
      if (machine === undefined) {
        const booted = [...machines.keys()].join(', ') || 'none';
        throw new Error(`${instanceId} is not a machine that has booted. Booted: ${booted}.`);
      }
      return machine;
    },
  };
}

/** The AMI of a version that is no good: its server says `starting: true` for ever. */
export const imageThatNeverStarts = 'ami-0bad0bad0bad0bad0';

function startSecondsOf({ startSeconds }: DrillFleetOptions, { imageId }: MachineSpec): number {
  return imageId === imageThatNeverStarts ? 86_400 : startSeconds;
}

/** What a process sees of AWS. Nothing else of our own environment gets there. */
function machineEnvironment(spec: MachineSpec): Record<string, string> {
  return {
    PATH: '/usr/bin:/bin',
    AWS_REGION: spec.region,
    AWS_ENDPOINT_URL: spec.awsEndpoint,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: spec.metadataEndpoint,
  };
}

/** Its certificate is for whoever asks at the coordinator address, and at its own. */
async function serverArguments(
  { directory, port, tls }: DrillFleetOptions,
  { instanceId, privateIpAddress }: MachineSpec,
  coordinatorAddress: string,
): Promise<Record<string, string | number>> {
  if (tls === undefined) return { port };
  const names = [coordinatorAddress, privateIpAddress];
  const files = await certificateArguments(tls, names, { directory, name: instanceId });
  return { port: tls.httpPort, 'https-port': port, ...files };
}

async function startMachine(
  options: DrillFleetOptions,
  spec: MachineSpec,
  startSeconds: number,
): Promise<DrillMachine & BootedMachine> {
  const { processes, directory } = options;
  const configurationFile = join(directory, `${spec.instanceId}.probe.json`);
  const given = readProbeConfiguration(spec.userData);
  const configuration: ProbeConfiguration = {
    ...given,
    local: { ...given.local, host: spec.guestAddress },
  };
  await writeFile(configurationFile, JSON.stringify(configuration));
  const environment = machineEnvironment(spec);

  const server = await serverArguments(options, spec, given.coordinatorAddress);

  let terminated = false;
  const startCoordinator = (seconds: number): ChildProcess => {
    const settings = { ...server, address: spec.guestAddress, 'start-seconds': seconds };
    const child = processes.start(
      fileURLToPath(new URL('./stand-in-coordinator.ts', import.meta.url)),
      Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
      {
        environment,
        logFile: join(directory, `${spec.instanceId}.coordinator.log`),
        onLine: (line) => {
          if (line === 'listening' && !terminated) spec.setPort('open');
        },
      },
    );
    child.once('exit', () => {
      if (!terminated) spec.setPort('closed');
    });
    return child;
  };

  let coordinator = startCoordinator(startSeconds);
  const probe = processes.start(options.probeBundle, ['--config', configurationFile], {
    environment,
    logFile: join(directory, `${spec.instanceId}.probe.log`),
  });

  return {
    instanceId: spec.instanceId,
    guestAddress: spec.guestAddress,
    coordinatorProcessId: () =>
      coordinator.exitCode === null && coordinator.signalCode === null
        ? coordinator.pid
        : undefined,
    async killCoordinator() {
      coordinator.kill('SIGKILL');
      await ended(coordinator);
    },
    stopCoordinator: () => void coordinator.kill('SIGSTOP'),
    continueCoordinator: () => void coordinator.kill('SIGCONT'),
    restartCoordinator(seconds) {
      if (!terminated) coordinator = startCoordinator(seconds);
    },
    hang() {
      coordinator.kill('SIGSTOP');
      probe.kill('SIGSTOP');
    },
    async exchangeCertificate(whose) {
      if (options.tls === undefined) throw new Error('There is no certificate without --https.');
      const authority = whose === 'own' ? options.tls.authority : await createAuthority('Stranger');
      const signed = { ...options, tls: { ...options.tls, authority } };
      await serverArguments(signed, spec, given.coordinatorAddress);
      coordinator.kill('SIGHUP');
    },
    async terminate() {
      terminated = true;
      coordinator.kill('SIGKILL');
      probe.kill('SIGKILL');
      await Promise.all([ended(coordinator), ended(probe)]);
    },
  };
}
