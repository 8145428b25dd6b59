/**
 * An execution as the summary of an incident, taken from its audit report: so `status`, `history` and
 * `report` tell the same.
 */
import type { OperatorCalls } from '../../aws/calls.ts';
import { type Execution, type History, readHistory } from '../../aws/executions.ts';
import { newestDocument } from '../../history/ends.ts';
import { isUneventful } from '../../history/uneventful.ts';
import { buildReport } from '../../report/build-report.ts';
import type { Report } from '../../report/report.ts';
import type { Ending } from '../../workflow/model/incident.ts';
import type { Advice } from '../../workflow/notify/advice.ts';

export interface IncidentSummary {
  readonly executionArn: string;
  readonly name: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly status: string;
  /** `null` for an execution that still runs, was stopped, or broke off. */
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
): Promise<{ incident: IncidentSummary; report: Report; isUneventful: boolean }> {
  const history = await readHistory(cloud, arn);
  const report = buildReport({ executionArn: arn, events: history.events, now });
  return {
    incident: incidentFrom(report, history),
    report,
    isUneventful: isUneventful(newestDocument(history.events)),
  };
}

function incidentFrom(report: Report, { cutOff }: Pick<History, 'cutOff'>): IncidentSummary {
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
