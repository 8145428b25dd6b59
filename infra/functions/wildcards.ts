/**
 * Why some permissions stand with a wildcard: for cdk-nag, and for whoever reads what it reports. A
 * wildcard that is not in this table has no reason, and is reported.
 */
import { Stack, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

const reasons: readonly (readonly [resource: RegExp, reason: string])[] = [
  [
    /^\*$/,
    'Actions that know no resources (Service Authorization Reference): they only read, or a condition names the namespace of this cluster, or they deliver logs and traces.',
  ],
  [
    /:instance\/\*$/,
    'Coordinators come and go, their ids are not known beforehand. The tag of this cluster is a condition; without it only the address is detached, and the address is named beside it.',
  ],
  [/:(?:volume|network-interface)\/\*$/, 'Ids of what EC2 makes with an instance or a function.'],
  [/:(?:image|key-pair)\/\*$/, 'Only with the launch template of this cluster, which names it.'],
  [
    /:execution:.*-failover:\*$/,
    'Executions of the failover of this cluster only: each has a name of its own.',
  ],
  [/:security-group\/\*$/, 'Lambda makes its interfaces in the group of the function.'],
];

/** Acknowledges each wildcard of the statements, on whoever has them, with its reason. */
export function acknowledgeWildcards(
  scope: IConstruct,
  statements: readonly PolicyStatement[],
): void {
  const stack = Stack.of(scope);
  const resources = statements.flatMap((statement) =>
    statement.effect === 'Allow' ? statement.resources : [],
  );
  for (const resource of new Set(resources.map((one) => flat(stack.resolve(one))))) {
    const [, reason] = reasons.find(([pattern]) => pattern.test(resource)) ?? [];
    if (reason === undefined || !resource.includes('*')) continue;
    Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
  }
}

/** As cdk-nag names a resource in a finding: references in angle brackets. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, argument] = Object.entries(value as object)[0] ?? ['', ''];
  if (name === 'Ref') return `<${String(argument)}>`;
  if (name === 'Fn::GetAtt') return `<${(argument as string[]).join('.')}>`;
  if (name !== 'Fn::Join') return JSON.stringify(value);
  const [separator, parts] = argument as [string, unknown[]];
  return parts.map(flat).join(separator);
}
