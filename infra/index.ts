/** What the package gives: the construct with its props, and the ready-made stack. */
export { CoordinatorFailover } from './coordinator-failover.ts';
export type { CoordinatorFailoverProps } from './props.ts';
export { CoordinatorFailoverStack } from './stack.ts';
