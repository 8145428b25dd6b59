/** The simulation itself: what a seed fixes, and what a failure leaves behind. */
import { describe, expect, it } from 'vitest';
import { runCampaign } from '../../simulation/campaign.ts';
import {
  type Faults,
  hostFaultKinds,
  lastingStates,
  noFaults,
  operatorActionKinds,
} from '../../simulation/faults.ts';
import { runIncident } from '../../simulation/incident.ts';
import { judge, shortest } from '../../simulation/judge.ts';
import { scheduleOf } from '../../simulation/schedules.ts';
import { traceOf } from '../../simulation/trace.ts';
import type { SimulatedCluster } from '../../simulation/world.ts';
import { type Bug, planted } from './planted.ts';
import { useTemplate } from './template.ts';

const template = useTemplate();

const eventful: Faults = {
  ...noFaults,
  hosts: [{ who: 'active', does: 'hangs', atSeconds: 20, forSeconds: 60 }],
  calls: [{ kind: 'throttled', operation: 'any', share: 0.3, fromSeconds: 0, forSeconds: 60 }],
};
/** One coordinator of the new version beside two old ones: then a standby of the old one is scaled in. */
const surplusOfAnUpgrade: Faults = {
  ...noFaults,
  people: [
    { does: 'new version', fromSeconds: 0, forSeconds: 0 },
    { does: 'upgrade', fromSeconds: 20, forSeconds: 0 },
    // A run ends when all is well; this observation is waited for, and by then the new one has been ready.
    { does: 'start', fromSeconds: 150, forSeconds: 0 },
  ],
};

/** As a fault of a schedule does it. */
async function endActive({ aws, facts, time, truth }: SimulatedCluster): Promise<void> {
  const { address } = truth();
  const instanceId = address === 'deleted' ? undefined : address.instanceId;
  if (instanceId === undefined) throw new Error('Nobody has the address.');
  facts.push({ kind: 'fault', atMs: time.now(), sentence: 'active is terminated', instanceId });
  await aws.byHand('TerminateInstances', { InstanceIds: [instanceId] });
}

describe('the simulation', () => {
  it('simulation: the same faults make the same recording, to the last call', async () => {
    const faults = eventful;
    const [one, other] = [
      await runIncident({ template: template(), faults }),
      await runIncident({ template: template(), faults }),
    ];
    expect(one.facts.length).toBeGreaterThan(20);
    expect(traceOf(one)).toBe(traceOf(other));
  });

  it('simulation: another seed in the same schedule makes another recording', async () => {
    const faults = eventful;
    const one = await runIncident({ template: template(), faults });
    const other = await runIncident({ template: template(), faults: { ...faults, seed: 99 } });
    expect(traceOf(one)).not.toBe(traceOf(other));
  });

  it('simulation: a seed makes the same incidents however many threads there are', async () => {
    const campaign = (workers: number) =>
      runCampaign({ template: template(), runs: 25, seed: 8, workers });
    const [one, other] = [await campaign(1), await campaign(3)];
    expect(one).toMatchObject({ runs: 25, failures: [] });
    expect(other).toEqual(one);
  });

  it('simulation: the real clock and timers are back when a run is over', async () => {
    const before = [Date, setTimeout, clearTimeout];
    await runIncident({ template: template(), faults: noFaults });
    expect([Date, setTimeout, clearTimeout]).toEqual(before);
  });

  it('simulation: a failing run is made shorter, and what is left still fails', async () => {
    const bug: Bug = { result: (decision) => ({ ...decision, evidence: undefined }) };
    const handlers = planted({ 'confirm-failure': bug });
    const given = { template: template(), handlers };
    const number = await firstFailing(given, 4);
    const found = await shortest(given, 4, number, 60_000);
    if (found === undefined) throw new Error('Nothing was found.');
    expect((await judge({ ...given, faults: found })).violations).not.toEqual([]);
    const before = JSON.stringify(scheduleOf(4, number));
    expect(JSON.stringify(found).length).toBeLessThan(before.length);
    // It is plain JSON: what a failing run prints is what --replay takes.
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  it('simulation: a fault that passes does not heal a lasting one of the same kind', async () => {
    const active = { who: 'active', atSeconds: 5 } as const;
    const hosts: Faults['hosts'] = [
      { ...active, does: 'is cut off outside', forSeconds: 1 },
      { ...active, does: 'is cut off', forSeconds: null },
    ];
    const { recording } = await judge({ template: template(), faults: { ...noFaults, hosts } });
    const serving = recording.facts.filter(({ kind }) => kind === 'service');
    const [first, cut, later] = serving.map((fact) =>
      'instanceId' in fact ? fact.instanceId : '',
    );
    expect(cut).toBeNull();
    expect([first, undefined]).not.toContain(later);
  });

  it('simulation: a run is not over while the holder of the address shuts down', async () => {
    const faults: Faults = {
      ...noFaults,
      // One in which the server still answers a second after its termination.
      seed: 11,
      hosts: [{ who: 'active', does: 'is terminated', atSeconds: 96, forSeconds: null }],
      // The third one, of the new version, makes up the number; nobody hears of the end so soon.
      events: [{ kind: 'late', bySeconds: 2, fromSeconds: 0, forSeconds: 97 }],
      people: [
        { does: 'new version', fromSeconds: 0, forSeconds: 0 },
        { does: 'upgrade', fromSeconds: 39, forSeconds: 0 },
      ],
    };
    const { recording } = await judge({ template: template(), faults });
    const { address, instances } = recording.last;
    if (address === 'deleted') throw new Error('The address is deleted.');
    const holder = instances.find(({ instanceId }) => instanceId === address.instanceId);
    expect(holder?.state).toBe('running');
  });

  it('simulation: who ends between the two calls of a scale in is not held against it', async () => {
    let trims = 0;
    let world: SimulatedCluster | undefined;
    const { violations } = await judge({
      template: template(),
      faults: surplusOfAnUpgrade,
      onBegin: (begun) => {
        world = begun;
      },
      async onCall({ by, operation, input }) {
        const isScaleIn = operation === 'CreateTags' && JSON.stringify(input).includes('surplus: ');
        if (world === undefined || typeof by === 'string' || !isScaleIn) return;
        trims += 1;
        await endActive(world);
      },
    });
    expect(trims).toBe(1);
    expect(violations).toEqual([]);
  });

  it('simulation: two witnesses that are wrong at once are believed, and one of them is not', async () => {
    const cut = { atSeconds: 20, forSeconds: 100 };
    const active = { ...cut, who: 'active', does: 'is cut off outside' } as const;
    const standby = { ...cut, who: 'first standby', does: 'is cut off inside' } as const;
    const moves = async (hosts: Faults['hosts']) => {
      const given = { template: template(), faults: { ...noFaults, hosts } };
      const { recording, violations } = await judge(given);
      expect(violations).toEqual([]);
      return recording.facts.filter(
        (fact) => fact.kind === 'call' && fact.operation === 'DetachNetworkInterface',
      ).length;
    };
    expect(await moves([active, standby])).toBeGreaterThan(0);
    expect(await moves([active])).toBe(0);
    expect(await moves([standby])).toBe(0);
  });

  it('simulation: taking a world down is no part of what happened in it', async () => {
    const { recording, violations } = await judge({ template: template(), faults: noFaults });
    expect(violations).toEqual([]);
    expect(recording.facts.findLast(({ kind }) => kind === 'service')).toMatchObject({
      instanceId: expect.any(String),
    });
  });

  it('simulation: a trace says what was done, by whom, and why', async () => {
    const hosts: Faults['hosts'] = [
      { who: 'active', does: 'exits', atSeconds: 20, forSeconds: null },
    ];
    const faults = { ...noFaults, hosts };
    const trace = traceOf(await runIncident({ template: template(), faults }));
    for (const part of [
      /20\.00 s {2}! active i-\w+ exits/,
      /the address is served by nobody/,
      /~ simulation-coordinator-active-health is ALARM/,
      /execution \d: Terminate instance/,
      /"dead: The active coordinator has failed\./,
      /DetachNetworkInterface \{"AttachmentId"/,
      /the address is served by i-\w+ \(\w+\)/,
    ]) {
      expect(trace).toMatch(part);
    }
  });

  it('simulation: every kind of fault is drawn, by itself and in the middle of a failover', () => {
    const schedules = Array.from({ length: 2000 }, (_, number) => scheduleOf(1, number));
    const drawn = (of: (faults: Faults) => readonly string[]) => [
      ...new Set(schedules.flatMap(of)),
    ];
    const kinds = drawn(({ hosts }) => hosts.map(({ does }) => does));
    expect(kinds.sort()).toEqual([...hostFaultKinds].sort());
    expect(drawn(({ hosts }) => hosts.map(({ who }) => who))).toHaveLength(3);
    expect(drawn(({ hosts }) => hosts.map(({ after = 'the beginning' }) => after))).toHaveLength(7);
    expect(drawn(({ calls }) => calls.map(({ kind }) => kind))).toHaveLength(7);
    expect(drawn(({ delays }) => delays.map(({ what }) => what))).toHaveLength(14);
    expect(drawn(({ events }) => events.map(({ kind }) => kind))).toHaveLength(4);
    expect(drawn(({ functions }) => functions.map(({ kind }) => kind))).toHaveLength(4);
    expect(drawn(({ launches }) => launches.map(({ kind }) => kind))).toHaveLength(2);
    expect(drawn(({ clocks }) => clocks.map(({ whose }) => whose))).toHaveLength(4);
    const operatorActions = drawn(({ people }) => people.map(({ does }) => does));
    expect(operatorActions.sort()).toEqual([...operatorActionKinds].sort());
    expect(drawn(({ coordinators }) => [String(coordinators)]).sort()).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
    const dyingIn = drawn(({ executions }) => executions.map(({ inState = 'a call' }) => inState));
    expect(dyingIn).toHaveLength(lastingStates.length + 1);
    const redriven = schedules.flatMap(({ executions }) => executions);
    expect(redriven.some(({ redrivenAfterSeconds }) => redrivenAfterSeconds === null)).toBe(true);
    expect(redriven.some(({ redrivenAfterSeconds }) => redrivenAfterSeconds !== null)).toBe(true);
  });
});

async function firstFailing(given: Parameters<typeof shortest>[0], seed: number): Promise<number> {
  for (let number = 0; number < 100; number += 1) {
    const faults = scheduleOf(seed, number);
    if ((await judge({ ...given, faults })).violations.length > 0) return number;
  }
  throw new Error('None of a hundred runs fails, although a bug is planted.');
}
