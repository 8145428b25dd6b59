/**
 * An execution as an incident: one line of what happened. Everything in it is taken from the audit
 * report of the same execution, so that `status`, `history` and `report` tell the same story.
 */
import type { OperatorCalls } from '../../aws/calls.ts';
import { type Execution, type History, readHistory } from '../../aws/executions.ts';
import { buildReport } from '../../report/build-report.ts';
import type { Report } from '../../report/report.ts';
import type { Ending } from '../../workflow/model/incident.ts';
import type { Advice } from '../../workflow/notify/advice.ts';
import { fieldAt, listAt } from '../cluster/fields.ts';

export interface Incident {
  readonly executionArn: string;
  readonly name: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly status: string;
  /** `null` where it came to no end state: it still runs, was stopped, or broke off. */
  readonly ending: Ending | null;
  /** The state that it ended in, or is in: for people. */
  readonly end: string | null;
  /** What happened, in one sentence. */
  readonly headline: string;
  readonly startedBy: string;
  readonly rule: string | null;
  readonly sentence: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly terminated: readonly string[];
  readonly launched: readonly string[];
  readonly advice: Advice;
  readonly outage: { readonly seconds: number | null; readonly sentence: string };
  /** The history could not be read to its end. */
  readonly cutOff: boolean;
}

export async function readIncident(
  cloud: OperatorCalls,
  { arn }: Pick<Execution, 'arn'>,
  now: string,
): Promise<{ incident: Incident; report: Report }> {
  const history = await readHistory(cloud, arn);
  const report = buildReport({ executionArn: arn, events: history.events, now });
  return { incident: incidentFrom(report, history), report };
}

function incidentFrom(report: Report, { cutOff }: Pick<History, 'cutOff'>): Incident {
  const { execution, outcome, outage, trigger } = report;
  return {
    executionArn: execution.executionArn,
    name: execution.name,
    startedAt: execution.startedAt,
    endedAt: execution.endedAt,
    status: execution.status,
    ending: outcome.ending,
    end: execution.lastState,
    headline: outcome.headline,
    startedBy: trigger.sentence,
    rule: outcome.rule,
    sentence: outcome.sentence,
    from: outcome.from,
    to: outcome.to,
    terminated: outcome.terminated,
    launched: outcome.launched,
    advice: outcome.advice,
    outage: { seconds: outage.seconds, sentence: outage.sentence },
    cutOff,
  };
}

/** As `isUneventful`, for one that has no final document: it still runs, or was stopped. */
export function isUneventfulSoFar(report: Report): boolean {
  const { attachments, fencings, outcome, observations } = report;
  const touched = [...attachments, ...fencings, ...outcome.terminated, ...outcome.launched];
  return touched.length === 0 && observations.at(-1)?.decision?.outcome === 'healthy';
}

/**
 * Did it find nothing to do? Told from the final document: the address was left alone, nobody was
 * launched or terminated, and nothing kept it from acting.
 */
export function isUneventful(output: unknown): boolean {
  if (fieldAt(output, 'decision', 'outcome') !== 'healthy') return false;
  const touched = [
    ...listAt(output, 'standbyLaunch', 'launched'),
    ...listAt(output, 'standbyLaunch', 'terminated'),
  ];
  return touched.length === 0 && fieldAt(output, 'termination', 'kind') !== 'fenced';
}
