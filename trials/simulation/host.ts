/**
 * A coordinator's machine in virtual time: a server that may be ready, start, exit or hang, and
 * beside it the real probe on the machine's own clock.
 * What can go wrong with a machine: it freezes with all that is on it and goes on later, as after a
 * SIGSTOP: every timer that was due meanwhile fires at once. Every port of the probe passes the same
 * gate for that. A machine that is switched off stays frozen for ever.
 */
import type { MachineSpec } from '@coordinator-failover/local-cloud';
import { runProbe } from '../../probe/loop/probe.ts';
import type { CloudWatchPort, Log, MetadataPort } from '../../probe/ports.ts';
import { readProbeConfiguration } from '../../probe/user-data.ts';
import type { ProbeConfiguration } from '../../workflow/model/cluster.ts';
import type { HttpAnswer } from '../../workflow/model/info.ts';
import { answerOf, type Server, type VirtualNetwork } from './network.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface HostOptions {
  readonly time: VirtualTime;
  readonly network: VirtualNetwork;
  /** The network interfaces that metadata lists for an instance. */
  listedInterfaces(instanceId: string): readonly string[];
  cloudWatchFor(instanceId: string, configuration: ProbeConfiguration): CloudWatchPort;
  /** 0 <= n < 1. */
  random(): number;
  /** How far the host's clock is ahead, milliseconds. */
  aheadMs: number;
  /** The probe's. */
  readonly log: Log;
  /** Told whenever somebody could see the difference. */
  onChange(): void;
}

export type ServerState = 'starting' | 'ready' | 'exited' | 'hung';

export interface SimulatedHost {
  readonly instanceId: string;
  readonly privateIpAddress: string;
  /** When the machine booted, milliseconds since the epoch. */
  readonly bootedAtMs: number;
  server(): ServerState;
  /** A new process gets a new identity. */
  identity(): string;
  isFrozen(): boolean;
  isOff(): boolean;
  exit(): void;
  /** A new server process, ready after so many seconds. */
  start(startSeconds: number): void;
  hang(hung: boolean): void;
  freeze(frozen: boolean): void;
  /** What the probe does on the host ends, or begins anew. */
  runProbe(runs: boolean): void;
  isProbed(): boolean;
  switchOff(): void;
}

export function createHost(
  spec: MachineSpec,
  options: HostOptions,
  startSeconds: number,
): SimulatedHost {
  const { time, network, onChange } = options;
  const networkHost = network.host(spec.instanceId);
  const frozen = createGate();
  const process = createServerProcess(spec.instanceId, time, frozen, onChange);
  let isOff = false;
  let probe: Gate | undefined;

  const host: SimulatedHost = {
    instanceId: spec.instanceId,
    privateIpAddress: spec.privateIpAddress,
    bootedAtMs: time.now(),
    server: process.state,
    identity: process.identity,
    exit: process.exit,
    hang: process.hang,
    isFrozen: frozen.isShut,
    isOff: () => isOff,
    isProbed: () => probe !== undefined,
    start(seconds) {
      if (!isOff) process.start(seconds);
    },
    freeze(freezes) {
      if (isOff) return;
      frozen.shut(freezes);
      onChange();
    },
    runProbe(runs) {
      // Never ended by its signal: a process that is killed has no last words.
      probe?.shut(true);
      probe = undefined;
      if (!runs || isOff) return;
      probe = createGate();
      void startProbe(spec, options, process.server, [frozen, probe]);
    },
    switchOff() {
      isOff = true;
      frozen.shut(true);
      networkHost.server = undefined;
      onChange();
    },
  };
  networkHost.server = process.server;
  host.start(startSeconds);
  host.runProbe(true);
  return host;
}

interface ServerProcess extends Pick<SimulatedHost, 'identity' | 'exit' | 'start' | 'hang'> {
  readonly server: Server;
  state(): ServerState;
}

function createServerProcess(
  instanceId: string,
  time: VirtualTime,
  frozen: Gate,
  onChange: () => void,
): ServerProcess {
  const hung = createGate();
  let state: ServerState = 'exited';
  let processes = 0;
  let startedAtMs = 0;

  const identity = () => `${instanceId.slice(2, 8)}x${processes}`;
  const change = (to: ServerState) => {
    state = to;
    onChange();
  };
  return {
    identity,
    state: () => (hung.isShut() ? 'hung' : state),
    server: {
      awake: async () => {
        await hung.open();
        await frozen.open();
      },
      answer() {
        if (frozen.isShut() || hung.isShut()) return undefined;
        if (state === 'exited') return { kind: 'refused', detail: 'connect ECONNREFUSED' };
        return serverInfo(identity(), state === 'starting', (time.now() - startedAtMs) / 1000);
      },
    },
    exit() {
      hung.shut(false);
      change('exited');
    },
    start(seconds) {
      processes += 1;
      const mine = processes;
      hung.shut(false);
      // One that is ready at once has been running for an hour.
      startedAtMs = time.now() - (seconds === 0 ? 3_600_000 : 0);
      change(seconds === 0 ? 'ready' : 'starting');
      if (seconds === 0) return;
      time.after(seconds * 1000, () => {
        if (processes === mine && state === 'starting') change('ready');
      });
    },
    hang(hangs) {
      hung.shut(hangs);
      onChange();
    },
  };
}

/** GET /v1/info of Trino since 477. */
function serverInfo(coordinatorId: string, starting: boolean, upSeconds: number): HttpAnswer {
  const body =
    `{"nodeVersion":{"version":"479"},"environment":"simulation","coordinator":true,` +
    `"coordinatorId":"${coordinatorId}","starting":${starting},"uptime":"${upSeconds.toFixed(2)}s"}`;
  const contentType = 'application/json';
  return { kind: 'answered', status: 200, contentType, body, truncated: false };
}

async function startProbe(
  spec: MachineSpec,
  options: HostOptions,
  server: Server,
  gates: readonly Gate[],
): Promise<void> {
  const { time, network, random } = options;
  const { instanceId } = spec;
  const configuration = readProbeConfiguration(spec.userData);
  /** What has come back is only seen by a process that runs. */
  const seen = <Value>(value: Value): Value | Promise<Value> => {
    for (const gate of gates) if (gate.isShut()) return passing(gates, value);
    return value;
  };
  const metadata: MetadataPort = {
    instanceId: async () => seen(instanceId),
    networkInterfaceIds: async () => seen(options.listedInterfaces(instanceId)),
  };
  const cloudWatch = options.cloudWatchFor(instanceId, configuration);
  await runProbe(
    configuration,
    {
      clock: {
        now: () => time.now() + options.aheadMs,
        monotonicMs: () => time.now(),
        sleep: (milliseconds, signal) => time.sleep(milliseconds, signal).then(seen),
      },
      random,
      getInfo: async ({ host: asked, timeoutMs, signal }) =>
        asked === configuration.local.host
          ? seen(await answerOf(time, server, { timeoutMs, signal }))
          : seen(await network.ask({ instanceId }, asked, { timeoutMs, signal })),
      metadata,
      addressPlace: async (address) =>
        seen(network.holderOf(address) === instanceId ? 'here' : 'elsewhere'),
      cloudWatch: {
        putMetricData: async (data, signal) => seen(await cloudWatch.putMetricData(data, signal)),
        setAlarm: async (change, signal) => seen(await cloudWatch.setAlarm(change, signal)),
      },
      log: options.log,
    },
    new AbortController().signal,
  );
}

async function passing<Value>(gates: readonly Gate[], value: Value): Promise<Value> {
  while (gates.some((gate) => gate.isShut())) {
    for (const gate of gates) await gate.open();
  }
  return value;
}

interface Gate {
  isShut(): boolean;
  shut(shut: boolean): void;
  /** Resolves when it is open. */
  open(): Promise<void>;
}

function createGate(): Gate {
  let waiting: PromiseWithResolvers<void> | undefined;
  return {
    isShut: () => waiting !== undefined,
    shut(shut) {
      if (shut) {
        waiting ??= Promise.withResolvers();
        return;
      }
      waiting?.resolve();
      waiting = undefined;
    },
    open: async () => waiting?.promise,
  };
}
