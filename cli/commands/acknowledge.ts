/** `acknowledge`: the failovers up to now no longer count towards the limit. */
import { addressDetailsFrom } from '../../aws/address.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { defaultSettings } from '../../workflow/model/settings.ts';
import {
  acknowledgedTagValue,
  failoversWithin,
  readAcknowledgement,
  withoutAcknowledged,
} from '../../workflow/model/tags.ts';
import { readMachine } from '../cluster/machine.ts';
import { tryRead } from '../cluster/read-result.ts';
import { readTarget, type Target } from '../cluster/targets.ts';
import { command } from '../command.ts';
import { recordOptions } from '../common-options.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit.ts';
import type { Given } from '../terminal/command-line.ts';
import { timeText } from '../terminal/times.ts';
import { done, isoTime, setTag, whoAndWhy } from './operator-tags.ts';

export const acknowledge = command({
  name: 'acknowledge',
  summary: 'lets failovers go on after too many of them',
  details: ['The failovers up to now no longer count towards the limit.'],
  options: recordOptions,
  examples: ['--reason "the bad image is gone"'],
  permissions: '`ec2:CreateTags` on the interface',
  run: acknowledgeFailovers,
});

async function acknowledgeFailovers(
  context: Context<Given<typeof recordOptions>>,
): Promise<ExitCode> {
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
      [
        'The schedule finds a failure that waited for an operator; the next command finds it at once.',
      ],
    ],
    next: 'failover --reason "look after acknowledging"',
  });
}

/** The failovers within the window that were not acknowledged before. */
async function countingFailovers(
  { cloud }: Context,
  { eni, stateMachineArn }: Target,
  now: string,
): Promise<string[]> {
  const { failovers, acknowledged } = addressDetailsFrom(eni);
  const machine = await tryRead(() => readMachine(cloud, stateMachineArn));
  const settings = machine.kind === 'read' ? machine.value.settings : defaultSettings;
  return withoutAcknowledged(
    failoversWithin(failovers, now, settings.failoverWindowMinutes),
    readAcknowledgement(acknowledged, now),
  );
}
