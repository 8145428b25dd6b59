/** `pause`: no automatic failover until it is resumed, or until a time. */
import { addressDetailsFrom } from '../../aws/address.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { longestPauseDays, pausedTagValue, readPause } from '../../workflow/model/tags.ts';
import { readTarget } from '../cluster/targets.ts';
import { command } from '../command.ts';
import { recordOptions } from '../common-options.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit.ts';
import type { Given } from '../terminal/command-line.ts';
import { duration, optional } from '../terminal/options.ts';
import { timeText } from '../terminal/times.ts';
import { done, isoTime, setTag, whoAndWhy } from './operator-tags.ts';

const options = {
  ...recordOptions,
  for: optional(
    'DURATION',
    '30m, 2h, 1d; default: until resumed',
    duration(
      { least: 60_000, most: longestPauseDays * 24 * 3600 * 1000 },
      `a duration such as 30m, 2h or 1d, from 1m to ${longestPauseDays}d (without --for it lasts until resumed)`,
    ),
  ),
};

export const pause = command({
  name: 'pause',
  summary: 'stops automatic failover',
  details: [
    'A failover that has begun is finished. switchover and failover --force still move the address.',
  ],
  options,
  examples: ['--for 2h --reason "network maintenance"'],
  permissions: '`ec2:CreateTags` on the interface',
  run: pauseFailover,
});

async function pauseFailover(context: Context<Given<typeof options>>): Promise<ExitCode> {
  const { options: asked, now } = context;
  const { by, reason } = whoAndWhy(context);
  const target = await readTarget(context);
  const since = isoTime(now());
  const before = readPause(addressDetailsFrom(target.eni).paused, since);
  const until = asked.for === undefined ? null : isoTime(now() + asked.for);
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
          'and switchover and failover --force still move. Standbys are not replaced meanwhile.',
      ],
    ],
    next: 'resume',
  });
}
