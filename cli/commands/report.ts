/**
 * `report EXECUTION`: the audit report of one incident. Finds the execution, and writes what report/ makes
 * of its history.
 * What can go wrong: the wrong execution. Each mistake has its own sentence.
 */
import { extname } from 'node:path';
import { describeError, errorName } from '../../aws/errors.ts';
import {
  type Described,
  describeExecution,
  listExecutions,
  readHistory,
} from '../../aws/executions.ts';
import { isUneventful } from '../../history/uneventful.ts';
import { buildReport } from '../../report/build-report.ts';
import { renderHtml } from '../../report/render/html.ts';
import { renderMarkdown } from '../../report/render/markdown.ts';
import type { Report } from '../../report/report.ts';
import { readTarget } from '../cluster/targets.ts';
import { command } from '../command.ts';
import { type Context, nextCommand, nextLine } from '../context.ts';
import { badInput, CommandFailure, type ExitCode, exitCodes } from '../exit.ts';
import type { Given } from '../terminal/command-line.ts';
import { argument, oneOf, optional, text } from '../terminal/options.ts';

type ReportFormat = 'html' | 'markdown' | 'json';

const formatsByExtension: ReadonlyMap<string, ReportFormat> = new Map([
  ['.html', 'html'],
  ['.htm', 'html'],
  ['.md', 'markdown'],
  ['.json', 'json'],
]);

const options = {
  execution: argument(
    'EXECUTION',
    'ARN or name of an execution that has ended, or "last" for the newest incident',
  ),
  format: optional(
    'FORMAT',
    'html, markdown or json; default: as the file, else markdown',
    oneOf<ReportFormat>(['html', 'markdown', 'json']),
  ),
  out: optional('FILE', 'where to write it: .html, .md or .json', text),
};

export const report = command({
  name: 'report',
  summary: 'the audit report of one incident, from its execution history alone',
  details: ['Without --out it goes to stdout.'],
  options,
  examples: ['last --out incident.html', 'by-hand-0123 --format json'],
  permissions: '`states:ListExecutions`, `states:DescribeExecution`, `states:GetExecutionHistory`',
  run: makeReport,
});

type ReportContext = Context<Given<typeof options>>;

async function makeReport(context: ReportContext): Promise<ExitCode> {
  const { options, screen } = context;
  const format = formatOf(context);
  const execution = await findExecution(context);
  const { events, cutOff } = await readHistory(context.cloud, execution.arn);
  if (events.length === 0) {
    throw badInput(`The execution ${execution.name} has no history any more.`);
  }
  const made = buildReport({
    executionArn: execution.arn,
    stateMachineArn: execution.stateMachineArn,
    events,
    now: new Date(context.now()).toISOString(),
  });
  const rendered = render(made, format);
  const complete = made.history.complete && !cutOff;
  if (options.out === undefined) {
    screen.raw(rendered.endsWith('\n') ? rendered : `${rendered}\n`);
  } else {
    await write(context, options.out, rendered);
    screen.json({ file: options.out, format, complete, checksum: made.history.checksum.value });
    screen.print([
      [`${options.out}: the report of ${execution.name} (${format}).`],
      [made.outcome.headline],
      ...(complete ? [] : [['The history is not complete; the report says what is missing.']]),
      nextLine(context, 'history'),
    ]);
  }
  return complete ? exitCodes.fine : exitCodes.notFine;
}

function formatOf({ options: { format, out, json } }: ReportContext): ReportFormat {
  if (format !== undefined) return format;
  if (out === undefined) return json ? 'json' : 'markdown';
  const extension = extname(out).toLowerCase();
  const known = formatsByExtension.get(extension);
  if (known !== undefined) return known;
  throw badInput(
    `--out is "${out}", but must end with .html, .md or .json; or say --format html, markdown or json.`,
  );
}

function render(made: Report, format: ReportFormat): string {
  if (format === 'html') return renderHtml(made);
  return format === 'markdown' ? renderMarkdown(made) : JSON.stringify(made, null, 2);
}

async function write(context: Context, path: string, content: string): Promise<void> {
  try {
    await context.writeFile(path, content);
  } catch (error) {
    throw new CommandFailure(
      exitCodes.badInput,
      `The report cannot be written to ${path}. ${describeError(error)}`,
    );
  }
}

async function findExecution(context: ReportContext): Promise<Described> {
  const { stateMachineArn } = await readTarget(context);
  const given = context.options.execution;
  if (given === 'last') return lastIncident(context, stateMachineArn);
  const arn = executionArn(context, given, stateMachineArn);
  const execution = await describeExecution(context.cloud, arn).catch((error: unknown) => {
    if (errorName(error) !== 'ExecutionDoesNotExist') throw error;
    throw badInput(
      `There is no execution ${arn}. Step Functions keeps executions for 90 days after their end; what is older is in the log group of the state machine.`,
      nextCommand(context, 'history --since 90d'),
    );
  });
  if (execution.status === 'RUNNING') {
    throw badInput(
      `The execution ${execution.name} is still running: a report is made when it has ended.`,
      nextCommand(context, 'status --watch'),
    );
  }
  return execution;
}

/** Of this cluster, in this region. */
function executionArn(context: Context, given: string, stateMachineArn: string): string {
  const prefix = stateMachineArn.replace(':stateMachine:', ':execution:');
  if (!given.startsWith('arn:')) {
    // StartExecution: names of 1 to 80 characters.
    if (/^[\w.+!@=-]{1,80}$/.test(given)) return `${prefix}:${given}`;
    throw badInput(
      `"${given.slice(0, 200)}" is neither the ARN nor the name of an execution. An ARN looks like ${prefix}:NAME.`,
      nextCommand(context, 'history'),
    );
  }
  const [, , service, , , kind, , name, ...more] = given.split(':');
  if (service !== 'states' || kind !== 'execution' || !name || more.length > 0) {
    throw badInput(
      `"${given.slice(0, 200)}" is not the ARN of an execution. One looks like ${prefix}:NAME.`,
      nextCommand(context, 'history'),
    );
  }
  if (given !== `${prefix}:${name}`) {
    throw badInput(
      `${given} is an execution of another state machine than this cluster's, which is ${stateMachineArn}.`,
      nextCommand(context, 'history'),
    );
  }
  return given;
}

const mostLooked = 200;

/**
 * One failure starts several executions: by two alarms, by an event. Of the eventful executions that ran
 * at the same time as the newest, the first has acted.
 */
async function lastIncident(context: Context, stateMachineArn: string): Promise<Described> {
  const { executions } = await listExecutions(context.cloud, stateMachineArn, { mostPages: 1 });
  const ended = executions.filter(({ status }) => status !== 'RUNNING').slice(0, mostLooked);
  let first: Described | undefined;
  for (const { arn, stoppedAt } of ended) {
    // Newest first: an execution that ended before the incident began is another incident.
    if (first !== undefined && (stoppedAt ?? '') < first.startedAt) break;
    const execution = await describeExecution(context.cloud, arn);
    if (execution.status === 'SUCCEEDED' && isUneventful(execution.output)) continue;
    first = execution;
  }
  if (first !== undefined) return first;
  throw badInput(
    `In the last ${ended.length} executions that have ended nothing happened: there is no incident to report. Name an execution.`,
    nextCommand(context, 'history --since 90d'),
  );
}
