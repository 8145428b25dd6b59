/** `switchover`: moves the address away from a coordinator that works. */
import { command } from '../command.ts';
import { flag } from '../terminal/options.ts';
import { moveOptions, movePermissions, startMove } from './move.ts';

export const switchover = command({
  name: 'switchover',
  summary: 'moves a coordinator that works to a ready standby, and shows it live',
  details: [
    'The active is terminated, and running queries are lost. A coordinator that does not answer is not touched: that is what failover is for. It also moves while automatic failover is paused, and does not count towards the limit. Ctrl-C stops the watching, not the move.',
    'With --upgrade, a standby of the new launch template version is launched where there is none, and that is all; type it again when status shows the standby ready, and the address moves to it.',
  ],
  options: {
    ...moveOptions,
    upgrade: flag('move to a standby of the new launch template version'),
  },
  examples: [
    '--reason "kernel upgrade"',
    '--dry-run --reason "kernel upgrade"',
    '--upgrade --reason "version 3"',
  ],
  permissions: movePermissions,
  watches: () => true,
  run: (context) =>
    startMove(context, context.options.upgrade ? { upgrade: true } : { switchover: true }),
});
