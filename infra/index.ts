/** What the package gives: the construct with its props, the ready-made stack, and their types. */
export type { Budget, BudgetPhase, FailureKind } from '../workflow/time-budget.ts';
export type { Address } from './address.ts';
export { CoordinatorFailover } from './coordinator-failover.ts';
export type { Notification } from './notification.ts';
export type { CoordinatorFailoverProps } from './props.ts';
export type { ServerProps } from './server-props.ts';
export {
  CoordinatorFailoverStack,
  type CoordinatorFailoverStackProps,
  type Numbers,
} from './stack.ts';
export type { TimeBudget } from './time-budget.ts';
export type { TimingProps } from './timing-props.ts';
