/**
 * The audit report of every execution of a scenario, held against its history. What the history says is
 * read here in the plainest way, so that it shares no code with the report that it judges.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { buildReport } from '../../report/build-report.ts';
import { renderHtml } from '../../report/render/html.ts';
import { renderMarkdown } from '../../report/render/markdown.ts';
import type { DrillExecution } from './executions.ts';

/**
 * One sentence per thing that a report tells otherwise; `now` is ISO 8601. An execution that Step Functions
 * lists as running has no end yet that a report could tell.
 */
export function reportProblems(executions: readonly DrillExecution[], now: string): string[] {
  return executions
    .filter(({ status }) => status !== 'RUNNING')
    .flatMap((execution) => problemsOf(execution, now));
}

function problemsOf({ arn, events }: DrillExecution, now: string): string[] {
  const report = buildReport({ executionArn: arn, events, now });
  const status = statusAfter(events.at(-1));
  const lastState = events.findLast(({ stateEnteredEventDetails: entered }) => entered)
    ?.stateEnteredEventDetails?.name;
  const told: readonly (readonly [string, unknown, unknown])[] = [
    ['events', report.history.events, events.length],
    ['gaps', report.history.gaps, []],
    ['status', report.execution.status, status],
    // Who is stopped has no end of its own: the report says so.
    ['end', report.outcome.kind, status === 'ABORTED' ? 'Stopped' : lastState],
    [
      'rules',
      report.observations.map(({ decision }) => decision?.rule),
      found(events, 'Confirm failure', 'decision').map(({ rule }) => rule),
    ],
    [
      'terminated',
      sorted(report.outcome.terminated),
      sorted([
        ...found(events, 'Terminate instance', 'termination').flatMap(idsIn('terminated')),
        ...found(events, 'Launch standby', 'standbyLaunch').flatMap(idsIn('terminated')),
      ]),
    ],
    [
      'launched',
      sorted(report.outcome.launched),
      sorted(found(events, 'Launch standby', 'standbyLaunch').flatMap(idsIn('launched'))),
    ],
  ];
  const different = told
    .map(([what, says, is]) => [what, JSON.stringify(says), JSON.stringify(is)] as const)
    .filter(([, says, is]) => says !== is)
    .map(
      ([what, says, is]) => `The report of ${arn} says of ${what} ${says}, but the history ${is}.`,
    );
  return [...different, ...pagesWithout(report, arn)];
}

/** `ExecutionTimedOut` -> `TIMED_OUT` */
function statusAfter(last: HistoryEvent | undefined): string {
  const [, word] = /^Execution(Succeeded|Failed|TimedOut|Aborted)$/.exec(last?.type ?? '') ?? [];
  return word?.replace(/(?<=[a-z])(?=[A-Z])/, '_').toUpperCase() ?? 'RUNNING';
}

/** What stands under `path` of the document each time that `state` was left without a failure. */
function found(events: readonly HistoryEvent[], state: string, path: string): Finding[] {
  return events.flatMap(({ stateExitedEventDetails: exited }, index) => {
    const hasFailed = /(?:Failed|TimedOut)$/.test(events[index - 1]?.type ?? '');
    if (exited?.name !== state || hasFailed) return [];
    const document = JSON.parse(exited.output ?? '{}') as Record<string, Finding | undefined>;
    const finding = document[path];
    return finding === undefined ? [] : [finding];
  });
}

type Finding = Readonly<Record<string, unknown>>;

function idsIn(field: string): (finding: Finding) => readonly string[] {
  return (finding) => (finding[field] ?? []) as readonly string[];
}

function pagesWithout(report: ReturnType<typeof buildReport>, arn: string): string[] {
  const pages = { HTML: renderHtml(report), Markdown: renderMarkdown(report) };
  return Object.entries(pages)
    .filter(([, page]) => !page.includes(report.history.checksum.value))
    .map(([form]) => `The ${form} report of ${arn} does not show the checksum of its history.`);
}

function sorted(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)].sort();
}
