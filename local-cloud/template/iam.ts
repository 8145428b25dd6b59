/** The account's IAM: built from the roles and policies of the template. */
import type { Ec2 } from '../ec2/ec2.ts';
import { type Authorizer, createAuthorizer } from '../iam/authorizer.ts';
import { createResourcePolicies, type ResourcePolicies } from '../iam/resource-policies.ts';
import { createIdentities, type Identities } from './identities.ts';

export interface Iam {
  readonly identities: Identities;
  readonly resourcePolicies: ResourcePolicies;
  readonly authorizer: Authorizer;
  /** Whether the role trusts that service. */
  isTrusted(serviceName: string, sourceArn: string, roleArn: string): boolean;
}

export function createIam(options: {
  readonly region: string;
  readonly accountId: string;
  readonly ec2: Ec2;
}): Iam {
  const { region, accountId, ec2 } = options;
  const { addInstanceProfile, removeInstanceProfile } = ec2;
  const identities = createIdentities({ accountId, addInstanceProfile, removeInstanceProfile });
  const resourcePolicies = createResourcePolicies(accountId);
  const { roles, managedPolicies } = identities;
  const authorizer = createAuthorizer({
    region,
    accountId,
    roles,
    managedPolicies,
    resourcePolicies,
    ec2: ec2.resources,
  });
  return {
    identities,
    resourcePolicies,
    authorizer,
    isTrusted: (name, sourceArn, roleArn) =>
      authorizer.refusalToAssume({ name, sourceArn }, roleArn) === undefined,
  };
}
