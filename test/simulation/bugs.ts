/** The bugs that are planted, by the checker that is there for them. */
import type { BoxFault, Faults } from '../../simulation/faults.ts';
import type { IncidentOptions } from '../../simulation/incident.ts';
import type { Incident } from '../../workflow/incident.ts';
import {
  addressWith,
  attachedLongAgo,
  detachingTheHolder,
  everybodyIsOurs,
  failedByTheOutsideCheck,
  freshTokens,
  neverStale,
  nothing,
  slowSecondFence,
  uncondemned,
  wanting,
  withoutCondemnedTags,
} from './breaking.ts';
import type { Bug } from './planted.ts';
import { withoutSchedule } from './template.ts';

export interface Planted {
  readonly bug: string;
  readonly faults: Partial<Faults>;
  readonly handlers?: Readonly<Record<string, Bug>>;
  readonly template?: (template: object) => object;
  readonly options?: Partial<IncidentOptions>;
  readonly says: RegExp;
}

const dies: BoxFault = { who: 'active', does: 'hangs', atSeconds: 20, forSeconds: null };
function dyingAt(...moments: readonly number[]): readonly BoxFault[] {
  return moments.map((atSeconds) => ({ ...dies, atSeconds }));
}

/** Its alarm rings for as long as the run lasts. */
const lonelyStandby: Partial<Faults> = {
  boxes: [{ ...dies, who: 'last standby', does: 'is cut off inside' }],
  people: [{ does: 'start', fromSeconds: 300, forSeconds: 0 }],
};

/** By checker: what is broken, and what the checker says. */
export const bugs: Readonly<Record<string, readonly Planted[]>> = {
  'address-is-kept': [
    {
      bug: 'the fence only condemns',
      faults: { boxes: [dies] },
      handlers: Object.fromEntries(
        ['terminate-instance', 'attach-eni', 'launch-standby'].map((name) => [
          name,
          { cloud: () => ({ detachNetworkInterface: nothing, terminateInstances: nothing }) },
        ]),
      ),
      says: /At the end the address is on i-\w+, which is condemned/,
    },
    {
      bug: 'the address is deleted with its holder',
      faults: { boxes: [dies] },
      handlers: {
        'terminate-instance': {
          cloud: (cloud) => ({
            modifyNetworkInterfaceAttribute: (input) =>
              cloud.modifyNetworkInterfaceAttribute({
                ...input,
                Attachment: { ...input.Attachment, DeleteOnTermination: true },
              }),
            detachNetworkInterface: nothing,
          }),
        },
      },
      says: /The network interface is gone|while the address was to be deleted with it/,
    },
  ],
  'healthy-is-kept': [
    {
      bug: 'one witness is enough',
      faults: {
        boxes: [{ ...dies, does: 'is cut off outside', forSeconds: 200 }],
        people: [{ does: 'start', fromSeconds: 60, forSeconds: 0 }],
      },
      handlers: { 'confirm-failure': { result: failedByTheOutsideCheck } },
      says: /which had served the address/,
    },
    {
      bug: 'an old verdict is acted upon, redriven',
      faults: {
        boxes: [{ ...dies, does: 'freezes', forSeconds: 60 }],
        executions: [0, 1, 2, 3].map((number) => ({
          number,
          atCall: 6,
          effect: false,
          redrivenAfterSeconds: number === 0 ? 200 : null,
        })),
      },
      handlers: { 'terminate-instance': { document: neverStale } },
      says: /which had served the address/,
    },
    {
      bug: 'a standby is trimmed that is not one too many',
      faults: { people: [{ does: 'start', fromSeconds: 60, forSeconds: 0 }] },
      handlers: { 'launch-standby': { document: wanting(-1) } },
      says: /a healthy standby, although it was not one too many/,
    },
  ],
  'others-are-untouched': [
    {
      bug: "another cluster's instances are taken for one's own",
      faults: { people: [{ does: 'start', fromSeconds: 60, forSeconds: 0 }] },
      handlers: { 'launch-standby': { cloud: everybodyIsOurs } },
      says: /which is not the cluster's/,
    },
  ],
  'executions-end': [
    {
      bug: 'it asks again for ever',
      faults: { boxes: [dies] },
      handlers: {
        'confirm-failure': {
          result: (verdict) => ({ ...verdict, outcome: 'ask-again', waitSeconds: 60 }),
        },
      },
      says: /has not ended for/,
    },
    {
      bug: 'the function that decides fails by itself',
      faults: { boxes: [dies] },
      handlers: {
        'confirm-failure': {
          result: () => {
            throw new TypeError('pin is undefined');
          },
        },
      },
      says: /could not decide, by a fault of its own/,
    },
  ],
  'number-is-kept': [
    {
      bug: 'one more is launched than wanted',
      faults: { boxes: [dies] },
      handlers: { 'launch-standby': { document: wanting(1) } },
      says: /At the end there are 3 coordinators instead of 2/,
    },
  ],
  'nothing-is-masked': [
    {
      bug: 'no rearming, and no schedule',
      faults: { coordinators: 1, boxes: [{ ...dies, does: 'is cut off' }] },
      handlers: { 'rearm-alarms': { cloud: () => ({ setAlarmState: nothing }) } },
      template: withoutSchedule,
      says: /nobody served the address, and for .* no execution ran/,
    },
  ],
  'alarms-are-rearmed': [
    {
      bug: 'no rearming',
      faults: lonelyStandby,
      handlers: { 'rearm-alarms': { cloud: () => ({ setAlarmState: nothing }) } },
      says: /still in ALARM/,
    },
  ],
  'actions-are-recorded': [
    {
      bug: 'the verdict is without its evidence',
      faults: { boxes: [dies] },
      handlers: {
        'confirm-failure': { result: (verdict) => ({ ...verdict, evidence: undefined }) },
      },
      says: /without a verdict and its evidence on record/,
    },
  ],
  'all-is-well-in-the-end': [
    {
      bug: 'nobody is launched',
      faults: { boxes: [dies] },
      handlers: {
        'launch-standby': { result: (found) => found, cloud: () => ({ runInstances: nothing }) },
      },
      says: /not everything is well again/,
    },
  ],
  'executions-stay-few': [
    {
      bug: 'every execution rearms every alarm',
      faults: lonelyStandby,
      handlers: { 'rearm-alarms': { document: ({ execution: _start, ...rest }) => rest } },
      says: /executions began within 10 minutes/,
    },
  ],
  'dry-runs-touch-nothing': [
    {
      bug: 'nobody heeds the dry run',
      faults: { boxes: [dies], people: [{ does: 'dry run', fromSeconds: 21, forSeconds: 0 }] },
      handlers: Object.fromEntries(
        ['confirm-failure', 'terminate-instance', 'attach-eni', 'launch-standby'].map((name) => [
          name,
          { document: (incident: Incident) => ({ ...incident, request: {} }) },
        ]),
      ),
      says: /of a dry run called/,
    },
  ],
  'pin-is-obeyed': [
    {
      bug: 'whoever holds the address is detached, pin or not',
      faults: {
        boxes: [dies],
        people: [26, 26].map((fromSeconds) => ({ does: 'start', fromSeconds, forSeconds: 0 })),
      },
      handlers: { 'terminate-instance': { cloud: detachingTheHolder } },
      options: { onCall: slowSecondFence() },
      says: /which nobody had condemned/,
    },
  ],
  'condemned-stays-out': [
    {
      bug: 'nobody looks at the tag',
      faults: {
        boxes: [{ ...dies, forSeconds: 30 }, ...dyingAt(140)],
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
        ['survey', 'pick-standby', 'attach-eni', 'confirm-failure'].map((name) => [
          name,
          { document: uncondemned, cloud: withoutCondemnedTags },
        ]),
      ),
      says: /the address was given to i-\w+, condemned for/,
    },
  ],
  'promotion-settles': [
    {
      bug: 'no settle time',
      faults: {
        coordinators: 3,
        boxes: [dies, { ...dies, atSeconds: 2, after: 'Record incident' }],
      },
      handlers: {
        'confirm-failure': { document: attachedLongAgo },
      },
      says: /was condemned .* after its promotion/,
    },
  ],
  'gaps-are-filled-once': [
    {
      bug: 'a fresh client token for every try',
      faults: {
        boxes: [{ ...dies, who: 'last standby', does: 'is terminated' }],
        people: [60, 60, 60].map((fromSeconds) => ({ does: 'start', fromSeconds, forSeconds: 0 })),
        delays: [
          { what: 'describeLag', bySeconds: 15, varies: false, fromSeconds: 0, forSeconds: 200 },
        ],
      },
      handlers: { 'launch-standby': { cloud: freshTokens() } },
      says: /were both launched for 2\//,
    },
  ],
  'pause-holds': [
    {
      bug: 'nobody reads the pause',
      faults: {
        boxes: dyingAt(120),
        people: [{ does: 'pause', fromSeconds: 5, forSeconds: 400 }],
      },
      handlers: { 'confirm-failure': { document: addressWith({ paused: null }) } },
      says: /although failover had been paused/,
    },
  ],
  'window-holds': [
    {
      bug: 'nobody counts the failovers',
      faults: { coordinators: 4, boxes: dyingAt(20, 160, 300, 440, 580) },
      handlers: { 'confirm-failure': { document: addressWith({ failovers: [] }) } },
      says: /an execution fenced after \d failovers/,
    },
  ],
};
