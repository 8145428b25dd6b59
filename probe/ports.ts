/**
 * Everything that the probe needs from outside, as arguments: so the same core runs on a host, in a
 * test and in virtual time.
 */
import type { GetInfo } from '../info-client/get-info.ts';

export interface HostClock {
  /** Milliseconds since the epoch. May jump: for timestamps only. */
  now(): number;
  /** Milliseconds that never jump: for everything that is measured. */
  monotonicMs(): number;
  /** Resolves after so many milliseconds; rejects with the signal's reason when aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** One value of one metric, at one second resolution. */
export interface Datum {
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** 0 or 1, but for counts. */
  readonly value: number;
}

export interface AlarmChange {
  readonly alarmName: string;
  /** At most 1023 characters (CloudWatch SetAlarmState). */
  readonly reason: string;
  /** At most 4000 characters as JSON (CloudWatch SetAlarmState). */
  readonly reasonData: Readonly<Record<string, string | number>>;
}

/** What became of one call. `refused`: what was sent is wrong, and will be wrong every time. */
export type Delivery =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused' | 'failed'; readonly sentence: string };

/** The two AWS calls of the probe. They are bounded in time, and never reject. */
export interface CloudWatchPort {
  /** At most 1000 data a call (CloudWatch PutMetricData). */
  putMetricData(data: readonly Datum[], signal: AbortSignal): Promise<Delivery>;
  /** Sets the alarm to ALARM. */
  setAlarm(change: AlarmChange, signal: AbortSignal): Promise<Delivery>;
}

/** The host as the instance metadata service sees it. Bounded in time; rejects when not told. */
export interface MetadataPort {
  instanceId(signal: AbortSignal): Promise<string>;
  /** The ids of all network interfaces that are attached. */
  networkInterfaceIds(signal: AbortSignal): Promise<readonly string[]>;
}

/** Where an address is, seen from this host's own network interfaces. */
export type AddressPlace =
  /** A packet to it leaves the host. */
  | 'elsewhere'
  /** It is on an interface of this host that is not loopback. */
  | 'here'
  /** A packet to it never leaves the host, but no interface that could be the ENI has it. */
  | 'not-on-eni'
  /** An address of 127.0.0.0/8, where a network is only played: the place says nothing. */
  | 'played'
  | 'unknown';

export type LogFields = Readonly<Record<string, string | number | undefined>>;

/** One line per change. */
export type Log = (event: string, fields: LogFields) => void;

/** Whoever starts the probe anew when it no longer reports. */
export interface WatchdogPort {
  readonly everyMs: number;
  /** Says that the probe is alive. Bounded in time; never rejects; resolves to what went wrong. */
  tell(): Promise<string | undefined>;
}

/** What could be seen on the host. Undefined: it could not be seen. */
export interface ImageFacts {
  /** As `process.version` says it, `v24.1.0`. */
  readonly nodeVersion: string;
  /** Does systemd wait for the probe's reports? */
  readonly watchdog: boolean;
  readonly metadata: 'answers' | 'silent';
  readonly instanceProfile: boolean | undefined;
  readonly clockSynchronised: boolean | undefined;
  /** Where something listens on this host. */
  readonly listeners: readonly Listener[] | undefined;
  /** Files in which a Presto or Trino server on this host is configured. */
  readonly configurations: readonly ServerConfiguration[];
  readonly place: AddressPlace;
  /** The kernel's routing rules, one text. */
  readonly routingRules: string | undefined;
}

export interface Listener {
  readonly port: number;
  /** `*` for all addresses. */
  readonly address: string;
}

export interface ServerConfiguration {
  readonly file: string;
  readonly properties: ReadonlyMap<string, string>;
}

/** What the image of this host provides. Bounded in time; never rejects. */
export interface ImagePort {
  observe(signal: AbortSignal): Promise<ImageFacts>;
}

export interface ProbePorts {
  readonly clock: HostClock;
  /** 0 <= n < 1: spreads retries, so that hosts do not come back in step. */
  readonly random: () => number;
  readonly getInfo: GetInfo;
  readonly metadata: MetadataPort;
  readonly addressPlace: (address: string) => Promise<AddressPlace>;
  readonly cloudWatch: CloudWatchPort;
  readonly log: Log;
  /** Undefined where nobody waits for it. */
  readonly watchdog?: WatchdogPort | undefined;
  /** Undefined where there is no image to look at. */
  readonly image?: ImagePort | undefined;
}
