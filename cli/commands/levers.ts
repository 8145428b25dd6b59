/**
 * `pause`, `resume` and `acknowledge`: the levers that stand as tags on the ENI, where the workflow reads
 * them before every decision. Describes lag by seconds, so what was just set is not read back.
 */
import {
  acknowledgedTagValue,
  failoversWithin,
  leverProblems,
  pausedTagValue,
  readAcknowledgement,
  readPause,
  withoutAcknowledged,
} from '../../workflow/model/tags.ts';
import { tagKeys } from '../../workflow/names.ts';
import { defaultSettings } from '../../workflow/settings.ts';
import { addressFrom } from '../cluster/coordinators.ts';
import { readMachine } from '../cluster/machine.ts';
import { readPart } from '../cluster/part.ts';
import { readTarget, type Target, whoAsks } from '../cluster/targets.ts';
import { type Context, nextLine } from '../context.ts';
import { badInput, type ExitCode, exitCodes } from '../exit.ts';
import type { Line } from '../view/lines.ts';
import { timeText } from '../view/times.ts';

export async function pause(context: Context): Promise<ExitCode> {
  const { options, now } = context;
  const { by, reason } = whoAndWhy(context);
  const target = await readTarget(context);
  const since = isoTime(now());
  const before = readPause(addressFrom(target.eni).paused, since);
  const until = options.forMs === undefined ? null : isoTime(now() + options.forMs);
  const value = pausedTagValue({ until, since, by, reason });
  await setTag(context, target, tagKeys.paused, value);
  const end =
    until === null ? 'until somebody resumes' : `until ${timeText(until)}, then by itself`;
  return done(context, {
    document: { cluster: target.found.clusterName, paused: { until, since, by, reason }, before },
    lines: [
      [`Automatic failover of ${target.found.clusterName} is paused ${end}.`],
      ...(before.kind === 'none' ? [] : [[`It replaces an earlier pause. ${before.sentence}`]]),
      [
        'A failover that has begun is finished, an address that nobody holds is still given to a standby, ' +
          'and --force still moves. Standbys are not replaced meanwhile.',
      ],
    ],
    next: 'resume',
  });
}

export async function resume(context: Context): Promise<ExitCode> {
  const target = await readTarget(context);
  const before = readPause(addressFrom(target.eni).paused, isoTime(context.now()));
  await context.cloud.deleteTags({
    Resources: [target.networkInterfaceId],
    Tags: [{ Key: tagKeys.paused }],
  });
  const { clusterName } = target.found;
  return done(context, {
    document: { cluster: clusterName, resumed: true, before },
    lines: [
      [`Automatic failover of ${clusterName} is on.`],
      before.kind === 'none' ? ['It was not paused.'] : [`It was: ${before.sentence}`],
      [
        'A failure that fell into the pause is found by the schedule, or at once by the next command.',
      ],
    ],
    next: 'failover --reason "look after the pause"',
  });
}

export async function acknowledge(context: Context): Promise<ExitCode> {
  const { by, reason } = whoAndWhy(context);
  const target = await readTarget(context);
  const { clusterName } = target.found;
  const at = isoTime(context.now());
  const counting = await countingFailovers(context, target, at);
  if (counting.length === 0) {
    return done(context, {
      document: { cluster: clusterName, acknowledged: null, counted: [] },
      lines: [[`No failover of ${clusterName} counts towards the limit: nothing to acknowledge.`]],
      next: 'status',
    });
  }
  const value = acknowledgedTagValue({ at, by, reason });
  await setTag(context, target, tagKeys.acknowledged, value);
  return done(context, {
    document: { cluster: clusterName, acknowledged: { at, by, reason }, counted: counting },
    lines: [
      [`The ${counting.length} failovers of ${clusterName} up to ${timeText(at)} no longer count.`],
      ['A failure that was held back is found by the schedule, or at once by the next command.'],
    ],
    next: 'failover --reason "look after acknowledging"',
  });
}

function whoAndWhy(context: Context): { by: string; reason: string } {
  const by = whoAsks(context);
  const reason = context.options.reason ?? '';
  const [problem] = leverProblems({ by, reason });
  if (problem !== undefined) throw badInput(problem);
  return { by, reason };
}

/** Those within the window that were not acknowledged before. */
async function countingFailovers(
  { cloud }: Context,
  { eni, stateMachineArn }: Target,
  now: string,
): Promise<string[]> {
  const { failovers, acknowledged } = addressFrom(eni);
  const machine = await readPart(() => readMachine(cloud, stateMachineArn));
  const settings = machine.kind === 'read' ? machine.value.settings : defaultSettings;
  return withoutAcknowledged(
    failoversWithin(failovers, now, settings.failoverWindowMinutes),
    readAcknowledgement(acknowledged, now),
  );
}

async function setTag(
  { cloud }: Context,
  { networkInterfaceId }: Target,
  Key: string,
  Value: string,
): Promise<void> {
  await cloud.createTags({ Resources: [networkInterfaceId], Tags: [{ Key, Value }] });
}

function done(
  context: Context,
  { document, lines, next }: { document: object; lines: readonly Line[]; next: string },
): ExitCode {
  context.screen.json(document);
  context.screen.print([...lines, nextLine(context, next)]);
  return exitCodes.fine;
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
