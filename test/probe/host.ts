/**
 * A host in virtual time, for tests: the real core of the probe on ports that do what `world` says
 * at the moment.
 */

import { manualClock } from '@coordinator-failover/local-cloud';
import { runProbe } from '../../probe/loop/probe.ts';
import type { AddressPlace, AlarmChange, Datum, Delivery, ProbePorts } from '../../probe/ports.ts';
import type { ProbeConfiguration } from '../../workflow/model/cluster.ts';
import type { HttpAnswer } from '../../workflow/model/info.ts';
import { alarmNames, metricNamespace } from '../../workflow/model/names.ts';
import { defaultProbeSettings } from '../../workflow/model/settings.ts';
import { answered, json, trino477 } from '../workflow/model/http-answers.ts';

export const ready = json(trino477);
export const starting = json({ ...trino477, starting: true });
export const broken = answered({ status: 500 });
export const refused: HttpAnswer = { kind: 'refused', detail: 'connect ECONNREFUSED' };

export const configuration: ProbeConfiguration = {
  clusterName: 'analytics',
  region: 'eu-west-1',
  networkInterfaceId: 'eni-0000000000000000a',
  coordinatorAddress: '10.0.0.10',
  local: { host: 'localhost', protocol: 'http', port: 8080 },
  server: { protocol: 'http', port: 8080 },
  metricNamespace: metricNamespace('analytics'),
  alarms: alarmNames('analytics'),
  ...defaultProbeSettings,
};

export const instanceId = 'i-00000000000000001';

export interface World {
  /** What the server on the host answers; `hang` = nothing until the timeout. */
  own: HttpAnswer | 'hang';
  /** What is answered at the coordinator address. */
  address: HttpAnswer | 'hang';
  place: AddressPlace;
  listed: boolean;
  metadata: 'works' | 'fails' | 'hangs';
  cloudWatch: 'works' | 'fails' | 'hangs' | 'refuses';
}

export const healthyActive: World = {
  own: ready,
  address: ready,
  place: 'here',
  listed: true,
  metadata: 'works',
  cloudWatch: 'works',
};

export const healthyStandby: World = { ...healthyActive, place: 'elsewhere', listed: false };

export type Host = ReturnType<typeof startHost>;

export function startHost(
  begin: World,
  overrides: Partial<ProbeConfiguration> = {},
  ports: Partial<ProbePorts> = {},
) {
  const manual = manualClock(0);
  let jumpedMs = Date.UTC(2025, 10, 23, 17, 0, 0);
  const clock = {
    now: () => manual.now() + jumpedMs,
    monotonicMs: () => manual.now(),
    sleep: manual.sleep,
  };
  const world: World = { ...begin };
  const stop = new AbortController();
  const received: (Datum & { readonly sentMs: number })[] = [];
  const calls: { readonly atMs: number; readonly size: number }[] = [];
  const alarms: (AlarmChange & { readonly atMs: number })[] = [];
  const lines: { readonly event: string; readonly [field: string]: unknown }[] = [];

  /** As the edges do it: bounded by themselves, and ended by the signal. */
  const hang = async (milliseconds: number, signal?: AbortSignal) => {
    await manual.sleep(milliseconds, signal).catch(() => undefined);
  };
  const deliver = async (signal: AbortSignal): Promise<Delivery> => {
    if (world.cloudWatch === 'hangs') await hang(5000, signal);
    if (world.cloudWatch === 'works') return { kind: 'done' };
    const kind = world.cloudWatch === 'refuses' ? 'refused' : 'failed';
    return { kind, sentence: `CloudWatch ${world.cloudWatch}` };
  };
  const metadata = async <T>(value: () => T, signal: AbortSignal): Promise<T> => {
    if (world.metadata === 'hangs') await hang(1000, signal);
    if (world.metadata !== 'works') throw new Error(`metadata ${world.metadata}`);
    return value();
  };

  const ended = runProbe(
    { ...configuration, ...overrides },
    {
      clock,
      random: () => 0.5,
      async getInfo({ host, timeoutMs, signal }) {
        const answer = host === configuration.local.host ? world.own : world.address;
        if (answer !== 'hang') return answer;
        await hang(timeoutMs, signal);
        if (signal?.aborted) return { kind: 'not-asked', detail: 'called off' };
        return { kind: 'timed-out', detail: `no answer after ${timeoutMs} ms` };
      },
      metadata: {
        instanceId: (signal) => metadata(() => instanceId, signal),
        networkInterfaceIds: (signal) =>
          metadata(
            () => ['eni-1', ...(world.listed ? [configuration.networkInterfaceId] : [])],
            signal,
          ),
      },
      addressPlace: async () => world.place,
      cloudWatch: {
        async putMetricData(data, signal) {
          calls.push({ atMs: manual.now(), size: data.length });
          const delivery = await deliver(signal);
          if (delivery.kind === 'done') {
            received.push(...data.map((datum) => ({ ...datum, sentMs: manual.now() })));
          }
          return delivery;
        },
        async setAlarm(change, signal) {
          const delivery = await deliver(signal);
          if (delivery.kind === 'done') alarms.push({ ...change, atMs: manual.now() });
          return delivery;
        },
      },
      log: (event, fields) => lines.push({ event, ...fields }),
      ...ports,
    },
    stop.signal,
  );

  return {
    world,
    received,
    calls,
    alarms,
    lines,
    ended,
    nowMs: () => manual.now(),
    events: () => lines.map((line) => line.event),
    seconds: (seconds: number) => manual.advance(seconds * 1000),
    jumpClock: (milliseconds: number) => {
      jumpedMs += milliseconds;
    },
    /** Values of a metric that arrived since a moment, with its dimensions' names. */
    values: (metricName: string, sinceMs = 0) =>
      received
        .filter((datum) => datum.metricName === metricName && datum.sentMs >= sinceMs)
        .map((datum) => datum.value),
    async stop() {
      stop.abort();
      await manual.advance(1000);
      await ended;
      return manual.sleepers();
    },
  };
}
