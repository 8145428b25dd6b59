/** `history` for a person: a block of lines per incident, for narrow terminals too. Pure. */
import type { Execution } from '../../aws/executions.ts';
import { type Line, type Tone, toned } from '../terminal/lines.ts';
import { secondsText, timeText } from '../terminal/times.ts';
import type { IncidentSummary } from './incidents.ts';

export function showHistory(
  incidents: readonly IncidentSummary[],
  unread: readonly { readonly execution: Execution; readonly why: string }[],
): Line[] {
  const lines = incidents.flatMap((incident) => [...incidentLines(incident), []]);
  const failed = unread.map(
    ({ execution, why }): Line => [
      toned('warn', 'UNKNOWN'),
      ` ${timeText(execution.startedAt)}  ${execution.name} could not be read. ${why}`,
    ],
  );
  const all = [...lines, ...failed];
  if (all.length === 0) return [['No incidents.']];
  return all.at(-1)?.length === 0 ? all.slice(0, -1) : all;
}

export function incidentLines(incident: IncidentSummary): Line[] {
  const { from, to, outage } = incident;
  const moved = to !== null && incident.ending === 'failed-over';
  return [
    [
      toned('strong', timeText(incident.startedAt)),
      '  ',
      toned(toneOf(incident), endOf(incident)),
      toned('faint', `  ${incident.name}`),
    ],
    row('why', incident.startedBy),
    row('rule', `${incident.rule ?? 'none'}: ${incident.sentence ?? 'no decision on record'}`),
    ...(moved ? [row('moved', `${from ?? 'nobody'} -> ${to}`)] : []),
    ...(incident.terminated.length > 0 ? [row('ended', incident.terminated.join(', '))] : []),
    ...(incident.launched.length > 0 ? [row('launched', incident.launched.join(', '))] : []),
    row('outage', outage.seconds === null ? outage.sentence : secondsText(outage.seconds)),
    ...(incident.cutOff ? [row('note', 'The history is longer than what was read.')] : []),
  ];
}

function endOf({ status, end }: IncidentSummary): string {
  if (status === 'RUNNING') return `running: ${end ?? 'at its beginning'}`;
  if (status === 'TIMED_OUT' || status === 'ABORTED') return `${status} in ${end ?? 'no state'}`;
  return end ?? status;
}

function toneOf({ status, ending }: IncidentSummary): Tone {
  if (status === 'RUNNING') return 'warn';
  if (status !== 'SUCCEEDED') return 'bad';
  return ending === 'failed-over' || ending === 'nothing-to-do' ? 'good' : 'warn';
}

function row(label: string, text: string): Line {
  return [toned('faint', `  ${label.padEnd(10)} `), text];
}
