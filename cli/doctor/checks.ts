/**
 * What would get in the way of the next failover, each with its cure. Pure. What cannot be checked from
 * here is a check that says so.
 */
import { isLiving } from '../../workflow/model/instance-state.ts';
import { scheduleRule } from '../../workflow/model/settings.ts';
import { longestPauseDays } from '../../workflow/model/tags.ts';
import type { Assessment } from '../status/assess.ts';
import type { StatusFinding } from '../status/findings.ts';
import type { ClusterObservation } from '../status/observe.ts';
import { ageText, durationText, timeText } from '../terminal/times.ts';
import type { Check, Readings } from './check.ts';
import { hostChecks } from './host-checks.ts';

export function checksOf(
  observation: ClusterObservation,
  assessment: Assessment,
  readings: Readings,
): Check[] {
  const { coordinators } = observation;
  const hosts = (coordinators.kind === 'read' ? coordinators.value : []).filter(isLiving);
  return [
    ...assessment.findings.filter(({ severity }) => severity !== 'note').map(checkFromFinding),
    ...(coordinators.kind === 'unread' ? [] : hostChecks(observation, readings, hosts)),
    subnetCheck(observation, readings),
    ...alarmChecks(observation),
    lastObservationCheck(observation),
    reachCheck(observation),
    ...pauseCheck(assessment, observation),
  ];
}

/** What `doctor` cannot check. */
export const notChecked: readonly Check[] = [
  {
    area: 'quotas',
    decision: 'not checked',
    sentence: 'Quotas of vCPUs and interfaces: their service is not asked.',
    cure: { words: 'aws service-quotas list-service-quotas --service-code ec2' },
  },
  {
    area: 'roles',
    decision: 'not checked',
    sentence: "The functions' own permissions: only they can try them.",
    cure: { command: 'failover --dry-run --reason "check"' },
  },
  {
    area: 'events',
    decision: 'not checked',
    sentence: 'The rules of EventBridge and their dead-letter queue: their services are not asked.',
  },
];

function checkFromFinding({ severity, sentence, cure }: StatusFinding): Check {
  const decision = severity === 'unknown' ? 'unknown' : 'problem';
  return { area: 'status', decision, sentence, ...(cure === undefined ? {} : { cure }) };
}

function subnetCheck({ address }: ClusterObservation, { subnet }: Readings): Check {
  const area = 'subnet';
  if (subnet.kind === 'unread') return { area, decision: 'unknown', sentence: subnet.why };
  const { subnetId, availabilityZone, freeAddresses } = subnet.value;
  const zone = address.kind === 'read' ? address.value.availabilityZone : availabilityZone;
  if (zone !== availabilityZone) {
    return {
      area,
      decision: 'problem',
      sentence: `New coordinators are launched in ${subnetId} in ${availabilityZone}, but the address is in ${zone}.`,
      cure: { words: 'Deploy the stack with a subnet of the same Availability Zone.' },
    };
  }
  if (freeAddresses < leastFreeAddresses) {
    return {
      area,
      decision: 'problem',
      sentence: `${subnetId} has ${freeAddresses} free addresses: a new coordinator may find none.`,
      cure: { words: 'Free some: old interfaces and idle functions hold them too.' },
    };
  }
  return { area, decision: 'ok', sentence: `${subnetId} has ${freeAddresses} free addresses.` };
}

/** A failover may launch a successor for every coordinator at once; the function in the VPC needs one too. */
const leastFreeAddresses = 5;

function alarmChecks({ alarms, running, at }: ClusterObservation): Check[] {
  if (alarms.kind === 'unread') return [];
  const idle = running.kind === 'read' && running.value.length === 0;
  const stuck = alarms.value.filter(
    ({ state, since }) =>
      state === 'ALARM' && since !== null && Date.parse(at) - Date.parse(since) > stuckAfterMs,
  );
  if (stuck.length === 0 || !idle) {
    const calm = alarms.value.every(({ state }) => state === 'OK');
    return calm ? [{ area: 'alarms', decision: 'ok', sentence: 'Both alarms are OK.' }] : [];
  }
  return stuck.map(({ name, since }) => ({
    area: 'alarms',
    decision: 'problem',
    sentence: `The alarm ${name} is stuck in ALARM since ${timeText(since)}: it cannot fire again.`,
    cure: { command: 'failover --reason "reset the alarm"' },
  }));
}

/** An execution resets an alarm after a minute, and takes seconds. */
const stuckAfterMs = 3 * 60_000;

function lastObservationCheck({ lastEnded, running, at }: ClusterObservation): Check {
  const area = 'schedule';
  if (lastEnded.kind === 'unread') return { area, decision: 'unknown', sentence: lastEnded.why };
  if (running.kind === 'read' && running.value.length > 0) {
    return { area, decision: 'ok', sentence: 'An execution is running.' };
  }
  const last = lastEnded.value;
  const limitMs = 2 * scheduleRule.most * 60_000;
  if (last === null || Date.parse(at) - Date.parse(last.startedAt) > limitMs) {
    return {
      area,
      decision: 'problem',
      sentence: `${last === null ? 'No execution has ever ended' : `The last execution began ${ageText(last.startedAt, at)} ago`}: the schedule seems not to run (expected at least every ${durationText(scheduleRule.most * 60_000)}).`,
      cure: {
        words:
          'Is the rule of the schedule enabled in EventBridge? Until then: failover --reason "look".',
      },
    };
  }
  return {
    area,
    decision: 'ok',
    sentence: `The last execution began ${ageText(last.startedAt, at)} ago.`,
  };
}

/** The function in the VPC cannot be asked from here, but its answers are on record. */
function reachCheck({ lastEnded, at }: ClusterObservation): Check {
  const area = 'reachability';
  if (lastEnded.kind === 'unread') return { area, decision: 'unknown', sentence: lastEnded.why };
  const last = lastEnded.value;
  if (last === null || last.answers.length === 0) {
    return {
      area,
      decision: 'not checked',
      sentence: 'What the function in the VPC reaches: the last execution holds no answers.',
      cure: { command: 'failover --dry-run --reason "check"' },
    };
  }
  const when = `${ageText(last.stoppedAt ?? last.startedAt, at)} ago`;
  const missed = last.answers.filter(({ reached }) => !reached);
  const unverified = last.answers.filter((answer) => answer.unverified);
  const listed = (answers: typeof missed) =>
    answers.map(({ name, sentence }) => `${name} (${sentence})`).join(', ');
  if (missed.length === 0 && unverified.length > 0) {
    return {
      area,
      decision: 'problem',
      sentence: `The function in the VPC could not verify ${listed(unverified)}, ${when}.`,
      cure: {
        words: 'Compare the certificates with what the stack verifies by: docs/https.md.',
      },
    };
  }
  if (missed.length === 0) {
    const sentence = `The function in the VPC reached all ${last.answers.length} that it asked, ${when}.`;
    return { area, decision: 'ok', sentence };
  }
  return {
    area,
    decision: 'problem',
    sentence: `The function in the VPC did not reach ${listed(missed)}, ${when}.`,
    cure: { words: 'Security groups and the port: the check group must reach the coordinators.' },
  };
}

function pauseCheck({ pause }: Assessment, { at }: ClusterObservation): Check[] {
  if (pause.kind !== 'paused') return [];
  const ageMs = Date.parse(at) - Date.parse(pause.since);
  if (pause.until !== null || ageMs < longestPauseDays * 24 * 3600_000) return [];
  return [
    {
      area: 'pause',
      decision: 'problem',
      sentence: `The pause lasts ${durationText(ageMs)} already: it may be forgotten.`,
      cure: { command: 'resume' },
    },
  ];
}
