/**
 * An upgrade in virtual time, on the deployed template: every coordinator is of an older version, and
 * somebody asks for the upgrade once a minute, as the stack's custom resource does.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesize } from '../../../infra/stack/synthesize.ts';
import { tagKeys } from '../../../workflow/model/names.ts';
import { templateVersionOf } from '../../../workflow/model/tags.ts';
import { violationsOf } from '../../simulation/checkers/all.ts';
import { type Faults, noFaults } from '../../simulation/faults.ts';
import { runIncident } from '../../simulation/incident.ts';
import type { Recording } from '../../simulation/recording.ts';
import type { SimulatedCluster } from '../../simulation/world.ts';

let template: object;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollout-simulation-'));
  ({ template } = await synthesize(directory));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Upgrade {
  readonly faults: Partial<Faults>;
  readonly forSeconds: number;
  /** Seconds from one request to the next; null = nobody asks. */
  readonly askEverySeconds?: number | null;
}

interface Outcome {
  readonly recording: Recording;
  /** Of those that live at the end: the active first. */
  readonly current: readonly boolean[];
  /** Living coordinators of ours at once, at most. */
  readonly most: number;
  readonly oldIds: readonly string[];
  /** Times that the address was not served, seconds each. */
  readonly outages: readonly number[];
}

async function upgrade({ faults, forSeconds, askEverySeconds = 60 }: Upgrade): Promise<Outcome> {
  let world: SimulatedCluster | undefined;
  let oldIds: readonly string[] = [];
  const recording = await runIncident({
    template,
    faults: {
      ...noFaults,
      ...faults,
      // An observation of no consequence: the run does not end before it.
      people: [{ does: 'start', fromSeconds: forSeconds, forSeconds: 0 }],
    },
    onBegin(begun) {
      world = begun;
      oldIds = living(begun);
      makeOutdated(begun, oldIds);
      if (askEverySeconds === null) return;
      for (let seconds = 5; seconds < forSeconds; seconds += askEverySeconds) {
        begun.time.after(seconds * 1000, () => ask(begun, seconds));
      }
    },
  });
  if (world === undefined) throw new Error('The run never began.');
  return { recording, oldIds, ...endOf(world, recording) };
}

function living({ truth }: SimulatedCluster): string[] {
  return truth()
    .instances.filter(({ ours, state }) => ours && (state === 'running' || state === 'pending'))
    .map(({ instanceId }) => instanceId);
}

function makeOutdated({ aws, deployment }: SimulatedCluster, instanceIds: readonly string[]): void {
  const older = templateVersionOf({ ...deployment.cluster, launchTemplateVersion: '0' });
  const Tags = [{ Key: tagKeys.templateVersion, Value: older }];
  void aws.byHand('CreateTags', { Resources: instanceIds, Tags });
}

function ask({ deployment }: SimulatedCluster, seconds: number): void {
  const { stepFunctions, stateMachineArn } = deployment;
  const input = JSON.stringify({ upgrade: true, by: 'the stack', reason: 'version 1' });
  void stepFunctions.startExecution(stateMachineArn, `upgrade-${seconds}`, input);
}

function endOf(world: SimulatedCluster, { facts, startedAtMs }: Recording) {
  const { deployment, truth } = world;
  const { address } = truth();
  const holderId = address === 'deleted' ? undefined : address.instanceId;
  const wanted = templateVersionOf(deployment.cluster);
  const tagOf = (id: string) =>
    deployment.ec2.snapshot().instances.find(({ instanceId }) => instanceId === id)?.tags;
  const inOrder = living(world).sort(
    (one, other) => Number(other === holderId) - Number(one === holderId),
  );
  const outages: number[] = [];
  let downSinceMs: number | null = null;
  let most = 0;
  for (const fact of facts) {
    if (fact.kind === 'call') most = Math.max(most, livingIn(fact.before));
    if (fact.kind !== 'service' || fact.atMs === startedAtMs) continue;
    if (fact.instanceId === null) downSinceMs = fact.atMs;
    else if (downSinceMs !== null) outages.push((fact.atMs - downSinceMs) / 1000);
  }
  return {
    current: inOrder.map((id) => tagOf(id)?.[tagKeys.templateVersion] === wanted),
    most,
    outages,
  };
}

/** Without those that are retired already. */
function livingIn({ instances }: Recording['last']): number {
  return instances.filter(
    ({ ours, state, retired }) =>
      ours && retired === null && (state === 'running' || state === 'pending'),
  ).length;
}

describe('an upgrade in virtual time', () => {
  test.each([1, 2, 3])(
    'rollout: of %i coordinators, each is of the new version in the end, by one planned switchover',
    async (coordinators) => {
      const found = await upgrade({
        faults: { coordinators, seed: coordinators },
        forSeconds: 2700,
      });
      expect(found.recording.ending).toBe('settled');
      expect(violationsOf(found.recording)).toEqual([]);
      expect(found.current).toEqual(Array.from({ length: coordinators }, () => true));
      expect(found.most).toBeLessThanOrEqual(coordinators + 1);
      expect(found.outages).toHaveLength(1);
      expect(found.outages[0]).toBeLessThan(60);
    },
  );

  test('rollout: without being asked only the standby is replaced, and nobody notices', async () => {
    const found = await upgrade({
      faults: { coordinators: 2, seed: 7 },
      forSeconds: 2700,
      askEverySeconds: null,
    });
    expect(violationsOf(found.recording)).toEqual([]);
    expect(found.current).toEqual([false, true]);
    expect(found.outages).toEqual([]);
  });

  test.each([1, 2])(
    'rollout: a version that never gets ready leaves the %i old coordinators alone, after three tries',
    async (coordinators) => {
      const forSeconds = 3000;
      const launches = [
        { kind: 'never gets ready', share: 1, fromSeconds: 0, forSeconds },
      ] as const;
      const faults = { coordinators, seed: 11, launches };
      const found = await upgrade({ faults, forSeconds });
      expect(found.outages).toEqual([]);
      expect(found.oldIds).toHaveLength(coordinators);
      const launched = found.recording.facts.filter(
        (fact) => fact.kind === 'call' && fact.operation === 'RunInstances' && !fact.error,
      );
      expect(
        new Set(launched.map((fact) => JSON.stringify(fact.kind === 'call' && fact.input))).size,
      ).toBe(3);
      expect(found.most).toBeLessThanOrEqual(coordinators + 1);
      expect(found.current).toEqual(Array.from({ length: coordinators }, () => false));
    },
  );

  test('rollout: the active dies while the new one boots, and the old standby takes over', async () => {
    const dies = { who: 'active', does: 'exits', atSeconds: 40, forSeconds: null } as const;
    const faults = { coordinators: 2, seed: 5, hosts: [dies] };
    const found = await upgrade({ faults, forSeconds: 2700 });
    expect(violationsOf(found.recording)).toEqual([]);
    expect(found.recording.ending).toBe('settled');
    expect(found.current).toEqual([true, true]);
    // The failure, and then the planned switchover.
    expect(found.outages).toHaveLength(2);
    expect(Math.max(...found.outages)).toBeLessThan(60);
  });

  test('rollout: an upgrade that EC2 delays is not ended on the old version by those who find the address vacant', async () => {
    const eniRelease = { what: 'eniRelease', bySeconds: 10, varies: false } as const;
    const faults: Faults = {
      ...noFaults,
      // Of those in which somebody else's try to attach comes first.
      seed: 2,
      delays: [{ ...eniRelease, fromSeconds: 0, forSeconds: 600 }],
      people: [
        { does: 'new version', fromSeconds: 0, forSeconds: 0 },
        { does: 'start', fromSeconds: 10, forSeconds: 0 },
        // The new one is ready, and the schedule has not had the old one scaled in.
        { does: 'upgrade', fromSeconds: 160, forSeconds: 0 },
      ],
    };
    const recording = await runIncident({ template, faults });
    expect(violationsOf(recording)).toEqual([]);
    const { address, instances } = recording.last;
    const holderId = address === 'deleted' ? undefined : address.instanceId;
    const holder = instances.find(({ instanceId }) => instanceId === holderId);
    expect(holder?.templateVersion).toBe(recording.templateVersion);
  });
});
