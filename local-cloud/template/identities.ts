/**
 * Roles and their policies, as the template has them. Nothing is enforced yet; the documents are
 * kept readable for what will.
 */
import { list, optionalText, propertiesOf, record, text, textList } from '../properties.ts';
import type { Maker } from './template.ts';

export interface Role {
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
  readonly makers: Readonly<Record<string, Maker>>;
  /** By role name. */
  readonly roles: ReadonlyMap<string, Role>;
  /** The template's own managed policies, by ARN. */
  readonly managedPolicies: ReadonlyMap<string, Policy>;
}

export function createIdentities(options: {
  readonly accountId: string;
  /** Where instances look their profile up. Returns its ARN. */
  addInstanceProfile(profile: { instanceProfileName: string; roleArn: string }): string;
}): Identities {
  const roles = new Map<string, Role>();
  const managedPolicies = new Map<string, Policy>();
  const arnOf = (kind: string, name: string) => `arn:aws:iam::${options.accountId}:${kind}/${name}`;
  const roleNamed = (what: string, roleName: string): Role => {
    const role = roles.get(roleName);
    if (role !== undefined) return role;
    throw new Error(`${what} names the role ${roleName}, which is not in the template.`);
  };
  const attach = (what: string, roleNames: readonly string[], change: (role: Role) => Role) => {
    for (const roleName of roleNames) roles.set(roleName, change(roleNamed(what, roleName)));
  };

  const makers: Record<string, Maker> = {
    'AWS::IAM::Role'({ type, logicalId, properties, nameOf }) {
      const given = propertiesOf(`${type} ${logicalId}`, properties, roleProperties);
      const roleName = optionalText(given, 'RoleName') ?? nameOf(64);
      const arn = arnOf('role', roleName);
      roles.set(roleName, {
        roleName,
        arn,
        trust: record(given, 'AssumeRolePolicyDocument'),
        policies: list(given, 'Policies').map((policy) => inlinePolicy(given.what, policy)),
        managedPolicyArns: textList(given, 'ManagedPolicyArns'),
      });
      return { physicalId: roleName, attributes: { Arn: arn, RoleId: `AROA${roleName}` } };
    },
    'AWS::IAM::Policy'({ type, logicalId, properties }) {
      const names = ['PolicyName', 'PolicyDocument', 'Roles'];
      const given = propertiesOf(`${type} ${logicalId}`, properties, names);
      const policy = {
        policyName: text(given, 'PolicyName'),
        document: record(given, 'PolicyDocument'),
      };
      attach(given.what, textList(given, 'Roles'), (role) => ({
        ...role,
        policies: [...role.policies, policy],
      }));
      return { physicalId: logicalId };
    },
    'AWS::IAM::ManagedPolicy'({ type, logicalId, properties, nameOf }) {
      const names = ['ManagedPolicyName', 'PolicyDocument', 'Roles', 'Description', 'Path'];
      const given = propertiesOf(`${type} ${logicalId}`, properties, names);
      const policyName = optionalText(given, 'ManagedPolicyName') ?? nameOf(128);
      const arn = arnOf('policy', policyName);
      managedPolicies.set(arn, { policyName, document: record(given, 'PolicyDocument') });
      attach(given.what, textList(given, 'Roles'), (role) => ({
        ...role,
        managedPolicyArns: [...role.managedPolicyArns, arn],
      }));
      return { physicalId: arn, attributes: { PolicyArn: arn } };
    },
    'AWS::IAM::InstanceProfile'({ type, logicalId, properties, nameOf }) {
      const names = ['InstanceProfileName', 'Roles', 'Path'];
      const given = propertiesOf(`${type} ${logicalId}`, properties, names);
      const instanceProfileName = optionalText(given, 'InstanceProfileName') ?? nameOf(128);
      const [roleName, ...more] = textList(given, 'Roles');
      if (roleName === undefined || more.length > 0) {
        throw new Error(`${given.what} must have exactly one role.`);
      }
      const roleArn = roleNamed(given.what, roleName).arn;
      const arn = options.addInstanceProfile({ instanceProfileName, roleArn });
      return { physicalId: instanceProfileName, attributes: { Arn: arn } };
    },
  };
  return { makers, roles, managedPolicies };
}

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
  return { policyName: text(policy, 'PolicyName'), document: record(policy, 'PolicyDocument') };
}
