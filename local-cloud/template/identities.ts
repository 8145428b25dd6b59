/**
 * Roles and their policies, as the template has them. iam/authorizer.ts decides by them. A policy
 * that cannot be enforced is refused when the template is loaded.
 */
import { managedPolicyDocument } from '../iam/aws-managed-policies.ts';
import { readPolicy } from '../iam/policy-document.ts';
import {
  list,
  optionalText,
  type Properties,
  propertiesOf,
  record,
  text,
  textList,
} from '../service/properties.ts';
import { type Created, type Makers, type ToBeMade, unlessReplaced, whatIs } from './resource.ts';

export interface IamRole {
  readonly roleName: string;
  readonly arn: string;
  readonly trust: Readonly<Record<string, unknown>>;
  readonly policies: readonly Policy[];
  /** Of managed policies, AWS's own included. */
  readonly managedPolicyArns: readonly string[];
}

export interface Policy {
  readonly policyName: string;
  readonly document: Readonly<Record<string, unknown>>;
}

export interface Identities {
  readonly makers: Makers;
  /** By role name. */
  readonly roles: ReadonlyMap<string, IamRole>;
  /** The template's managed policies, by ARN. */
  readonly managedPolicies: ReadonlyMap<string, Policy>;
}

export interface IdentitiesOptions {
  readonly accountId: string;
  /** Adds an instance profile. Returns its ARN. */
  addInstanceProfile(profile: { instanceProfileName: string; roleArn: string }): string;
  removeInstanceProfile(arn: string): void;
}

interface Store {
  readonly options: IdentitiesOptions;
  readonly roles: Map<string, IamRole>;
  readonly managedPolicies: Map<string, Policy>;
  /** The own policies of a role, without those that other resources attach. */
  readonly ownParts: Map<string, IamRole>;
}

export function createIdentities(options: IdentitiesOptions): Identities {
  const store: Store = {
    options,
    roles: new Map(),
    managedPolicies: new Map(),
    ownParts: new Map(),
  };
  const nameFor = (resource: ToBeMade, property: string, mostCharacters: number) => {
    const given = { what: whatIs(resource), values: resource.properties };
    return optionalText(given, property) ?? resource.nameOf(mostCharacters);
  };
  const makers: Makers = {
    'AWS::IAM::Role': (resource) => makeRole(store, resource, nameFor(resource, 'RoleName', 64)),
    'AWS::IAM::Policy': (resource) => makePolicy(store, resource),
    'AWS::IAM::ManagedPolicy': (resource) =>
      makeManagedPolicy(store, resource, nameFor(resource, 'ManagedPolicyName', 128)),
    'AWS::IAM::InstanceProfile': (resource) =>
      makeInstanceProfile(store, resource, nameFor(resource, 'InstanceProfileName', 128)),
  };
  return { makers, roles: store.roles, managedPolicies: store.managedPolicies };
}

function makeRole(store: Store, resource: ToBeMade, roleName: string): Created {
  const { roles, ownParts } = store;
  const given = propertiesOf(whatIs(resource), resource.properties, roleProperties);
  const arn = arnOf(store, 'role', roleName);
  const own: IamRole = {
    roleName,
    arn,
    trust: record(given, 'AssumeRolePolicyDocument'),
    policies: list(given, 'Policies').map((policy) => inlinePolicy(given.what, policy)),
    managedPolicyArns: textList(given, 'ManagedPolicyArns'),
  };
  readPolicy(`${given.what} AssumeRolePolicyDocument`, own.trust, 'trust');
  for (const managed of own.managedPolicyArns) {
    if (!store.managedPolicies.has(managed)) managedPolicyDocument(managed);
  }
  // Policies that other resources have attached stay.
  const [before, ownBefore] = [roles.get(roleName), ownParts.get(roleName)];
  roles.set(roleName, {
    ...own,
    policies: [...own.policies, ...without(before?.policies, ownBefore?.policies)],
    managedPolicyArns: [
      ...own.managedPolicyArns,
      ...without(before?.managedPolicyArns, ownBefore?.managedPolicyArns),
    ],
  });
  ownParts.set(roleName, own);
  return {
    physicalId: roleName,
    attributes: { Arn: arn, RoleId: `AROA${roleName}` },
    change: unlessReplaced(resource, ['RoleName', 'Path'], (to) => makeRole(store, to, roleName)),
    remove() {
      roles.delete(roleName);
      ownParts.delete(roleName);
    },
  };
}

function makePolicy(store: Store, resource: ToBeMade): Created {
  const names = ['PolicyName', 'PolicyDocument', 'Roles'];
  const given = propertiesOf(whatIs(resource), resource.properties, names);
  const policyName = text(given, 'PolicyName');
  const detach = attach(store, given, { policyName, document: identityPolicy(given) });
  return {
    physicalId: resource.logicalId,
    change(to) {
      detach();
      return makePolicy(store, to);
    },
    remove: detach,
  };
}

function makeManagedPolicy(store: Store, resource: ToBeMade, policyName: string): Created {
  const given = propertiesOf(whatIs(resource), resource.properties, managedPolicyProperties);
  const arn = arnOf(store, 'policy', policyName);
  store.managedPolicies.set(arn, { policyName, document: identityPolicy(given) });
  const detach = attach(store, given, arn);
  return {
    physicalId: arn,
    attributes: { PolicyArn: arn },
    change: unlessReplaced(resource, ['ManagedPolicyName', 'Path', 'Description'], (to) => {
      detach();
      return makeManagedPolicy(store, to, policyName);
    }),
    remove() {
      detach();
      store.managedPolicies.delete(arn);
    },
  };
}

function makeInstanceProfile(store: Store, resource: ToBeMade, name: string): Created {
  const given = propertiesOf(whatIs(resource), resource.properties, profileProperties);
  const [roleName, ...more] = textList(given, 'Roles');
  if (roleName === undefined || more.length > 0) {
    throw new Error(`${given.what} must have exactly one role.`);
  }
  const roleArn = roleNamed(store, given.what, roleName).arn;
  const arn = store.options.addInstanceProfile({ instanceProfileName: name, roleArn });
  return {
    physicalId: name,
    attributes: { Arn: arn },
    change: unlessReplaced(resource, ['InstanceProfileName', 'Path'], (to) =>
      makeInstanceProfile(store, to, name),
    ),
    remove: () => store.options.removeInstanceProfile(arn),
  };
}

/** Attaches the policy to its roles. Returns the detachment from the roles that still exist. */
function attach(store: Store, given: Properties, policy: Policy | string): () => void {
  const roleNames = textList(given, 'Roles');
  for (const roleName of roleNames) {
    store.roles.set(roleName, withPolicy(roleNamed(store, given.what, roleName), policy));
  }
  return () => {
    for (const roleName of roleNames) {
      const role = store.roles.get(roleName);
      if (role !== undefined) store.roles.set(roleName, withoutPolicy(role, policy));
    }
  };
}

function roleNamed({ roles }: Store, what: string, roleName: string): IamRole {
  const role = roles.get(roleName);
  if (role !== undefined) return role;
  throw new Error(`${what} names the role ${roleName}, which is not in the template.`);
}

function arnOf({ options }: Store, kind: string, name: string): string {
  return `arn:aws:iam::${options.accountId}:${kind}/${name}`;
}

function withPolicy(role: IamRole, policy: Policy | string): IamRole {
  return typeof policy === 'string'
    ? { ...role, managedPolicyArns: [...role.managedPolicyArns, policy] }
    : { ...role, policies: [...role.policies, policy] };
}

function withoutPolicy(role: IamRole, policy: Policy | string): IamRole {
  return {
    ...role,
    policies: role.policies.filter((one) => one !== policy),
    managedPolicyArns: role.managedPolicyArns.filter((one) => one !== policy),
  };
}

function without<Item>(
  all: readonly Item[] | undefined,
  some: readonly Item[] | undefined,
): readonly Item[] {
  return (all ?? []).filter((item) => !some?.includes(item));
}

const managedPolicyProperties = [
  'ManagedPolicyName',
  'PolicyDocument',
  'Roles',
  'Description',
  'Path',
];

const profileProperties = ['InstanceProfileName', 'Roles', 'Path'];

const roleProperties = [
  'RoleName',
  'AssumeRolePolicyDocument',
  'Description',
  'ManagedPolicyArns',
  'MaxSessionDuration',
  'Path',
  'Policies',
  'Tags',
];

function inlinePolicy(what: string, value: unknown): Policy {
  const policy = propertiesOf(`${what} policy`, value, ['PolicyName', 'PolicyDocument']);
  return { policyName: text(policy, 'PolicyName'), document: identityPolicy(policy) };
}

function identityPolicy(given: Properties): Readonly<Record<string, unknown>> {
  const document = record(given, 'PolicyDocument');
  readPolicy(given.what, document, 'identity');
  return document;
}
