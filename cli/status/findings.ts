/**
 * What is degraded, each with a sentence and a cure. Pure.
 * What can go wrong: a cure that does harm. So a cure only looks, or says what a person decides.
 */
import type { CoordinatorView } from '../../aws/coordinators.ts';
import type { Ending, RuleName } from '../../workflow/model/incident.ts';
import { isPendingOrRunning } from '../../workflow/model/instance-state.ts';
import { isOutdated, versionWords } from '../../workflow/model/launch-version.ts';
import type { PauseState } from '../../workflow/model/tags.ts';
import { type Advice, adviceOn, leadingCommand } from '../../workflow/notify/advice.ts';
import { valueOr } from '../cluster/read-result.ts';
import { ageText, timeText } from '../terminal/times.ts';
import { type Member, reachesAddress } from './members.ts';
import { addressName, type ClusterObservation, type LastEnded } from './observe.ts';

export type Severity = 'down' | 'degraded' | 'unknown' | 'note';

export interface StatusFinding {
  readonly severity: Severity;
  readonly sentence: string;
  readonly cure?: Cure;
}

/** What to do about it. */
export type Cure =
  /** A command of ours without the program's name. */
  | { readonly command: string }
  | { readonly words: string }
  /** As after an execution. `execution` is its name, or empty where there was none. */
  | { readonly advice: Advice; readonly execution: string };

/** Failovers that count towards the limit, and that limit. */
export interface FailoverCount {
  readonly counting: number;
  readonly limit: number;
  readonly windowMinutes: number;
}

const observeAtOnce = { command: 'failover --reason "look at once"' } as const;

export function activeFindings(
  observation: ClusterObservation,
  holder: CoordinatorView | undefined,
  active: Member | null,
): StatusFinding[] {
  const { address, coordinators } = observation;
  if (address.kind === 'unread') return [];
  const { attachment, privateIpAddress } = address.value;
  if (attachment === null) {
    return [
      {
        severity: 'down',
        sentence: `Nobody holds the address ${privateIpAddress}: the cluster has no coordinator.`,
        cure: observeAtOnce,
      },
    ];
  }
  const findings: StatusFinding[] = [];
  if (attachment.deleteOnTermination) {
    findings.push({
      severity: 'degraded',
      sentence: `The address would be deleted together with ${attachment.instanceId} (DeleteOnTermination).`,
      cure: {
        words: `aws ec2 modify-network-interface-attribute --network-interface-id ${address.value.networkInterfaceId} --attachment AttachmentId=${attachment.attachmentId},DeleteOnTermination=false`,
      },
    });
  }
  if (coordinators.kind === 'unread') return findings;
  if (holder === undefined || active === null) {
    return [
      ...findings,
      down(`The address is held by ${attachment.instanceId}, which EC2 does not show.`),
    ];
  }
  return [...findings, ...holderFindings(observation, holder, active)];
}

const certificates = {
  words: 'Compare the certificate with what the stack verifies by: docs/https.md.',
} as const;

function holderFindings(
  observation: ClusterObservation,
  holder: CoordinatorView,
  active: Member,
): StatusFinding[] {
  const { instanceId } = holder;
  const atAddress = valueOr(observation.answers, undefined)?.get(addressName);
  const findings: StatusFinding[] = [];
  if (!holder.ours) {
    findings.push(
      note(`The address is held by ${instanceId}, which is not tagged as a coordinator of ours.`),
    );
  }
  if (!isPendingOrRunning(holder)) {
    return [down(`The active ${instanceId} is ${holder.state}.`), ...findings];
  }
  if (holder.retired !== null) {
    return [down(`The active ${instanceId} is retired by ${holder.retired}.`), ...findings];
  }
  if (atAddress?.ready) return findings;
  if (atAddress?.unverified) {
    findings.push({
      severity: 'degraded',
      sentence: `The address ${atAddress.sentence}: clients may refuse it too.`,
      cure: certificates,
    });
  } else if (atAddress?.reached) {
    return [down(`The address ${atAddress.sentence}.`), ...findings];
  }
  if (active.readiness === 'not ready') {
    return [down(`The active ${instanceId} is not ready: ${active.sentence}.`), ...findings];
  }
  if (active.readiness !== 'ready') {
    const sentence = `Whether the active ${instanceId} serves cannot be told: ${active.sentence}.`;
    return [{ severity: 'degraded', sentence, cure: observeAtOnce }, ...findings];
  }
  return findings;
}

export function standbyFindings(
  observation: ClusterObservation,
  standbys: readonly Member[],
): StatusFinding[] {
  const { coordinators, machine } = observation;
  if (coordinators.kind === 'unread') return [];
  const findings: StatusFinding[] = standbys
    .filter(({ readiness }) => readiness === 'not ready' || readiness === 'silent')
    .map(({ instanceId, sentence }) => ({
      severity: 'degraded',
      sentence: `The standby ${instanceId} could not take over: ${sentence}.`,
      cure: {
        words: 'It is replaced when it stays so. Its log on the host says why.',
      },
    }));
  if (machine.kind === 'read') {
    const wanted = machine.value.settings.haCoordinatorsCount - 1;
    if (standbys.length < wanted) {
      findings.push({
        severity: 'degraded',
        sentence: `There are ${standbys.length} standbys, but ${wanted} are wanted.`,
        cure: observeAtOnce,
      });
    }
  }
  for (const { instanceId } of standbys) {
    if (reachesAddress(observation, instanceId) !== false) continue;
    findings.push({
      severity: 'degraded',
      sentence: `The standby ${instanceId} does not reach the address.`,
      cure: { command: 'doctor' },
    });
  }
  return findings;
}

/** A rolling update replaces standbys by itself. The active is moved when a person asks for it. */
export function versionFindings(
  { machine }: ClusterObservation,
  holder: CoordinatorView | undefined,
): StatusFinding[] {
  if (machine.kind === 'unread' || holder === undefined) return [];
  const { cluster } = machine.value;
  if (!isOutdated(holder, cluster)) return [];
  return [
    {
      severity: 'note',
      sentence:
        `The active ${holder.instanceId} runs ${versionWords(holder, cluster)}, ` +
        `the cluster is to run version ${cluster.launchTemplateVersion}.`,
      cure: { command: 'switchover --upgrade --reason "..."' },
    },
  ];
}

/** From the stack: it is being deleted, or the node is kept. */
export function stackFindings({ address, machine }: ClusterObservation): StatusFinding[] {
  const stackDeleting = valueOr(address, null)?.stackDeleting ?? null;
  const keptAdvice = adviceAfter('waiting-for-operator', 'node-kept');
  const kept = machine.kind === 'read' && machine.value.cluster.keepCoordinatorNode === 'yes';
  return [
    ...(stackDeleting === null
      ? []
      : [
          {
            severity: 'degraded',
            sentence: `The stack is being deleted (${stackDeleting}): nothing is launched or attached any more.`,
            cure: { words: 'If it is not, see why deleting it has failed, and delete it again.' },
          } as const,
        ]),
    ...(kept
      ? [
          {
            severity: 'note',
            sentence:
              'The node is kept (KeepCoordinatorNode is yes): nothing fails over by itself.',
            cure: { words: `When it has failed, you move it: ${leadingCommand(keptAdvice)}` },
          } as const,
        ]
      : []),
  ];
}

export function operatorTagFindings(pause: PauseState, failovers: FailoverCount): StatusFinding[] {
  const findings: StatusFinding[] = [];
  if (pause.kind === 'paused' || pause.kind === 'unreadable') {
    findings.push({
      severity: 'degraded',
      sentence: `Nothing fails over by itself. ${pause.sentence}`,
      cure: { advice: adviceAfter('paused', 'paused'), execution: '' },
    });
  }
  const { counting, limit, windowMinutes } = failovers;
  if (counting >= limit) {
    findings.push({
      severity: 'degraded',
      sentence: `There were ${counting} failovers within ${windowMinutes} minutes (limit ${limit}): the next failure will wait for an operator.`,
      cure: { advice: adviceAfter('waiting-for-operator', 'failover-limit'), execution: '' },
    });
  }
  return findings;
}

export function alarmFindings({ alarms, at }: ClusterObservation): StatusFinding[] {
  return valueOr(alarms, []).flatMap(({ name, state, since, reason }): StatusFinding[] => {
    if (state === 'OK') return [];
    if (state === 'missing') {
      return [
        {
          severity: 'degraded',
          sentence: `The alarm ${name} does not exist: failures are found by the schedule only.`,
          cure: { words: 'Deploy the stack again.' },
        },
      ];
    }
    const age = since === null ? '' : ` for ${ageText(since, at)}`;
    return [
      {
        severity: 'degraded',
        sentence: `The alarm ${name} is in ${state}${age}: ${reason}`,
        cure: state === 'ALARM' ? observeAtOnce : { command: 'doctor' },
      },
    ];
  });
}

export function executionFindings({ running, lastEnded }: ClusterObservation): StatusFinding[] {
  const findings = valueOr(running, []).map(({ name, startedBy, state }) =>
    note(
      `The execution ${name} is at "${state?.name ?? 'its beginning'}", started by ${startedBy}.`,
    ),
  );
  const last = valueOr(lastEnded, null);
  // A pause that holds has a finding of its own.
  if (last === null || last.advice.kind === 'nothing' || last.ending === 'paused') return findings;
  const { advice, name: execution } = last;
  return [
    ...findings,
    { severity: 'degraded', sentence: endedSentence(last), cure: { advice, execution } },
  ];
}

function endedSentence({ ending, status, error, cause, stoppedAt }: LastEnded): string {
  const when = timeText(stoppedAt);
  if (status === 'SUCCEEDED') return `The last execution (${when}) left something to a person.`;
  const why = cause ?? error ?? status;
  return ending === 'waiting-for-operator'
    ? `The last execution was waiting for an operator at ${when}: ${why}`
    : `The last execution did not succeed (${error ?? status}, ${when}): ${why}`;
}

function adviceAfter(ending: Ending, rule: RuleName): Advice {
  return adviceOn({ ending, rule, standbysIncomplete: false });
}

export function leftoverFindings(
  observation: ClusterObservation,
  holderId: string | undefined,
): StatusFinding[] {
  const retired = valueOr(observation.coordinators, []).filter(
    (host) => host.retired !== null && isPendingOrRunning(host) && host.instanceId !== holderId,
  );
  return [
    ...retired.map(({ instanceId }) =>
      note(`The retired ${instanceId} still runs. The next execution terminates it.`),
    ),
    ...observation.leftBehind.map((id) =>
      note(`The interface ${id} carries the cluster's tag too: an earlier stack left it behind.`),
    ),
  ];
}

export function unreadFindings(observation: ClusterObservation): StatusFinding[] {
  const results = {
    'The address': observation.address,
    'The settings': observation.machine,
    'The coordinators': observation.coordinators,
    "The probes' samples": observation.samples,
    'The status checks': observation.statusChecks,
    'The alarms': observation.alarms,
    'The running executions': observation.running,
    'The last execution': observation.lastEnded,
  };
  // One sentence for all that is missing for the same reason.
  const reasons = Map.groupBy(Object.entries(results), ([, result]) =>
    result.kind === 'unread' ? result.why : '',
  );
  reasons.delete('');
  return [...reasons].map(([why, entries]) => ({
    severity: 'unknown',
    sentence: `${entries.map(([what]) => what).join(', ')} could not be read. ${why}`,
  }));
}

function down(sentence: string): StatusFinding {
  return { severity: 'down', sentence, cure: observeAtOnce };
}

export function note(sentence: string): StatusFinding {
  return { severity: 'note', sentence };
}
