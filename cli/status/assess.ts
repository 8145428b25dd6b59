/**
 * What an observation means for an operator: is the address served, could it fail over, what is degraded,
 * what to do. Pure.
 * What can go wrong: calling a cluster well that was not seen. What was not read is a finding, and then
 * the state is never "ok".
 */
import type { CoordinatorView } from '../../aws/coordinators.ts';
import { isLiving } from '../../workflow/model/instance-state.ts';
import {
  failoversWithin,
  type PauseState,
  readAcknowledgement,
  readPause,
  withoutAcknowledged,
} from '../../workflow/model/tags.ts';
import { valueOr } from '../cluster/read-result.ts';
import {
  activeFindings,
  alarmFindings,
  executionFindings,
  type FailoverCount,
  leftoverFindings,
  note,
  operatorTagFindings,
  type Severity,
  type StatusFinding,
  stackFindings,
  standbyFindings,
  unreadFindings,
  versionFindings,
} from './findings.ts';
import { type Member, memberOf, settingsOf } from './members.ts';
import type { ClusterObservation } from './observe.ts';

export interface Assessment {
  readonly state: 'ok' | 'degraded' | 'down' | 'unknown';
  readonly active: Member | null;
  readonly standbys: readonly Member[];
  readonly pause: PauseState;
  readonly failovers: FailoverCount;
  readonly findings: readonly StatusFinding[];
}

export function assess(observation: ClusterObservation): Assessment {
  const { at, address } = observation;
  const facts = valueOr(address, null);
  const settings = settingsOf(observation);
  const hosts = valueOr(observation.coordinators, []);
  const holderId = facts?.attachment?.instanceId;
  const holder = hosts.find(({ instanceId }) => instanceId === holderId);
  const active = holder === undefined ? null : memberOf(observation, holder, true);
  const standbys = hosts
    .filter((host) => isStandby(host, holderId))
    .map((host) => memberOf(observation, host, false));
  const pause = readPause(facts?.paused, at);
  const acknowledged = readAcknowledgement(facts?.acknowledged, at);
  const counting = withoutAcknowledged(
    failoversWithin(facts?.failovers ?? [], at, settings.failoverWindowMinutes),
    acknowledged,
  ).length;
  const failovers = {
    counting,
    limit: settings.failoverLimit,
    windowMinutes: settings.failoverWindowMinutes,
  };
  const findings = [
    ...activeFindings(observation, holder, active),
    ...standbyFindings(observation, standbys),
    ...stackFindings(observation),
    ...versionFindings(observation, holder),
    ...operatorTagFindings(pause, failovers),
    ...(acknowledged.kind === 'unreadable' ? [note(acknowledged.sentence)] : []),
    ...alarmFindings(observation),
    ...executionFindings(observation),
    ...leftoverFindings(observation, holderId),
    ...unreadFindings(observation),
  ];
  return { state: worst(findings), active, standbys, pause, failovers, findings };
}

function isStandby(host: CoordinatorView, holderId: string | undefined): boolean {
  return isLiving(host) && host.instanceId !== holderId;
}

function worst(findings: readonly StatusFinding[]): Assessment['state'] {
  const has = (severity: Severity) => findings.some((finding) => finding.severity === severity);
  if (has('down')) return 'down';
  if (has('degraded')) return 'degraded';
  return has('unknown') ? 'unknown' : 'ok';
}
