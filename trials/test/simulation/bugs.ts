/** The bugs that are planted against the invariants (docs/design.md), by the checker that catches them. */
import type { Incident } from '../../../workflow/model/incident.ts';
import {
  asIfJustSeen,
  dyingBeforeTheyDetach,
  everybodyIsOurs,
  failedByTheOutsideCheck,
  neverStale,
  nothing,
  unretired,
  wanting,
} from './breaking.ts';
import { dies, lagging, lonelyStandby, type Planted } from './planted-bug.ts';
import { withoutSchedule, withoutUndecidedDryRuns, withoutVerification } from './template.ts';

/** By checker: what is broken, and what the checker says. */
export const invariantBugs: Readonly<Record<string, readonly Planted[]>> = {
  'address-is-kept': [
    {
      bug: 'nobody asks whether the holder is retired',
      faults: { hosts: [{ ...dies, does: 'freezes', forSeconds: 60 }] },
      handlers: { 'confirm-failure': { document: unretired } },
      options: dyingBeforeTheyDetach(),
      says: /At the end the address is on i-\w+, which is retired/,
    },
    {
      bug: 'the address is deleted with its holder',
      faults: { hosts: [dies] },
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
    {
      bug: 'nobody gets it',
      faults: { hosts: [dies] },
      handlers: { 'attach-eni': { cloud: () => ({ attachNetworkInterface: nothing }) } },
      says: /At the end the address is attached to nothing/,
    },
  ],
  'healthy-is-kept': [
    {
      bug: 'one witness is enough',
      faults: {
        hosts: [{ ...dies, does: 'is cut off outside', forSeconds: 200 }],
        people: [{ does: 'start', fromSeconds: 60, forSeconds: 0 }],
      },
      handlers: { 'confirm-failure': { result: failedByTheOutsideCheck } },
      says: /which had served the address/,
    },
    {
      bug: 'an old decision is acted upon, redriven',
      faults: {
        hosts: [{ ...dies, does: 'freezes', forSeconds: 60 }],
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
      bug: 'an old observation is believed, redriven',
      faults: {
        hosts: [{ ...dies, does: 'freezes', forSeconds: 60 }],
        executions: [0, 1, 2, 3].map((number) => ({
          number,
          atCall: 0,
          effect: false,
          inState: 'Confirm failure',
          redrivenAfterSeconds: number === 0 ? 200 : null,
        })),
      },
      handlers: { 'confirm-failure': { document: asIfJustSeen } },
      says: /which had served the address/,
    },
    {
      bug: 'an outdated coordinator is moved without being asked',
      faults: {
        people: [
          { does: 'new version', fromSeconds: 20, forSeconds: 0 },
          { does: 'start', fromSeconds: 200, forSeconds: 0 },
          { does: 'start', fromSeconds: 400, forSeconds: 0 },
        ],
      },
      handlers: {
        'confirm-failure': {
          document: (incident) => ({ ...incident, request: { upgrade: true } }),
        },
      },
      says: /which had served the address/,
    },
    {
      bug: 'a standby is scaled in that is not one too many',
      faults: { people: [{ does: 'start', fromSeconds: 60, forSeconds: 0 }] },
      handlers: { 'launch-standby': { document: wanting(-1) } },
      says: /a healthy standby, although it was not one too many/,
    },
    {
      bug: 'a stale describe is trusted, in which the one that the address has just left still counts',
      faults: {
        // Of those in which the second observation of the one comes while the other moves the address.
        seed: 3,
        delays: [lagging],
        people: [
          { does: 'new version', fromSeconds: 1, forSeconds: 0 },
          { does: 'start', fromSeconds: 10, forSeconds: 0 },
          { does: 'upgrade', fromSeconds: 150, forSeconds: 0 },
          { does: 'start', fromSeconds: 146, forSeconds: 0 },
        ],
      },
      handlers: {
        'launch-standby': { cloud: () => ({ modifyNetworkInterfaceAttribute: nothing }) },
      },
      says: /a healthy standby, although it was not one too many/,
    },
    {
      bug: 'a stale describe is trusted, in which the one that this very execution has fenced still counts',
      faults: {
        // Its first observation is before the upgrade that it makes, its second one behind that, and old.
        seed: 2,
        hosts: [{ who: 'active', does: 'is cut off outside', atSeconds: 145, forSeconds: 39 }],
        people: [
          { does: 'new version', fromSeconds: 60, forSeconds: 0 },
          { does: 'upgrade', fromSeconds: 78, forSeconds: 0 },
          { does: 'upgrade', fromSeconds: 178, forSeconds: 0 },
          { does: 'upgrade', fromSeconds: 76, forSeconds: 0 },
        ],
      },
      handlers: {
        'launch-standby': { document: ({ termination: _forgotten, ...rest }) => rest },
      },
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
      faults: { hosts: [dies] },
      handlers: {
        'confirm-failure': {
          result: (decision) => ({ ...decision, outcome: 'ask-again', waitSeconds: 60 }),
        },
      },
      says: /has not ended for/,
    },
    {
      bug: 'the function that decides fails by itself',
      faults: { hosts: [dies] },
      handlers: {
        'confirm-failure': {
          result: () => {
            throw new TypeError('pin is undefined');
          },
        },
      },
      says: /could not decide, by a fault of its own/,
    },
    {
      bug: 'what is attached counts as verified',
      faults: {
        hosts: [dies],
        delays: [{ ...lagging, what: 'eniUsableInGuest', bySeconds: 120 }],
      },
      handlers: {
        'check-info': {
          result: (found, event) =>
            Reflect.get(event, 'purpose') === 'verify' ? { ...found, kind: 'verified' } : found,
        },
      },
      says: /has verified a coordinator, but the address led nowhere yet/,
    },
    {
      bug: 'a failover ends without asking the new coordinator',
      faults: { hosts: [dies] },
      template: withoutVerification,
      says: /succeeded without a verified coordinator/,
    },
  ],
  'number-is-kept': [
    {
      bug: 'one more is launched than wanted',
      faults: { hosts: [dies] },
      handlers: { 'launch-standby': { document: wanting(1) } },
      says: /At the end there are 3 coordinators instead of 2/,
    },
  ],
  'nothing-is-masked': [
    {
      bug: 'no resetting, and no schedule',
      faults: { coordinators: 1, hosts: [{ ...dies, does: 'is cut off' }] },
      handlers: { 'reset-alarms': { cloud: () => ({ setAlarmState: nothing }) } },
      template: withoutSchedule,
      says: /nobody served the address, and for .* no execution ran/,
    },
  ],
  'alarms-are-reset': [
    {
      bug: 'no resetting',
      faults: lonelyStandby,
      handlers: { 'reset-alarms': { cloud: () => ({ setAlarmState: nothing }) } },
      says: /still in ALARM/,
    },
  ],
  'actions-are-recorded': [
    {
      bug: 'the decision is without its evidence',
      faults: { hosts: [dies] },
      handlers: {
        'confirm-failure': { result: (decision) => ({ ...decision, evidence: undefined }) },
      },
      says: /without a decision and its evidence on record/,
    },
  ],
  'all-is-well-in-the-end': [
    {
      bug: 'nobody is launched',
      faults: { hosts: [dies] },
      handlers: {
        'launch-standby': { result: (found) => found, cloud: () => ({ runInstances: nothing }) },
      },
      says: /not everything is well again/,
    },
  ],
  'executions-stay-few': [
    {
      bug: 'every execution resets every alarm',
      faults: lonelyStandby,
      handlers: { 'reset-alarms': { document: ({ execution: _start, ...rest }) => rest } },
      says: /executions began within 10 minutes/,
    },
  ],
  'dry-runs-touch-nothing': [
    {
      bug: 'nobody heeds the dry run',
      faults: { hosts: [dies], people: [{ does: 'dry run', fromSeconds: 21, forSeconds: 0 }] },
      handlers: Object.fromEntries(
        ['confirm-failure', 'terminate-instance', 'attach-eni', 'launch-standby'].map((name) => [
          name,
          { document: (incident: Incident) => ({ ...incident, request: {} }) },
        ]),
      ),
      says: /of a dry run called/,
    },
    {
      bug: 'a dry run that nobody decides is recorded as any other execution',
      faults: {
        functions: [
          { kind: 'throttled', name: 'confirm-failure', share: 1, fromSeconds: 0, forSeconds: 60 },
        ],
        people: [{ does: 'dry run', fromSeconds: 21, forSeconds: 0 }],
      },
      template: withoutUndecidedDryRuns,
      says: /the record-incident of a dry run called CreateTags/,
    },
  ],
};
