/** As whom a test calls, and what the template has become in the simulated world. */
import type { Caller } from '@coordinator-failover/local-cloud';
import type { Deployment } from '../../trials/simulation/deployment.ts';
import type { SimulatedCluster } from '../../trials/simulation/world.ts';

/** A session of a role, by a part of the role's name; `host` is the first coordinator. */
export function callerOf({ deployment, fleet }: SimulatedCluster, part: string): Caller {
  if (part !== 'host') return { accessKeyId: part, principalArn: roleOf(deployment, part) };
  const caller = deployment.ec2.callerOn(fleet.hosts()[0]?.instanceId ?? '');
  if (caller === undefined) throw new Error('The first coordinator has no role.');
  return caller;
}

/** The first of its type. */
export function physicalIdOf({ resources }: Deployment, wanted: string): string {
  const found = [...resources.values()].find(({ type }) => type === wanted);
  if (found === undefined) throw new Error(`The template has no ${wanted}.`);
  return found.physicalId;
}

/** By a part of its logical id. */
export function roleOf({ identities }: Deployment, part: string): string {
  const found = [...identities.roles.values()].find(({ roleName }) => roleName.includes(part));
  if (found === undefined) throw new Error(`The template has no role with ${part} in its name.`);
  return found.arn;
}
