/**
 * The audit report of every execution of a scenario, held against what the timeline reads of the same
 * history: two readers that were written apart must tell the same story.
 */
import { buildReport } from '../report/build-report.ts';
import { renderHtml } from '../report/render-html.ts';
import { renderMarkdown } from '../report/render-markdown.ts';
import { readTimeline } from '../workflow/timeline.ts';
import type { Execution } from './executions.ts';

/** One sentence per thing that a report tells otherwise; `now` is ISO 8601. */
export function reportProblems(executions: readonly Execution[], now: string): string[] {
  return executions.flatMap((execution) => problemsOf(execution, now));
}

function problemsOf({ arn, status, events }: Execution, now: string): string[] {
  const report = buildReport({ executionArn: arn, events, now });
  const timeline = readTimeline(events);
  const told: readonly (readonly [string, unknown, unknown])[] = [
    ['events', report.history.events, events.length],
    ['gaps', report.history.gaps, []],
    ['status', report.execution.status, timeline.status],
    // Who is stopped has no end of its own: the report says so.
    ['end', report.outcome.kind, status === 'ABORTED' ? 'Stopped' : timeline.lastState],
    [
      'rules',
      report.looks.map(({ verdict }) => verdict?.rule),
      timeline.verdicts.map(({ rule }) => rule),
    ],
    ['terminated', sorted(report.outcome.terminated), sorted(timeline.terminated)],
    ['launched', sorted(report.outcome.launched), sorted(timeline.launched)],
  ];
  const different = told
    .map(([what, says, is]) => [what, JSON.stringify(says), JSON.stringify(is)] as const)
    .filter(([, says, is]) => says !== is)
    .map(
      ([what, says, is]) => `The report of ${arn} says of ${what} ${says}, but the history ${is}.`,
    );
  return [...different, ...pagesWithout(report, arn)];
}

function pagesWithout(report: ReturnType<typeof buildReport>, arn: string): string[] {
  const pages = { HTML: renderHtml(report), Markdown: renderMarkdown(report) };
  return Object.entries(pages)
    .filter(([, page]) => !page.includes(report.history.checksum.value))
    .map(([form]) => `The ${form} report of ${arn} does not show the checksum of its history.`);
}

function sorted(ids: readonly string[]): readonly string[] {
  return [...ids].sort();
}
