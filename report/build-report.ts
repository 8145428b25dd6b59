/**
 * Execution history -> report. Nothing else is asked: no AWS, no clock, no tags of today. So the
 * same history gives the same report in a year, when the instances are long gone.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { textOf } from '../history/values.ts';
import { type EventView, historyFrom } from '../history/visits.ts';
import { actionsOf } from './facts/actions.ts';
import { checksumOf } from './facts/checksum.ts';
import { executionFacts, momentsOf, recordOf, visitFacts } from './facts/execution.ts';
import { failuresOf } from './facts/failures.ts';
import { identityOf } from './facts/identity.ts';
import { consoleLinks, type ExecutionName, parseExecutionArn } from './facts/links.ts';
import { gapsOf, missingFrom } from './facts/missing.ts';
import { observationsOf } from './facts/observations.ts';
import { outageOf } from './facts/outage.ts';
import { outcomeOf } from './facts/outcome.ts';
import { triggerOf } from './facts/trigger.ts';
import type { Observation, Report } from './report.ts';

export interface ReportSource {
  readonly executionArn: string;
  /** @default the one that the execution's ARN names */
  readonly stateMachineArn?: string;
  /** All pages of GetExecutionHistory. */
  readonly events: readonly HistoryEvent[];
  /** @default the one that the execution's ARN names */
  readonly region?: string;
  /** When the report is made: ISO 8601. */
  readonly now: string;
}

/** @throws Error when `executionArn` is not one; whatever the history holds gives a report */
export function buildReport(source: ReportSource): Report {
  const name = nameOf(source);
  const history = historyFrom(source.events);
  const execution = executionFacts(name, history);
  const trigger = triggerOf(history.events);
  const observations = observationsOf(history.visits);
  const actions = actionsOf(history);
  const outage = outageOf({ trigger, observations, ...actions });
  const outcome = outcomeOf(history, { execution, observations, actions, outage });
  const identity = identityOf(observations, actions.verifications, outcome.to);
  const { cluster, settings } = recordOf(history.visits);
  const gaps = gapsOf(history);
  return {
    format: 'coordinator-failover report, version 1',
    madeAt: source.now,
    execution,
    outcome,
    cluster,
    settings,
    trigger,
    observations,
    ...actions,
    identity,
    outage,
    visits: history.visits.map(visitFacts),
    moments: momentsOf(history, trigger, outage),
    failures: failuresOf(history),
    links: consoleLinks(name, {
      cluster,
      instanceIds: instanceIds(observations, outcome.launched),
      functionArns: functionArns(history.events),
    }),
    history: {
      events: history.given.length,
      complete: gaps.length === 0,
      gaps,
      checksum: checksumOf(history.given, name.executionArn, name.region),
    },
    missing: missingFrom({ trigger, outage, outcome, ...actions }),
  };
}

function nameOf({ executionArn, stateMachineArn, region }: ReportSource): ExecutionName {
  const name = parseExecutionArn(executionArn);
  return {
    ...name,
    ...(stateMachineArn === undefined ? {} : { stateMachineArn }),
    ...(region === undefined ? {} : { region }),
  };
}

function instanceIds(
  observations: readonly Observation[],
  launched: readonly string[],
): readonly string[] {
  const seen = observations.flatMap(({ survey }) =>
    (survey?.coordinators ?? []).flatMap(({ instanceId }) => instanceId ?? []),
  );
  return [...new Set([...seen, ...launched])];
}

function functionArns(events: readonly EventView[]): readonly string[] {
  const resources = events
    .filter(({ type }) => type === 'LambdaFunctionScheduled')
    .flatMap(({ details }) => textOf(details.resource) ?? []);
  return [...new Set(resources)];
}
