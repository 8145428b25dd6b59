/** How things are in a world, put together from EC2's records and the machines themselves. */
import type { Ec2 } from '@coordinator-failover/local-cloud';
import { tagKeys } from '../../workflow/model/names.ts';
import type { Fleet } from './fleet.ts';
import type { Truth } from './recording.ts';

export function truthOf(
  ec2: Ec2,
  fleet: Fleet,
  cluster: { readonly clusterName: string; readonly networkInterfaceId: string },
  nowMs: number,
): Truth {
  const { instances, networkInterfaces } = ec2.snapshot();
  const eni = networkInterfaces.find(
    ({ networkInterfaceId }) => networkInterfaceId === cluster.networkInterfaceId,
  );
  const forMs = (sinceMs: number | null) => (sinceMs === null ? null : nowMs - sinceMs);
  return {
    address: eni === undefined ? 'deleted' : { ...eni.attachment, tags: eni.tags },
    instances: instances.map(({ instanceId, state, tags }) => ({
      instanceId,
      state,
      ours: tags[tagKeys.cluster] === cluster.clusterName,
      retired: tags[tagKeys.retired] ?? null,
      slot: numberIn(tags[tagKeys.slot]),
      generation: numberIn(tags[tagKeys.generation]),
      templateVersion: tags[tagKeys.templateVersion] ?? null,
      healthyForMs: forMs(fleet.healthySinceMs(instanceId)),
      servingForMs: forMs(fleet.servingSinceMs(instanceId)),
      bootedForMs: forMs(fleet.host(instanceId)?.bootedAtMs ?? null),
    })),
  };
}

function numberIn(tag: string | undefined): number | null {
  return tag === undefined ? null : Number(tag);
}
