/** `resume`: ends a pause. */
import { addressDetailsFrom } from '../../aws/address.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { readPause } from '../../workflow/model/tags.ts';
import { readTarget } from '../cluster/targets.ts';
import { command } from '../command.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit.ts';
import { done, isoTime } from './operator-tags.ts';

export const resume = command({
  name: 'resume',
  summary: 'ends a pause',
  details: [],
  options: {},
  examples: ['', '--cluster presto'],
  permissions: '`ec2:DeleteTags` on the interface',
  run: resumeFailover,
});

async function resumeFailover(context: Context): Promise<ExitCode> {
  const target = await readTarget(context);
  const before = readPause(addressDetailsFrom(target.eni).paused, isoTime(context.now()));
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
      ['The schedule finds a failure that fell into the pause; the next command finds it at once.'],
    ],
    next: 'failover --reason "look after the pause"',
  });
}
