/** What the package gives: the construct with its props, the ready-made stack, and their types. */
export type { Budget, BudgetPhase, FailureKind } from '../workflow/time-budget.ts';
export type { NotificationTopic } from './alarms/notification.ts';
export { CoordinatorFailover } from './coordinator-failover.ts';
export type { Address } from './hosts/address.ts';
export type { CoordinatorFailoverProps } from './props/props.ts';
export type { ServerProps } from './props/server-props.ts';
export type { TimingProps } from './props/timing-props.ts';
export {
  CoordinatorFailoverStack,
  type CoordinatorFailoverStackProps,
  type Numbers,
} from './stack/stack.ts';
export type { TimeBudget } from './stack/time-budget.ts';
