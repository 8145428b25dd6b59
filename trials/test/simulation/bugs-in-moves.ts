/** The bugs that are planted in what a move rests upon: pin, tags, times, tokens and operator tags. */
import {
  addressWith,
  attachedLongAgo,
  detachingTheHolder,
  endedAll,
  freshTokens,
  ofTheNewVersion,
  retiredByNobody,
  slowSecondFence,
  unretired,
  withoutRetiredTags,
  withoutStackDeletingTag,
} from './breaking.ts';
import { dies, dyingAt, lagging, type Planted } from './planted-bug.ts';

/** By checker: what is broken, and what the checker says. */
export const moveBugs: Readonly<Record<string, readonly Planted[]>> = {
  'pin-is-obeyed': [
    {
      bug: 'whoever holds the address is detached, pin or not',
      faults: {
        hosts: [dies],
        people: [26, 26].map((fromSeconds) => ({ does: 'start', fromSeconds, forSeconds: 0 })),
      },
      handlers: { 'terminate-instance': { cloud: detachingTheHolder } },
      options: { onCall: slowSecondFence() },
      says: /which nobody had retired/,
    },
    {
      bug: 'a stale describe is trusted, in which the holder of the address has ended',
      faults: {
        // Two people want it at two different standbys: the second one finds the address moved.
        coordinators: 3,
        people: [
          { does: 'force', fromSeconds: 20, forSeconds: 0 },
          { does: 'force to a standby', fromSeconds: 20, forSeconds: 0 },
        ],
      },
      handlers: { 'attach-eni': { cloud: endedAll } },
      says: /which nobody had retired/,
    },
  ],
  'retired-stays-out': [
    {
      bug: 'nobody looks at the tag',
      faults: {
        // Of those in which the first attachment succeeds: otherwise another standby is tried next.
        seed: 3,
        hosts: [{ ...dies, forSeconds: 30 }, ...dyingAt(140)],
        calls: [
          {
            kind: 'termination refused',
            operation: 'TerminateInstances',
            share: 1,
            fromSeconds: 0,
            forSeconds: 300,
          },
        ],
      },
      handlers: Object.fromEntries(
        ['survey-coordinators', 'pick-standby', 'attach-eni', 'confirm-failure'].map((name) => [
          name,
          { document: unretired, cloud: withoutRetiredTags },
        ]),
      ),
      says: /the address was given to i-\w+, retired for/,
    },
  ],
  'promotion-settles': [
    {
      bug: 'no settle time',
      faults: {
        coordinators: 3,
        hosts: [dies, { ...dies, atSeconds: 2, after: 'Record incident' }],
      },
      handlers: {
        'confirm-failure': { document: attachedLongAgo },
      },
      says: /was retired .* after its promotion/,
    },
  ],
  'gaps-are-filled-once': [
    {
      bug: 'a fresh client token for every try',
      faults: {
        hosts: [{ ...dies, who: 'last standby', does: 'is terminated' }],
        people: [60, 60, 60].map((fromSeconds) => ({ does: 'start', fromSeconds, forSeconds: 0 })),
        delays: [lagging],
      },
      handlers: { 'launch-standby': { cloud: freshTokens() } },
      says: /were both launched for 2\//,
    },
  ],
  'pause-holds': [
    {
      bug: 'nobody reads the pause',
      faults: {
        hosts: dyingAt(120),
        people: [{ does: 'pause', fromSeconds: 5, forSeconds: 400 }],
      },
      handlers: { 'confirm-failure': { document: addressWith({ paused: null }) } },
      says: /although failover had been paused/,
    },
  ],
  'stack-deleting-holds': [
    {
      bug: 'nobody reads the stack-deleting mark',
      faults: {
        hosts: dyingAt(60),
        people: [{ does: 'close', fromSeconds: 5, forSeconds: 400 }],
      },
      handlers: Object.fromEntries(
        ['survey-coordinators', 'attach-eni', 'launch-standby'].map((name) => [
          name,
          { cloud: withoutStackDeletingTag },
        ]),
      ),
      says: /although the cluster had been closing/,
    },
  ],
  'window-holds': [
    {
      bug: 'nobody counts the failovers',
      faults: { coordinators: 4, hosts: dyingAt(20, 160, 300, 440, 580) },
      handlers: { 'confirm-failure': { document: addressWith({ failovers: [] }) } },
      says: /an execution fenced after \d failovers/,
    },
  ],
  'versions-are-rolled-out': [
    {
      bug: 'nobody sees that a standby is of an old version',
      faults: { people: [{ does: 'new version', fromSeconds: 5, forSeconds: 0 }] },
      handlers: { 'launch-standby': { cloud: ofTheNewVersion } },
      says: /At the end i-\w+ still run another version than lt-\w+:2/,
    },
    {
      bug: 'nobody reads that an upgrade was asked for',
      faults: {
        people: [
          { does: 'new version', fromSeconds: 5, forSeconds: 0 },
          // By then the schedule has had a standby of it launched, and that one is ready.
          { does: 'upgrade', fromSeconds: 500, forSeconds: 0 },
        ],
      },
      handlers: { 'confirm-failure': { document: (incident) => ({ ...incident, request: {} }) } },
      says: /a person asked for the upgrade to lt-\w+:2, and at the end i-\w+ still runs another/,
    },
  ],
  'named-standby-gets-it': [
    {
      bug: 'who finds the address vacant does not see to whom it is being moved',
      faults: {
        // Of those in which somebody else's try to attach comes first.
        seed: 9,
        coordinators: 3,
        people: [{ does: 'force to a standby', fromSeconds: 70, forSeconds: 0 }],
      },
      handlers: { 'pick-standby': { document: retiredByNobody } },
      says: /a person moved the address to i-\w+, and at the end it is on i-\w+/,
    },
  ],
};
