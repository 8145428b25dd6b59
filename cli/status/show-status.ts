/** `status` for a person. Pure. */
import { isPendingOrRunning } from '../../workflow/model/instance-state.ts';
import { isOutdated, versionWords } from '../../workflow/model/launch-version.ts';
import { type Line, type Tone, toned } from '../terminal/lines.ts';
import { ageText, secondsText, timeText } from '../terminal/times.ts';
import type { Assessment } from './assess.ts';
import { cureTexts } from './cures.ts';
import type { Severity, StatusFinding } from './findings.ts';
import type { Member } from './members.ts';
import { addressName, type ClusterObservation } from './observe.ts';

/** `command` completes what to type. */
export function showStatus(
  observation: ClusterObservation,
  assessment: Assessment,
  command: (text: string) => string,
): Line[] {
  return [
    headline(observation, assessment),
    [],
    row('address', addressLine(observation)),
    row('active', activeLine(observation, assessment)),
    ...standbyLines(observation, assessment),
    row('version', versionLine(observation)),
    row('alarms', alarmsLine(observation)),
    row('failover', failoverLine(assessment)),
    row('last move', lastMoveLine(observation)),
    ...findingLines(assessment.findings, command),
  ];
}

function findingLines(
  findings: readonly StatusFinding[],
  command: (text: string) => string,
): Line[] {
  if (findings.length === 0) return [];
  return [
    [],
    ...findings.flatMap(({ severity, sentence, cure }): Line[] => [
      [toned(severityTones[severity], severityWords[severity].padEnd(8)), ' ', sentence],
      ...cureLines(cure, command),
    ]),
  ];
}

function cureLines(cure: StatusFinding['cure'], command: (text: string) => string): Line[] {
  if (cure === undefined) return [];
  return cureTexts(cure, 'status', command).map((text, index) => [
    ' '.repeat(9),
    index === 0 ? '-> ' : '   ',
    text,
  ]);
}

const severityWords: Readonly<Record<Severity, string>> = {
  down: 'DOWN',
  degraded: 'DEGRADED',
  unknown: 'UNKNOWN',
  note: 'note',
};

const severityTones: Readonly<Record<Severity, Tone>> = {
  down: 'bad',
  degraded: 'warn',
  unknown: 'warn',
  note: 'faint',
};

const states: Readonly<
  Record<Assessment['state'], { readonly tone: Tone; readonly words: string }>
> = {
  ok: { tone: 'good', words: 'OK' },
  degraded: { tone: 'warn', words: 'DEGRADED' },
  down: { tone: 'bad', words: 'DOWN' },
  unknown: { tone: 'warn', words: 'NOT FULLY KNOWN' },
};

function headline({ clusterName, region, at }: ClusterObservation, { state }: Assessment): Line {
  return [
    toned('strong', clusterName),
    ` in ${region}: `,
    toned(states[state].tone, states[state].words),
    toned('faint', `  ${timeText(at)}`),
  ];
}

function row(label: string, line: Line): Line {
  return [toned('faint', `  ${label.padEnd(10)} `), ...line];
}

function addressLine({ address, answers, machine }: ClusterObservation): Line {
  if (address.kind === 'unread') return ['could not be read'];
  const { privateIpAddress, availabilityZone, networkInterfaceId } = address.value;
  const port = machine.kind === 'read' ? `:${machine.value.cluster.server.port}` : '';
  const answer = answers.kind === 'read' ? answers.value.get(addressName) : undefined;
  const seen =
    answer === undefined
      ? 'not asked from here'
      : answer.reached
        ? `asked from here: ${answer.sentence}`
        : `cannot be reached from here (${answer.sentence})`;
  return [`${privateIpAddress}${port}  ${networkInterfaceId}  ${availabilityZone}  ${seen}`];
}

function activeLine(
  { address, coordinators, at }: ClusterObservation,
  { active }: Assessment,
): Line {
  if (address.kind === 'unread') return ['could not be read'];
  const { attachment } = address.value;
  if (attachment === null) return [toned('bad', 'nobody holds the address')];
  const since = `since ${timeText(attachment.attachedAt)} (${ageText(attachment.attachedAt, at)})`;
  const held = attachment.status === 'attached' ? since : `${attachment.status}, ${since}`;
  if (active === null) {
    const why =
      coordinators.kind === 'unread' ? 'the instances could not be read' : 'not shown by EC2';
    return [`${attachment.instanceId}  ${held}  ${why}`];
  }
  return [`${active.instanceId}  ${held}  `, readiness(active), `  ${active.sentence}`];
}

function standbyLines({ coordinators }: ClusterObservation, { standbys }: Assessment): Line[] {
  if (coordinators.kind === 'unread') return [row('standby', ['could not be read'])];
  if (standbys.length === 0) return [row('standby', ['none'])];
  return standbys.map((standby) =>
    row('standby', [`${standby.instanceId}  `, readiness(standby), `  ${standby.sentence}`]),
  );
}

function versionLine({ machine, coordinators }: ClusterObservation): Line {
  if (machine.kind === 'unread' || coordinators.kind === 'unread') return ['could not be read'];
  const { cluster } = machine.value;
  const others = coordinators.value
    .filter(
      (host) => isPendingOrRunning(host) && host.retired === null && isOutdated(host, cluster),
    )
    .map((host) => `${host.instanceId} runs ${versionWords(host, cluster)}`);
  const wanted = `${cluster.launchTemplateVersion} of ${cluster.launchTemplateId}`;
  if (others.length === 0) return [`${wanted}, everywhere`];
  return [`${wanted}, but `, toned('warn', others.join(', '))];
}

function readiness({ readiness: word }: Member): Line[number] {
  const tones = { ready: 'good', 'not ready': 'bad', silent: 'warn', unknown: 'warn' } as const;
  return toned(tones[word], word);
}

function alarmsLine({ alarms }: ClusterObservation): Line {
  if (alarms.kind === 'unread') return ['could not be read'];
  return [alarms.value.map(({ name, state }) => `${name} ${state}`).join(', ')];
}

function failoverLine({ pause, failovers }: Assessment): Line {
  const { counting, limit, windowMinutes } = failovers;
  const count = `${counting} of ${limit} within ${windowMinutes} minutes`;
  if (pause.kind === 'none' || pause.kind === 'ended') return [`automatic, ${count}`];
  return [toned('warn', 'PAUSED'), `, ${count}. ${pause.sentence}`];
}

function lastMoveLine({ lastMove, address }: ClusterObservation): Line {
  if (lastMove.kind === 'unread') return [`could not be read. ${lastMove.why}`];
  const move = lastMove.value;
  if (move === null) {
    const held = address.kind === 'read' && address.value.attachment !== null;
    return [held ? 'not by an execution that is on record' : 'none'];
  }
  const { seconds } = move.outage;
  const outage = seconds === null ? move.outage.sentence : `outage ${secondsText(seconds)}`;
  const path = `${move.from ?? 'nobody'} -> ${move.to ?? 'nobody'}`;
  return [`${timeText(move.startedAt)}  ${path}  rule ${move.rule ?? 'unknown'}  ${outage}`];
}
