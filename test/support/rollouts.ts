/** Coordinators of two launch template versions, and what Launch standby would do about them. */
import { addressTargetName, type Coordinator } from '../../workflow/model/incident.ts';
import { reconcile } from '../../workflow/standbys/reconcile.ts';
import {
  activeId,
  answer,
  coordinator,
  decision,
  incident,
  lookedBefore,
  now,
  refusal,
  secondsAgo,
  standbyId,
} from './incidents.ts';

/** The cluster of `incident()` runs version 1 of lt-0001. */
export const old = { templateVersion: 'lt-0001:0' };
export const newId = 'i-0000000000000000c';
export const thirdId = 'i-0000000000000000d';
export const oldActive = coordinator(activeId, old);
export const oldStandby = coordinator(standbyId, old);
export const newOne = coordinator(newId, { slot: 2, generation: 2, launchedAt: secondsAgo(120) });

interface Situation {
  readonly coordinators: readonly Coordinator[];
  /** Who does not answer ready. */
  readonly unready?: readonly string[];
  readonly wanted?: number;
  readonly upgrade?: boolean;
  /** Seen so at an observation before this one. */
  readonly surplusBefore?: readonly string[];
}

export function plan({
  coordinators,
  unready = [],
  wanted = 2,
  upgrade,
  surplusBefore,
}: Situation) {
  const answers = [
    answer(addressTargetName),
    ...coordinators.map(({ instanceId }) =>
      unready.includes(instanceId) ? refusal(instanceId) : answer(instanceId),
    ),
  ];
  const given = incident({
    request: upgrade ? { upgrade: true } : {},
    settings: { haCoordinatorsCount: wanted },
    answers,
    survey: { coordinators },
    rest: {
      decision: decision({ rule: 'answers', outcome: 'healthy' }),
      ...(surplusBefore ? lookedBefore(surplusBefore, 11) : {}),
    },
  });
  return reconcile(given, { coordinators, holderId: activeId }, now);
}
