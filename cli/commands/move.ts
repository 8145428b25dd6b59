/**
 * What `switchover` and `failover` share: an execution is started, and shown until it ends.
 * What can go wrong: the watching breaks while the execution goes on. Then the reason is said, and how to
 * watch again.
 */
import { addressDetailsFrom } from '../../aws/address.ts';
import { viewInstance } from '../../aws/coordinators.ts';
import { describeEnded, listExecutions } from '../../aws/executions.ts';
import { makeExecutionInput, type PersonsRequest } from '../../workflow/model/request.ts';
import { tryRead } from '../cluster/read-result.ts';
import { standbyProblem } from '../cluster/standby-problem.ts';
import { readTarget, type Target, whoAsks } from '../cluster/targets.ts';
import { recordOptions } from '../common-options.ts';
import { adviceLines, type Context, nextCommand, nextLine } from '../context.ts';
import { followExecution } from '../executions/follow-execution.ts';
import { type IncidentSummary, readIncident } from '../executions/incidents.ts';
import { incidentLines } from '../executions/show-history.ts';
import { showStep } from '../executions/show-step.ts';
import { badInput, type ExitCode, exitCodes } from '../exit.ts';
import type { Given } from '../terminal/command-line.ts';
import { flag, matching, optional } from '../terminal/options.ts';

/** `upgrade` is of `switchover`, `force` of `failover`. */
export const moveOptions = {
  ...recordOptions,
  standby: optional(
    'INSTANCE',
    'who is to take over',
    matching(/^i-[0-9a-f]{8,17}$/, 'an instance id such as i-0123456789abcdef0'),
  ),
  dryRun: flag('only say what would be done'),
};

export const movePermissions =
  '`states:StartExecution` on the state machine, `states:ListExecutions`, `states:DescribeExecution`, `states:GetExecutionHistory`; `ec2:DescribeInstances` with `--standby`';

type MoveContext = Context<Given<typeof moveOptions>>;

/** The move that is asked for. Without one, the execution only acts on what has failed. */
type Move = Pick<PersonsRequest, 'force' | 'switchover' | 'upgrade'>;

export async function startMove(context: MoveContext, move: Move): Promise<ExitCode> {
  const { screen, cloud } = context;
  const input = inputFor(context, move);
  const target = await readTarget(context);
  await refuseUnfitStandby(context, target);
  await sayWhatRuns(context, target);
  const { executionArn = '', startDate } = await cloud.startExecution({
    stateMachineArn: target.stateMachineArn,
    // With the same name, a repeated call starts nothing twice.
    name: `by-hand-${context.newId()}`,
    input,
  });
  const name = executionArn.split(':').at(-1) ?? '';
  screen.progress([
    [`Started ${name} of ${target.found.clusterName}. Ctrl-C stops watching only.`],
  ]);
  const ending = await followExecution(context, executionArn, (step) =>
    screen.progress(showStep(step, startDate?.getTime() ?? context.now())),
  );
  if (ending !== 'ended') return leave(context, { executionArn, name, ending });
  return tell(context, executionArn, Object.keys(move).length > 0);
}

function inputFor(context: MoveContext, move: Move): string {
  const { reason, standby, dryRun } = context.options;
  const made = makeExecutionInput({
    reason,
    by: whoAsks(context),
    ...move,
    standby,
    dryRun: dryRun || undefined,
  });
  if (made.kind === 'refused') throw badInput(made.refusals.join(' '));
  return made.input;
}

/** The workflow refuses it too; here the answer comes at once. */
async function refuseUnfitStandby(context: MoveContext, { eni, found }: Target): Promise<void> {
  const { standby } = context.options;
  if (standby === undefined) return;
  const instance = await viewInstance(context.cloud, found, standby);
  const problem = standbyProblem(instance, addressDetailsFrom(eni), found.clusterName);
  if (problem === null) return;
  throw badInput(`${standby} cannot take over: ${problem}.`, nextCommand(context, 'status'));
}

/** Two people at once make one move. The second is told of the first. */
async function sayWhatRuns({ cloud, screen }: Context, { stateMachineArn }: Target): Promise<void> {
  const listing = await tryRead(() => listExecutions(cloud, stateMachineArn, { mostPages: 1 }));
  const running =
    listing.kind === 'read'
      ? listing.value.executions.filter(({ status }) => status === 'RUNNING')
      : [];
  for (const { name } of running.slice(0, 3)) {
    screen.progress([
      [`${name} is under way already. Both go on; the address moves at most once for both.`],
    ]);
  }
}

function leave(
  context: Context,
  { executionArn, name, ending }: { executionArn: string; name: string; ending: string },
): ExitCode {
  const stopped = ending === 'interrupted';
  const why = stopped ? 'Stopped watching' : `Cannot watch any more (${ending})`;
  context.screen.json({ executionArn, status: 'RUNNING', watched: ending });
  context.screen.print([
    [`${why}. The execution ${name} goes on by itself.`],
    nextLine(context, 'status --watch'),
  ]);
  return stopped ? exitCodes.interrupted : exitCodes.notFine;
}

async function tell(
  context: MoveContext,
  executionArn: string,
  isMoveWanted: boolean,
): Promise<ExitCode> {
  const { cloud, screen } = context;
  const now = new Date(context.now()).toISOString();
  const execution = await describeEnded(cloud, executionArn, context.rest);
  const { incident } = await readIncident(cloud, execution, now);
  screen.json(incident);
  screen.print([[], ...incidentLines(incident), ...adviceLines(context, incident)]);
  return isWhatWasAsked(incident, isMoveWanted) ? exitCodes.fine : exitCodes.notFine;
}

/** Without a wanted move, a healthy coordinator is a good end too. */
function isWhatWasAsked({ ending }: IncidentSummary, isMoveWanted: boolean): boolean {
  if (ending === 'failed-over' || ending === 'dry-run') return true;
  return ending === 'nothing-to-do' && !isMoveWanted;
}
