/**
 * `history`: the incidents, newest first.
 * What can go wrong: hundreds of executions a day in which nothing happens. Those are known by their
 * final document, without their history; executions that were not read are counted.
 */
import { describeError } from '../../aws/errors.ts';
import { describeExecution, type Execution, listExecutions } from '../../aws/executions.ts';
import { isUneventful } from '../../history/uneventful.ts';
import { readTarget } from '../cluster/targets.ts';
import { command } from '../command.ts';
import { type Context, nextLine } from '../context.ts';
import { inParallel } from '../executions/in-parallel.ts';
import { type IncidentSummary, readIncident } from '../executions/incidents.ts';
import { showHistory } from '../executions/show-history.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import type { Given } from '../terminal/command-line.ts';
import { duration, flag, wholeNumber, withDefault } from '../terminal/options.ts';
import { timeText } from '../terminal/times.ts';

/** 90 days of an execution every minute are 129,600, a thousand to a page. */
const mostPages = 130;
/** Below the quotas of DescribeExecution and GetExecutionHistory (15 and 20 a second, with a burst). */
const atOnce = 8;
const perStep = 100;

const dayMs = 24 * 3600 * 1000;

const options = {
  since: withDefault(
    'DURATION',
    'how far back: 12h, 7d; default 1d, at most 90d',
    duration(
      { least: 60_000, most: 90 * dayMs },
      'a duration such as 12h or 7d, from 1m to 90d: executions are kept for 90 days',
    ),
    dayMs,
  ),
  limit: withDefault(
    'N',
    'at most so many incidents, 1 to 500; default 20',
    wholeNumber({ least: 1, most: 500 }),
    20,
  ),
  all: flag('also the observations that found nothing to do'),
};

export const history = command({
  name: 'history',
  summary: 'the incidents: when, why, rule, outcome, outage, from which to which instance',
  details: ['Observations in which nothing happened are left out unless --all.'],
  options,
  examples: ['--since 7d', '--all --since 1h'],
  permissions: '`states:ListExecutions`, `states:DescribeExecution`, `states:GetExecutionHistory`',
  run: tellHistory,
});

type HistoryContext = Context<Given<typeof options>>;

async function tellHistory(context: HistoryContext): Promise<ExitCode> {
  const { cloud, options, screen } = context;
  const { found, stateMachineArn } = await readTarget(context);
  const since = new Date(context.now() - options.since).toISOString();
  const listing = await listExecutions(cloud, stateMachineArn, { mostPages, since });
  const executions = listing.executions.filter(({ startedAt }) => startedAt >= since);
  const search = await searchIncidents(context, executions);
  const { incidents, unread, looked } = search;
  const rest = executions.length - looked;
  const cutOff = rest > 0 || (listing.more && listing.executions.length === executions.length);
  screen.json({ cluster: found.clusterName, since, executions: executions.length, ...search });
  screen.print([
    ...showHistory(incidents, unread),
    [],
    [
      `${looked} executions since ${timeText(since)}: ${incidents.length} shown, ${search.uneventful} found nothing to do.`,
    ],
    ...(cutOff ? [[`There are ${rest} earlier ones. --limit and --since show more.`]] : []),
    nextLine(context, nextStep(incidents)),
  ]);
  return unread.length === 0 ? exitCodes.fine : exitCodes.notFine;
}

function nextStep(incidents: readonly IncidentSummary[]): string {
  if (incidents.some(({ status }) => status === 'RUNNING')) return 'status --watch';
  return incidents[0] === undefined ? 'status' : `report ${incidents[0].name}`;
}

interface Search {
  readonly incidents: readonly IncidentSummary[];
  /** Executions that could not be read, and why. */
  readonly unread: readonly { readonly execution: Execution; readonly why: string }[];
  readonly looked: number;
  readonly uneventful: number;
}

async function searchIncidents(
  context: HistoryContext,
  executions: readonly Execution[],
): Promise<Search> {
  const { options, screen } = context;
  const incidents: IncidentSummary[] = [];
  const unread: { execution: Execution; why: string }[] = [];
  let looked = 0;
  let uneventful = 0;
  while (looked < executions.length && incidents.length < options.limit) {
    const step = executions.slice(looked, looked + perStep);
    const results = await inParallel(step, atOnce, (execution) => lookAt(context, execution));
    for (const result of results) {
      if (incidents.length === options.limit) break;
      looked += 1;
      if (result.kind === 'uneventful') uneventful += 1;
      else if (result.kind === 'read') incidents.push(result.value);
      else unread.push(result);
    }
    if (executions.length > perStep) {
      screen.progress([[`... ${looked} of ${executions.length} executions looked at`]]);
    }
  }
  return { incidents, unread, looked, uneventful };
}

type Looked =
  | { readonly kind: 'uneventful' }
  | { readonly kind: 'read'; readonly value: IncidentSummary }
  | { readonly kind: 'unread'; readonly execution: Execution; readonly why: string };

async function lookAt(
  { cloud, options, now }: HistoryContext,
  execution: Execution,
): Promise<Looked> {
  try {
    if (!options.all && execution.status === 'SUCCEEDED') {
      const { output } = await describeExecution(cloud, execution.arn);
      if (isUneventful(output)) return { kind: 'uneventful' };
    }
    const at = new Date(now()).toISOString();
    const read = await readIncident(cloud, execution, at);
    const isRoutine = execution.status === 'RUNNING' && read.isUneventful;
    if (!options.all && isRoutine) return { kind: 'uneventful' };
    return { kind: 'read', value: read.incident };
  } catch (error) {
    return { kind: 'unread', execution, why: describeError(error) };
  }
}
