/**
 * The time budget: how long each phase of a failover may take, from the settings and AWS's 95th percentiles. The times
 * after which loops give up are kept apart: they are bounds, and no part of a normal failover.
 * A sum of 95th percentiles is above the 95th percentile of the sum: the total errs on the slow side.
 */

import { type AwsLatencyName, awsLatencies } from './aws-latencies.ts';
import {
  defaultProbeSettings,
  defaultSettings,
  type ProbeSettings,
  type Settings,
} from './model/settings.ts';
import { askTimeoutMs, eniRelease } from './model/timing.ts';

/** What is promised, from the failure to the standby, in seconds. */
export const promisedSeconds = 60;

export type FailureKind = 'process-exit' | 'process-hang' | 'node-unresponsive' | 'node-gone';

/** The phases, in order, named after their ends as in drill and report. */
export type PhaseName =
  | 'first bad sample'
  | 'alarm'
  | 'execution start'
  | 'confirmed'
  | 'fenced'
  | 'attached'
  | 'verified';

export interface BudgetPhase {
  readonly name: PhaseName;
  /** What the phase itself may take. */
  readonly seconds: number;
  /** From the failure to the end of this phase. */
  readonly endSeconds: number;
  /** The setting that weighs most in the phase, if one does. */
  readonly setting?: string;
}

export interface Budget {
  readonly phases: readonly BudgetPhase[];
  readonly totalSeconds: number;
}

/** The budget of one kind of failure, with a hot standby that is ready. */
export function budgetFor(kind: FailureKind, settings: Settings, probe: ProbeSettings): Budget {
  const lengths = phaseLengths(kind, settings, probe);
  let endSeconds = 0;
  const phases = lengths.map((phase) => {
    endSeconds += phase.seconds;
    return { ...phase, seconds: round(phase.seconds), endSeconds: round(endSeconds) };
  });
  return { phases, totalSeconds: round(endSeconds) };
}

export interface BudgetWarning {
  /** The setting that, at its default, would save most. */
  readonly setting: BudgetSetting;
  readonly sentence: string;
}

/** The kinds of failure for which the settings break the promise. Shown at synth. */
export function budgetWarnings(settings: Settings, probe: ProbeSettings): BudgetWarning[] {
  return promisedKinds.flatMap((kind) => {
    const totalWith = (changed: Partial<Record<BudgetSetting, number>>) =>
      budgetFor(kind, { ...settings, ...changed }, { ...probe, ...changed }).totalSeconds;
    const totalSeconds = totalWith({});
    if (totalSeconds <= promisedSeconds) return [];
    const given = { ...settings, ...probe };
    const defaults = { ...defaultSettings, ...defaultProbeSettings };
    const ways = budgetSettings.map((setting) => ({
      setting,
      thenSeconds: totalWith({ [setting]: Math.min(given[setting], defaults[setting]) }),
    }));
    const { setting, thenSeconds } = ways.reduce((one, other) =>
      other.thenSeconds < one.thenSeconds ? other : one,
    );
    const sentence =
      `A failover after ${kind} may take ${totalSeconds} s, above the promised ${promisedSeconds} s. ` +
      `${setting} is ${given[setting]}: with ${defaults[setting]} it would be ${thenSeconds} s.`;
    return [{ setting, sentence }];
  });
}

/** The kinds with a promise. Of "node-gone" EC2 itself tells. */
const promisedKinds = ['process-exit', 'process-hang', 'node-unresponsive'] as const;

/** The settings that a failover's time depends on. */
export const budgetSettings = [
  'graceSeconds',
  'freshSeconds',
  'intervalSeconds',
  'timeoutSeconds',
  'badSamplesToUnhealthy',
] as const;
export type BudgetSetting = (typeof budgetSettings)[number];

/** After how many seconds the loops of a failover give up: bounds, not expectations. */
export function giveUpSeconds(settings: Settings): { eniRelease: number; verification: number } {
  const attempt =
    eniRelease.pauseSeconds + 2 * p95Seconds('apiCall') + p95Seconds('stateTransition');
  return {
    eniRelease: round(eniRelease.retries * attempt),
    verification: settings.verifyLimit * (askTimeoutMs / 1000 + settings.verifyAgainSeconds),
  };
}

interface PhaseLength {
  readonly name: PhaseName;
  readonly seconds: number;
  readonly setting?: string;
}

/** The wait until a host counts as silent is rounded up to whole seconds. */
const untilSilentSeconds = 1;

function phaseLengths(kind: FailureKind, settings: Settings, probe: ProbeSettings): PhaseLength[] {
  const call = p95Seconds('apiCall');
  const step = p95Seconds('stateTransition') + p95Seconds('lambdaColdStart');
  const startsExecution = p95Seconds('eventDelivery') + p95Seconds('stateTransition');
  const isSilent = kind === 'process-hang' || kind === 'node-unresponsive';
  const sampleSeconds = probe.intervalSeconds + (isSilent ? probe.timeoutSeconds : 0);
  const detection =
    kind === 'node-gone' ? 0 : (probe.badSamplesToUnhealthy - 1) * probe.intervalSeconds;
  // Survey and Ask follow the grace; the check of a silent address lasts until its timeout.
  const observation = 3 * step + 2 * call + (isSilent ? askTimeoutMs / 1000 : 0.1);
  const started = sampleSeconds + detection + call + startsExecution;
  // The probes' samples must be readable by then, or the witnesses are asked again.
  const grace = Math.max(settings.graceSeconds, p95Seconds('metricIngestion'));
  // A silent host counts as healthy while its last sample is fresh. After an observation that comes just too early,
  // the next one follows as soon as the sample is not fresh any more (confirm-failure.ts).
  const silent =
    settings.freshSeconds + (observation - step) + untilSilentSeconds + observation - started;
  const waitsForSilence = kind === 'node-unresponsive' && silent > grace + observation;
  return [
    { name: 'first bad sample', seconds: sampleSeconds, setting: 'intervalSeconds' },
    { name: 'alarm', seconds: detection + call, setting: 'badSamplesToUnhealthy' },
    { name: 'execution start', seconds: startsExecution },
    {
      name: 'confirmed',
      seconds: waitsForSilence ? silent : grace + observation,
      setting: waitsForSilence ? 'freshSeconds' : 'graceSeconds',
    },
    { name: 'fenced', seconds: step + 6 * call },
    {
      name: 'attached',
      seconds: 2 * step + p95Seconds('eniForceDetach') + eniRelease.pauseSeconds + 2 * call,
    },
    {
      name: 'verified',
      seconds: step + p95Seconds('eniAttach') + p95Seconds('eniUsableInGuest'),
    },
  ];
}

function p95Seconds(name: AwsLatencyName): number {
  return awsLatencies[name].p95Ms / 1000;
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
