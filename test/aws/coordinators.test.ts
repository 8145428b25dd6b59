import type { Instance } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import type { Ec2Calls } from '../../aws/calls.ts';
import {
  describeCoordinators,
  describeInstance,
  readStatusChecks,
  viewCoordinators,
} from '../../aws/coordinators.ts';

const metadata = { $metadata: {} };
const cluster = { clusterName: 'presto' };

function tagged(InstanceId: string, tags: Readonly<Record<string, string>>): Instance {
  return {
    InstanceId,
    State: { Name: 'running' },
    Tags: Object.entries(tags).map(([name, Value]) => ({
      Key: `coordinator-failover:${name}`,
      Value,
    })),
  };
}

const ours = tagged('i-1', { cluster: 'presto', slot: '1', generation: '7' });
const strange = tagged('i-2', { cluster: 'presto', slot: 'one', generation: '0' });
const foreign = tagged('i-3', { cluster: 'other' });

/** A page for each list. By id, all of them are known. */
function ec2(...pages: readonly (readonly Instance[])[]): Pick<Ec2Calls, 'describeInstances'> {
  return {
    describeInstances: async ({ Filters: [filter] = [], NextToken = '0' }) => {
      const [id] = filter?.Name === 'instance-id' ? (filter.Values ?? []) : [];
      if (id !== undefined) {
        const Instances = pages.flat().filter(({ InstanceId }) => InstanceId === id);
        return { ...metadata, Reservations: Instances.length === 0 ? [] : [{ Instances }] };
      }
      const page = Number(NextToken);
      const Instances = (pages[page] ?? []).filter((one) => one !== foreign);
      return {
        ...metadata,
        Reservations: [{ Instances }],
        ...(page + 1 < pages.length ? { NextToken: String(page + 1) } : {}),
      };
    },
  };
}

test('coordinators: all pages are read', async () => {
  const found = await describeCoordinators(ec2([ours], [], [strange]), cluster);
  expect(found.map(({ instanceId, slot, generation }) => [instanceId, slot, generation])).toEqual([
    ['i-1', 1, 7],
    ['i-2', null, null],
  ]);
});

test('coordinators: a page that is not read would hide one, so too many are refused', async () => {
  const six = [[ours], [], [], [], [], [strange]];
  await expect(describeCoordinators(ec2(...six), cluster)).rejects.toThrow(
    'DescribeInstances has more pages than were read: 5 of at most 5',
  );
});

test('coordinators: an instance of another cluster is known by its id, and is not ours', async () => {
  const calls = ec2([ours, foreign]);
  expect(await describeInstance(calls, cluster, 'i-3')).toMatchObject({
    instanceId: 'i-3',
    ours: false,
  });
  expect(await describeInstance(calls, cluster, 'i-9')).toBeNull();
});

test('coordinators: people see the holder of the address too, and every tag as it is', async () => {
  const calls = ec2([ours, strange, foreign]);
  const idsWith = async (holderId: string | undefined) =>
    (await viewCoordinators(calls, cluster, holderId)).map(({ instanceId }) => instanceId);
  expect(await idsWith(undefined)).toEqual(['i-1', 'i-2']);
  expect(await idsWith('i-1')).toEqual(['i-1', 'i-2']);
  expect(await idsWith('i-3')).toEqual(['i-1', 'i-2', 'i-3']);
  expect(await idsWith('i-9')).toEqual(['i-1', 'i-2']);
  const [, view] = await viewCoordinators(calls, cluster, undefined);
  expect(view?.tags['coordinator-failover:slot']).toBe('one');
});

test('status checks: impaired when either is, and every id is asked for, a hundred at a time', async () => {
  const asked: number[] = [];
  const status = (InstanceId: string, instance: 'ok' | 'impaired' | 'initializing') => ({
    InstanceId,
    InstanceStatus: { Status: instance },
    SystemStatus: { Status: 'ok' as const },
  });
  const calls: Pick<Ec2Calls, 'describeInstanceStatus'> = {
    describeInstanceStatus: async ({ InstanceIds = [] }) => {
      asked.push(InstanceIds.length);
      const all = [status('i-0', 'ok'), status('i-1', 'initializing'), status('i-149', 'impaired')];
      return {
        ...metadata,
        InstanceStatuses: all.filter(({ InstanceId }) => InstanceIds.includes(InstanceId)),
      };
    },
  };
  const ids = Array.from({ length: 150 }, (_, index) => `i-${index}`);
  expect(await readStatusChecks(calls, ids)).toEqual(
    new Map([
      ['i-0', 'ok'],
      ['i-149', 'impaired'],
    ]),
  );
  expect(asked).toEqual([100, 50]);
  expect(await readStatusChecks(calls, [])).toEqual(new Map());
  expect(asked).toHaveLength(2);
});
