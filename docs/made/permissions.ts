/** docs/permissions.md: who may do what, on what, when, why, and which scenario proves the need. */
import { type Grant, grantsIn } from '../../test/permissions/grants.ts';
import { scenariosOf } from '../../test/permissions/needed-for.ts';
import { holders, reasonFor } from '../../test/permissions/reasons.ts';
import { type MadeDocument, madeNotice, row } from './document.ts';
import { synthesizedTemplate } from './template.ts';

export const permissionsDocument: MadeDocument = {
  file: 'docs/permissions.md',
  make: async () => textOf(grantsIn(await synthesizedTemplate())),
};

function textOf(grants: readonly Grant[]): string {
  const byHolder = Map.groupBy(grants, ({ who }) => who);
  return [
    '# Permissions',
    '',
    'What the stack grants, drawn from the synthesized template: who may do what, on which resource, under which',
    'condition, and why. `test/permissions/taken-away.test.ts` takes each line away in turn, for each of its resources: the',
    'scenario in the last column then fails with that action in its message. What can be taken away unnoticed is not granted.',
    'What the roles cannot do is tried in `test/permissions/beyond.test.ts`; what that means is in [security.md](security.md).',
    '',
    madeNotice,
    '',
    'REGION and ACCOUNT are those of the stack; names in `<...>` are its resources, CLUSTER its name.',
    '',
    ...[...byHolder].flatMap(([who, own]) => [
      `## ${who}`,
      '',
      holders[who] ?? '',
      '',
      '| | action | on | when | why | proven by |',
      '|---|---|---|---|---|---|',
      ...linesOf(own),
      '',
    ]),
  ].join('\n');
}

/** One line for each action of a statement. */
function linesOf(grants: readonly Grant[]): string[] {
  const lines = Map.groupBy(
    grants,
    ({ policyId, index, action }) => `${policyId} ${index} ${action}`,
  );
  return [...lines.values()].flatMap((same) => {
    const [grant] = same;
    if (grant === undefined) return [];
    const { action, statement } = grant;
    const cells = [
      statement.Effect === 'Allow' ? 'may' : '**may not**',
      `\`${action}\``,
      same.map(({ resource }) => `\`${resourceText(resource)}\``).join('<br>'),
      conditionText(statement.Condition),
      reasonFor(grant) ?? '',
      scenariosOf(grant).join('; '),
    ];
    return [row(cells)];
  });
}

function conditionText(condition: Grant['statement']['Condition']): string {
  return Object.entries(condition ?? {})
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(
        ([key, value]) => `${operator} \`${key}\` ${[value].flat().map(resourceText).join(', ')}`,
      ),
    )
    .join('<br>');
}

const pseudo: Readonly<Record<string, string>> = {
  'AWS::AccountId': 'ACCOUNT',
  'AWS::Partition': 'aws',
  'AWS::Region': 'REGION',
  'AWS::StackName': 'CLUSTER',
};

/** Tokens as the names of what they stand for, without the hashes that CDK gives to logical ids. */
function resourceText(value: unknown): string {
  if (typeof value === 'string') return value.replace(/[0-9a-f]{64}/g, 'HASH');
  if (typeof value !== 'object' || value === null) return String(value);
  const [[kind, argument] = ['', undefined]] = Object.entries(value) as [string, unknown][];
  switch (kind) {
    case 'Ref':
      return pseudo[String(argument)] ?? `<${withoutHash(String(argument))}>`;
    case 'Fn::GetAtt':
      return `<${withoutHash((argument as string[])[0] ?? '')}>`;
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map(resourceText).join(separator);
    }
    case 'Fn::Sub':
      return String(argument).replace(
        /\$\{(AWS::\w+)\}/g,
        (_all, name: string) => pseudo[name] ?? name,
      );
    case 'Fn::If': {
      const [, one, other] = argument as unknown[];
      return `${resourceText(one)} or ${resourceText(other)}`;
    }
    default:
      return JSON.stringify(value);
  }
}

function withoutHash(logicalId: string): string {
  return logicalId.replace(/^Failover/, '').replace(/[0-9A-F]{8}$/, '');
}
