/** `status`: what is observed, and what it means. */
import { describeError } from '../../aws/errors.ts';
import { leadingCommand } from '../../workflow/notify/advice.ts';
import { findCluster } from '../cluster/find-cluster.ts';
import { command } from '../command.ts';
import { type Context, nextCommand, nextLine } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit.ts';
import { type Assessment, assess } from '../status/assess.ts';
import { type ClusterObservation, observe } from '../status/observe.ts';
import { showStatus } from '../status/show-status.ts';
import { toned } from '../terminal/lines.ts';
import { flag } from '../terminal/options.ts';

/** Probes publish every 5 s: a shorter time would show the same samples. */
const watchEveryMs = 3_000;

export const status = command({
  name: 'status',
  summary: 'who is active, who could take over, what is degraded and what to do',
  details: [
    'Looks, touches nothing. What cannot be read is said; the rest is shown all the same.',
    'Exit code 0 only if everything could be read and is well.',
  ],
  options: { watch: flag('again and again, until Ctrl-C') },
  examples: ['', '--watch', '--json --cluster presto'],
  permissions:
    '`ec2:DescribeInstances`, `ec2:DescribeInstanceStatus`, `cloudwatch:GetMetricData`, `cloudwatch:DescribeAlarms`, `states:ListExecutions`, `states:DescribeExecution`, `states:GetExecutionHistory`',
  watches: ({ watch }) => watch,
  run: showStatusUntilStopped,
});

type StatusContext = Context<{ readonly watch: boolean }>;

async function showStatusUntilStopped(context: StatusContext): Promise<ExitCode> {
  let last = await observeOnce(context);
  while (context.options.watch && !context.interrupted.aborted) {
    await context.rest(watchEveryMs);
    if (context.interrupted.aborted) break;
    last = await lookAgain(context);
  }
  return last;
}

/** While watching, an observation that fails is reported, and the next is made. */
async function lookAgain(context: StatusContext): Promise<ExitCode> {
  try {
    return await observeOnce(context);
  } catch (error) {
    const sentence = describeError(error);
    context.screen.jsonLine({ state: 'unknown', error: { sentence } });
    context.screen.print([[toned('warn', 'UNKNOWN'), ` This observation failed. ${sentence}`]]);
    return exitCodes.notFine;
  }
}

async function observeOnce(context: StatusContext): Promise<ExitCode> {
  const { cloud, screen, options } = context;
  const found = await findCluster(cloud, options);
  const observation = await observe(cloud, found, context);
  const assessment = assess(observation);
  const document = statusDocument(observation, assessment);
  if (options.watch) {
    screen.clear();
    screen.jsonLine(document);
  } else {
    screen.json(document);
  }
  screen.print([
    ...showStatus(observation, assessment, (command) => nextCommand(context, command)),
    [],
    nextLine(context, nextStep(observation, assessment)),
  ]);
  return assessment.state === 'ok' ? exitCodes.fine : exitCodes.notFine;
}

/** The cure of the gravest finding whose cure is a command. */
function nextStep({ running }: ClusterObservation, { findings, state }: Assessment): string {
  if (running.kind === 'read' && running.value.length > 0) return 'status --watch';
  for (const severity of ['down', 'degraded'] as const) {
    for (const { cure } of findings.filter((finding) => finding.severity === severity)) {
      if (cure === undefined || 'words' in cure) continue;
      return 'command' in cure ? cure.command : leadingCommand(cure.advice, cure.execution);
    }
  }
  return state === 'ok' ? 'history' : 'doctor';
}

/** Maps become objects; the rest is as it was read. */
function statusDocument(observation: ClusterObservation, assessment: Assessment): object {
  const plain = (_key: string, value: unknown): unknown =>
    value instanceof Map ? Object.fromEntries(value) : value;
  const observed: unknown = JSON.parse(JSON.stringify(observation, plain));
  return { ...assessment, observed };
}
