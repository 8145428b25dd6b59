/** `failover`: acts on a coordinator that has failed. */
import { command } from '../command.ts';
import { flag } from '../terminal/options.ts';
import { moveOptions, movePermissions, startMove } from './move.ts';

export const failover = command({
  name: 'failover',
  summary: 'looks at once, acts on a coordinator that has failed, and shows it live',
  details: [
    'Without --force it acts only if the rules say that the coordinator has failed, and launches standbys that are missing. Ctrl-C stops the watching, not the failover.',
    'With --force it moves the address to a ready standby although the rules wait for a person: the node is kept, the evidence is unclear, there were too many failovers. The active is terminated. For a coordinator that works, use switchover.',
  ],
  options: { ...moveOptions, force: flag('move the address although the rules do not') },
  examples: [
    '--reason "look at once"',
    '--force --reason "does not answer from our application hosts"',
  ],
  permissions: movePermissions,
  watches: () => true,
  run: (context) => startMove(context, context.options.force ? { force: true } : {}),
});
