/** Why an instance that a person names cannot take over, as far as EC2 shows it. Pure. */
import type { Instance } from '@aws-sdk/client-ec2';
import { tagKeys } from '../../workflow/names.ts';
import type { AddressFacts } from './coordinators.ts';

export function standbyProblem(
  instance: Instance | undefined,
  { attachment, availabilityZone }: AddressFacts,
  clusterName: string,
): string | null {
  if (instance === undefined) return 'EC2 knows no such instance in this region';
  const tagOf = (key: string) => instance.Tags?.find(({ Key }) => Key === key)?.Value;
  const cluster = tagOf(tagKeys.cluster);
  if (cluster !== clusterName) {
    const whose = cluster === undefined ? 'no cluster' : `the cluster ${cluster}`;
    return `it is a coordinator of ${whose}, not of ${clusterName}`;
  }
  if (instance.InstanceId === attachment?.instanceId) return 'it holds the address already';
  const state = instance.State?.Name ?? 'in an unknown state';
  if (state !== 'running') return `it is ${state}, but must be running`;
  const condemned = tagOf(tagKeys.condemned);
  if (condemned !== undefined) return `it is condemned by ${condemned}`;
  const zone = instance.Placement?.AvailabilityZone ?? 'an unknown zone';
  if (zone !== availabilityZone) {
    return `it is in ${zone}, but the address can only move within ${availabilityZone}`;
  }
  return null;
}
