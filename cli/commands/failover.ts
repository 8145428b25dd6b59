/**
 * `failover`: starts an execution and shows it until it ends.
 * What can go wrong: the watching breaks while the failover goes on. The execution does not depend on
 * us: whatever happens here is said, together with how to go on looking.
 */
import { makeExecutionInput } from '../../workflow/request.ts';
import { addressFrom, describeInstance } from '../cluster/coordinators.ts';
import { describeEnded, listExecutions } from '../cluster/executions.ts';
import { type Incident, readIncident } from '../cluster/incidents.ts';
import { readPart } from '../cluster/part.ts';
import { standbyProblem } from '../cluster/standby-problem.ts';
import { readTarget, type Target, whoAsks } from '../cluster/targets.ts';
import { watchExecution } from '../cluster/watch.ts';
import { adviceLines, type Context, nextCommand, nextLine } from '../context.ts';
import { badInput, type ExitCode, exitCodes } from '../exit.ts';
import { incidentLines } from '../view/show-history.ts';
import { showStep } from '../view/show-step.ts';

export async function failover(context: Context): Promise<ExitCode> {
  const { screen, cloud } = context;
  const input = inputFor(context);
  const target = await readTarget(context);
  await refuseUnfitStandby(context, target);
  await sayWhatRuns(context, target);
  const { executionArn = '', startDate } = await cloud.startExecution({
    stateMachineArn: target.stateMachineArn,
    // A name of our own makes a repeated call start nothing twice.
    name: `by-hand-${context.newId()}`,
    input,
  });
  const name = executionArn.split(':').at(-1) ?? '';
  screen.progress([
    [`Started ${name} of ${target.found.clusterName}. Ctrl-C stops watching only.`],
  ]);
  const ending = await watchExecution(context, executionArn, (step) =>
    screen.progress(showStep(step, startDate?.getTime() ?? context.now())),
  );
  if (ending !== 'ended') return leave(context, { executionArn, name, ending });
  return tell(context, executionArn);
}

function inputFor(context: Context): string {
  const { reason, force, upgrade, standby, dryRun } = context.options;
  const made = makeExecutionInput({
    reason,
    by: whoAsks(context),
    ...(force ? { force } : {}),
    ...(upgrade ? { upgrade } : {}),
    ...(standby === undefined ? {} : { standby }),
    ...(dryRun ? { dryRun } : {}),
  });
  if (made.kind === 'refused') throw badInput(made.refusals.join(' '));
  return made.input;
}

/** The workflow checks it again; here the word comes at once. */
async function refuseUnfitStandby(context: Context, { eni, found }: Target): Promise<void> {
  const { standby } = context.options;
  if (standby === undefined) return;
  const instance = await describeInstance(context.cloud, standby);
  const problem = standbyProblem(instance, addressFrom(eni), found.clusterName);
  if (problem === null) return;
  throw badInput(`${standby} cannot take over: ${problem}.`, nextCommand(context, 'status'));
}

/** Two people at once make one move: the second hears of the first. */
async function sayWhatRuns({ cloud, screen }: Context, { stateMachineArn }: Target): Promise<void> {
  const listing = await readPart(() => listExecutions(cloud, stateMachineArn, '', 1));
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
    [`${why}. The failover ${name} goes on by itself.`],
    nextLine(context, 'status --watch'),
  ]);
  return stopped ? exitCodes.interrupted : exitCodes.notFine;
}

async function tell(context: Context, executionArn: string): Promise<ExitCode> {
  const { cloud, screen, options } = context;
  const now = new Date(context.now()).toISOString();
  const execution = await describeEnded(context, executionArn);
  const { incident } = await readIncident(cloud, execution, now);
  screen.json(incident);
  screen.print([[], ...incidentLines(incident), ...adviceLines(context, incident)]);
  return isWhatWasAsked(incident, options.force || options.upgrade)
    ? exitCodes.fine
    : exitCodes.notFine;
}

/** Who forces or upgrades wants a move; who does not wants it to be seen to. */
function isWhatWasAsked({ ending }: Incident, move: boolean): boolean {
  if (ending === 'failed-over' || ending === 'dry-run') return true;
  return ending === 'nothing-to-do' && !move;
}
