/**
 * The probe: samples the server on its host and, as a standby, the coordinator address; learns its
 * role; publishes what it knows and raises the alarm. Everything outside comes in as a port.
 * What can go wrong: any of the ports hangs, fails or lies. Each loop stands alone, so that none of
 * them holds another up.
 */
import type { ProbeConfiguration } from '../../workflow/model/cluster.ts';
import { messageOf } from '../../workflow/model/errors.ts';
import { readInfo } from '../../workflow/model/info.ts';
import type { ServerAt } from '../../workflow/model/server-endpoint.ts';
import { probeEnd, probeLoopSlackMs } from '../../workflow/model/timing.ts';
import { watchImage } from '../image/image.ts';
import type { ProbePorts } from '../ports.ts';
import { type AlarmSetterOptions, setAlarm } from './alarm.ts';
import { createHeartbeat, type Heartbeat, tellWatchdog } from './heartbeat.ts';
import { createProbeState, type ProbeState, type TakenSample } from './probe-state.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { sampleOnCadence } from './sampler.ts';
import { rest } from './waiting.ts';

/** How often the role is read: losing the address must show within a second. */
const roleEveryMs = 1000;
const instanceIdRetryMs = 1000;

/** Runs until the signal is aborted. Rejects only for a bug. */
export async function runProbe(
  configuration: ProbeConfiguration,
  ports: ProbePorts,
  signal: AbortSignal,
): Promise<void> {
  // Its own: a bug in one loop ends the others too.
  const stop = new AbortController();
  const end = () => stop.abort();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const heartbeat = createHeartbeat(ports.clock, loopLimitMs(configuration));
  const watchdog = tellWatchdog(ports, heartbeat, stop.signal);
  // From the start: what is wrong with the image may keep the rest from ever beginning.
  const image = watchImage(configuration, ports, stop.signal);
  try {
    const instanceId = await learnInstanceId(ports, heartbeat, stop.signal);
    if (instanceId === undefined) return;
    ports.log('watching', { instanceId, clusterName: configuration.clusterName });
    const { clock, random, log, cloudWatch } = ports;
    const publisher = createPublisher({
      clock,
      random,
      log,
      send(data, sending) {
        heartbeat.beat('send');
        return cloudWatch.putMetricData(data, sending).finally(() => heartbeat.end('send'));
      },
    });
    const setter: AlarmSetterOptions = {
      clock,
      random,
      log,
      setAlarm: (change, sending) => cloudWatch.setAlarm(change, sending),
    };
    const watch: ProbeState = createProbeState({
      configuration,
      instanceId,
      clock,
      log,
      onChange: () => publisher.add(watch.data(), true),
      onAlarm: (request) => {
        // Not waited for: it never rejects, and ends with the others.
        void setAlarm(setter, request, stop.signal);
      },
    });
    image.publishAs(instanceId, (data) => publisher.add(data, false));
    await Promise.all([
      image.ended,
      sampleOwn(configuration, ports, { watch, heartbeat }, stop.signal),
      sampleAddress(configuration, ports, { watch, heartbeat }, stop.signal),
      observeRole(configuration, ports, { watch, heartbeat }, stop.signal),
      publish(configuration, ports, { watch, heartbeat, publisher }, stop.signal),
      publisher.run(stop.signal),
    ]);
    await sendTheRest(ports, publisher);
  } finally {
    end();
    signal.removeEventListener('abort', end);
    await watchdog;
  }
}

/** The slowest loop comes round once per interval or publish; the rest is for a busy machine. */
function loopLimitMs({ intervalSeconds, publishSeconds }: ProbeConfiguration): number {
  return Math.max(intervalSeconds, publishSeconds) * 1000 + probeLoopSlackMs;
}

interface Watching {
  readonly watch: ProbeState;
  readonly heartbeat: Heartbeat;
}

/** Nothing can be said before the host knows its name: so this is tried for as long as it takes. */
async function learnInstanceId(
  { metadata, clock, log }: ProbePorts,
  heartbeat: Heartbeat,
  signal: AbortSignal,
): Promise<string | undefined> {
  let failed = false;
  while (!signal.aborted) {
    heartbeat.beat('identity');
    try {
      const instanceId = await metadata.instanceId(signal);
      heartbeat.end('identity');
      return instanceId;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!failed) log('waiting-for-metadata', { sentence: messageOf(error) });
      failed = true;
      await rest(clock, instanceIdRetryMs, signal);
    }
  }
  return undefined;
}

function sampleOwn(
  configuration: ProbeConfiguration,
  ports: ProbePorts,
  { watch, heartbeat }: Watching,
  signal: AbortSignal,
): Promise<void> {
  const take = async (sequence: number) => {
    heartbeat.beat('samples of the host');
    watch.ownSample(
      await sample(configuration, ports, { at: configuration.local, sequence, signal }),
    );
  };
  return sampleOnCadence({ ...cadenceOf(configuration, ports), take }, signal);
}

function sampleAddress(
  configuration: ProbeConfiguration,
  ports: ProbePorts,
  { watch, heartbeat }: Watching,
  signal: AbortSignal,
): Promise<void> {
  const at = { host: configuration.coordinatorAddress, ...configuration.server };
  const take = async (sequence: number) => {
    heartbeat.beat('samples of the address');
    if (watch.role() !== 'standby') return;
    const epoch = watch.epoch();
    watch.addressSample(await sample(configuration, ports, { at, sequence, signal }), epoch);
  };
  return sampleOnCadence({ ...cadenceOf(configuration, ports), take }, signal);
}

function cadenceOf(configuration: ProbeConfiguration, { clock }: ProbePorts) {
  const { intervalSeconds, timeoutSeconds } = configuration;
  return {
    clock,
    intervalMs: intervalSeconds * 1000,
    inFlightLimit: Math.ceil(timeoutSeconds / intervalSeconds) + 1,
  };
}

async function sample(
  configuration: ProbeConfiguration,
  { getInfo, clock }: ProbePorts,
  asked: { readonly at: ServerAt; readonly sequence: number; readonly signal: AbortSignal },
): Promise<TakenSample> {
  const at = clock.now();
  const answer = await getInfo({
    host: asked.at.host,
    server: asked.at,
    timeoutMs: configuration.timeoutSeconds * 1000,
    signal: asked.signal,
  });
  return { sequence: asked.sequence, at, endedAt: clock.now(), reading: readInfo(answer) };
}

/** The place of the address is known at once, metadata may take its time: so they come apart. */
async function observeRole(
  configuration: ProbeConfiguration,
  ports: ProbePorts,
  { watch, heartbeat }: Watching,
  signal: AbortSignal,
): Promise<void> {
  const { clock, metadata, addressPlace, log } = ports;
  let fails = false;
  while (!signal.aborted) {
    heartbeat.beat('role');
    const due = rest(clock, roleEveryMs, signal);
    const place = await addressPlace(configuration.coordinatorAddress);
    watch.observe({ place, listed: undefined });
    try {
      const ids = await metadata.networkInterfaceIds(signal);
      const now = await addressPlace(configuration.coordinatorAddress);
      watch.observe({ place: now, listed: ids.includes(configuration.networkInterfaceId) });
      if (fails) log('metadata-works', {});
      fails = false;
    } catch (error) {
      if (!fails && !signal.aborted) log('metadata-fails', { sentence: messageOf(error) });
      fails = true;
    }
    await due;
  }
}

async function publish(
  configuration: ProbeConfiguration,
  { clock, addressPlace }: ProbePorts,
  { watch, heartbeat, publisher }: Watching & { readonly publisher: Publisher },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    heartbeat.beat('publishing');
    // Read anew each time: ActiveHealth must not go out once the address is gone.
    watch.observe({
      place: await addressPlace(configuration.coordinatorAddress),
      listed: undefined,
    });
    publisher.add(watch.data(), false);
    await rest(clock, configuration.publishSeconds * 1000, signal);
  }
}

async function sendTheRest({ clock, log }: ProbePorts, publisher: Publisher): Promise<void> {
  const late = new AbortController();
  const done = new AbortController();
  void rest(clock, probeEnd.lastSendMs, done.signal).then(() => late.abort());
  await publisher.flush(late.signal);
  done.abort();
  log('stopped', {});
}
