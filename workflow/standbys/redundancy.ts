/**
 * The cluster's metrics at the end of an execution: how many coordinators are ready, how many of these
 * could take over, and how long a failover took.
 * What can go wrong: a failed read looks like zero coordinators. So nothing is published where something
 * was not read.
 */
import { readEvidence } from '../decide/evidence.ts';
import { attachedBy, surveyOf, verificationOf } from '../model/findings.ts';
import type { Incident } from '../model/incident.ts';
import { metricNames } from '../model/names.ts';

export interface ClusterDatum {
  readonly metricName: string;
  readonly value: number;
  /** PutMetricData's name of the unit. */
  readonly unit: 'Count' | 'Seconds';
}

/** Pure; empty where nothing was observed. */
export function clusterData(incident: Incident): ClusterDatum[] {
  const redundancy = redundancyOf(incident);
  const failoverSeconds = failoverSecondsOf(incident);
  return [
    ...(redundancy === null
      ? []
      : [
          count(metricNames.readyCoordinators, redundancy.standbys + (redundancy.active ? 1 : 0)),
          count(metricNames.readyStandbys, redundancy.standbys),
        ]),
    ...(failoverSeconds === null
      ? []
      : [
          {
            metricName: metricNames.failoverSeconds,
            value: failoverSeconds,
            unit: 'Seconds',
          } as const,
        ]),
  ];
}

interface Redundancy {
  /** Does the coordinator answer ready at the address? */
  readonly active: boolean;
  /** Coordinators that could take over. */
  readonly standbys: number;
}

/** From the last observation, and from what this execution has done since. */
function redundancyOf(incident: Incident): Redundancy | null {
  const { answers } = incident;
  const [survey, attachment] = [surveyOf(incident), attachedBy(incident)];
  const verification = verificationOf(incident);
  if (survey === null || answers?.kind !== 'asked') return null;
  if (survey.address === null || survey.coordinators === null) return null;
  const seen = readEvidence(incident, answers.at);
  const standbys = new Set(seen.readyStandbys);
  let active =
    seen.address === 'ready' || (seen.address === 'unknown' && seen.selfReport === 'healthy');
  if (attachment !== null && attachment.at > survey.at) {
    // The new holder is no standby any more. Whether it is ready, Verify coordinator says.
    standbys.delete(attachment.instanceId);
    active = verification?.kind === 'verified' && verification.at > survey.at;
  }
  return { active, standbys: standbys.size };
}

/** From the start of the execution to the coordinator that answered over the address. */
function failoverSecondsOf({ verification, execution }: Incident): number | null {
  if (verification?.kind !== 'verified') return null;
  return Math.max(0, (Date.parse(verification.at) - Date.parse(execution.startedAt)) / 1000);
}

function count(metricName: string, value: number): ClusterDatum {
  return { metricName, value, unit: 'Count' };
}
