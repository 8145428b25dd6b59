/** All scenarios, in the order in which `all` starts them. */
import { wrongCertificates } from './certificates.ts';
import { falseAlarm, manual } from './nothing-to-do.ts';
import { dryRun, held, paused, switchover } from './operated.ts';
import type { Scenario } from './scenario.ts';
import { deletion, deploy, upgrade } from './stacks.ts';
import {
  nodeGone,
  nodeUnresponsive,
  processExit,
  processHang,
  secondFailure,
  standbyDiesToo,
} from './takeovers.ts';
import { backAgain, noStandby } from './without-standby.ts';

export const scenarios: readonly Scenario[] = [
  upgrade,
  deploy,
  deletion,
  processExit,
  processHang,
  nodeUnresponsive,
  nodeGone,
  noStandby,
  backAgain,
  falseAlarm,
  standbyDiesToo,
  secondFailure,
  manual,
  switchover,
  paused,
  held,
  dryRun,
  wrongCertificates,
];
