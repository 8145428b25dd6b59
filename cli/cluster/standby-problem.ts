/** Why an instance that a person names cannot take over, as EC2 shows it. Pure. */
import type { AddressDetails } from '../../aws/address.ts';
import type { CoordinatorView } from '../../aws/coordinators.ts';
import { isRunning } from '../../workflow/model/instance-state.ts';
import { tagKeys } from '../../workflow/model/names.ts';

export function standbyProblem(
  instance: CoordinatorView | null,
  { attachment, availabilityZone }: AddressDetails,
  clusterName: string,
): string | null {
  if (instance === null) return 'EC2 knows no such instance in this region';
  const { ours, instanceId, state, retired, tags } = instance;
  if (!ours) {
    const cluster = tags[tagKeys.cluster];
    const whose = cluster === undefined ? 'no cluster' : `the cluster ${cluster}`;
    return `it is a coordinator of ${whose}, not of ${clusterName}`;
  }
  if (instanceId === attachment?.instanceId) return 'it holds the address already';
  if (!isRunning(instance)) return `it is ${state}, but must be running`;
  if (retired !== null) return `it is retired by ${retired}`;
  const zone = instance.availabilityZone ?? 'an unknown zone';
  if (zone !== availabilityZone) {
    return `it is in ${zone}, but the address can only move within ${availabilityZone}`;
  }
  return null;
}
