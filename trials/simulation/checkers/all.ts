/** Every checker. They know nothing of how a run was made. The invariants: docs/design.md. */
import type { Recording } from '../recording.ts';
import {
  addressIsKept,
  pauseHolds,
  pinIsObeyed,
  promotionSettles,
  retiredStaysOut,
  stackDeletingHolds,
  windowHolds,
} from './address.ts';
import { dryRunsTouchNothing } from './dry-runs.ts';
import { executionsEnd } from './endings.ts';
import {
  actionsAreRecorded,
  alarmsAreReset,
  allIsWellInTheEnd,
  executionsStayFew,
  nothingIsMasked,
} from './executions.ts';
import { gapsAreFilledOnce, healthyIsKept, numberIsKept, othersAreUntouched } from './instances.ts';
import type { Checker } from './reading.ts';
import { namedStandbyGetsIt } from './requests.ts';
import { versionsAreRolledOut } from './versions.ts';

export const checkers: readonly Checker[] = [
  addressIsKept,
  healthyIsKept,
  othersAreUntouched,
  executionsEnd,
  numberIsKept,
  nothingIsMasked,
  alarmsAreReset,
  actionsAreRecorded,
  allIsWellInTheEnd,
  executionsStayFew,
  dryRunsTouchNothing,
  pinIsObeyed,
  retiredStaysOut,
  promotionSettles,
  gapsAreFilledOnce,
  pauseHolds,
  stackDeletingHolds,
  windowHolds,
  versionsAreRolledOut,
  namedStandbyGetsIt,
];

export interface Violation {
  readonly checker: string;
  readonly defends: string;
  readonly sentence: string;
}

export function violationsOf(recording: Recording): Violation[] {
  return checkers.flatMap(({ name, invariant, defends, check }) =>
    check(recording).map((sentence) => ({
      checker: name,
      defends: `${invariant}: ${defends}`,
      sentence,
    })),
  );
}
