/**
 * What a template grants, one thing at a time: an action of a statement, on one of its resources. And
 * the template without it.
 */
import {
  type CloudFormationTemplate,
  type Resource,
  referencesIn,
} from '../infra/template-reading.ts';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Principal?: unknown;
}

export interface Grant {
  /** Whose role, or which resource's policy: `survey-coordinators`, `host`, `rules`, `dead letters`, ... */
  readonly who: string;
  /** Logical id of the policy, and which of its statements. */
  readonly policyId: string;
  readonly index: number;
  readonly statement: Statement;
  readonly action: string;
  /** As it stands in the template. */
  readonly resource: unknown;
}

const policyTypes = ['AWS::IAM::Policy', 'AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy'];

export function grantsIn(template: CloudFormationTemplate): Grant[] {
  return Object.entries(template.Resources)
    .filter(([, { Type: type }]) => policyTypes.includes(type))
    .flatMap(([policyId, policy]) => {
      const who = holderOf(template, policy);
      return statementsOf(policy).flatMap((statement, index) =>
        [statement.Action]
          .flat()
          .flatMap((action) =>
            [statement.Resource]
              .flat()
              .map((resource) => ({ who, policyId, index, statement, action, resource })),
          ),
      );
    });
}

function statementsOf({ Properties: properties }: Resource): Statement[] {
  const { Statement } = properties.PolicyDocument as { Statement: Statement[] };
  return Statement;
}

/** Another template, in which nobody has it; what else the statement grants is granted still. */
export function without(template: CloudFormationTemplate, grant: Grant): CloudFormationTemplate {
  const changed = structuredClone(template);
  const policy = changed.Resources[grant.policyId];
  if (policy === undefined) throw new Error(`There is no ${grant.policyId}.`);
  const { action, resource } = grant;
  const statements = statementsOf(policy).flatMap((statement, index) =>
    index === grant.index ? rest(statement, action, resource) : [statement],
  );
  Object.assign(policy.Properties.PolicyDocument as object, { Statement: statements });
  // IAM takes no policy without statements.
  if (statements.length === 0)
    delete (changed.Resources as Record<string, Resource>)[grant.policyId];
  return withoutDependencies(changed, statements.length === 0 ? grant.policyId : undefined);
}

function rest(statement: Statement, action: string, resource: unknown): Statement[] {
  const actions = [statement.Action].flat().filter((one) => one !== action);
  const wanted = JSON.stringify(resource);
  const resources = [statement.Resource].flat().filter((one) => JSON.stringify(one) !== wanted);
  return [
    ...(actions.length === 0 ? [] : [{ ...statement, Action: actions }]),
    ...(resources.length === 0 ? [] : [{ ...statement, Action: action, Resource: resources }]),
  ];
}

function withoutDependencies(
  template: CloudFormationTemplate,
  policyId: string | undefined,
): CloudFormationTemplate {
  if (policyId === undefined) return template;
  for (const resource of Object.values(template.Resources)) {
    const kept = (resource.DependsOn ?? []).filter((id) => id !== policyId);
    Object.assign(resource, { DependsOn: kept });
  }
  return template;
}

/** A function by its name, other roles by what uses them. */
function holderOf(template: CloudFormationTemplate, policy: Resource): string {
  const { Type: type, Properties: properties } = policy;
  if (type === 'AWS::SNS::TopicPolicy') return 'topic';
  if (type === 'AWS::SQS::QueuePolicy') return 'dead letters';
  const [roleId = ''] = referencesIn(properties.Roles);
  for (const [id, resource] of Object.entries(template.Resources)) {
    const name = names[resource.Type]?.(id, resource, roleId);
    if (name !== undefined) return name;
  }
  return `role ${roleId}`;
}

type NameOf = (id: string, resource: Resource, roleId: string) => string | undefined;

const names: Readonly<Record<string, NameOf>> = {
  'AWS::Lambda::Function': (
    _id,
    { Properties: { Role: role, Description: description } },
    roleId,
  ) => (referencesIn(role).includes(roleId) ? firstWord(description) : undefined),
  'AWS::StepFunctions::StateMachine': (id, { Properties: { RoleArn: role } }, roleId) =>
    referencesIn(role).includes(roleId)
      ? id.includes('FailoverStack')
        ? 'stack operation state machine'
        : 'state machine'
      : undefined,
  'AWS::Events::Rule': (_id, { Properties: { Targets: targets } }, roleId) =>
    (targets as { RoleArn?: unknown }[]).some(({ RoleArn: role }) =>
      referencesIn(role).includes(roleId),
    )
      ? 'rules'
      : undefined,
  'AWS::IAM::InstanceProfile': (_id, { Properties: { Roles: roles } }, roleId) =>
    referencesIn(roles).includes(roleId) ? 'host' : undefined,
};

/** `survey-coordinators of the coordinator failover of ...`, with tokens in it or without. */
function firstWord(description: unknown): string {
  const text = JSON.stringify(description);
  return /([a-z][a-z-]+) of/.exec(text)?.[1] ?? text;
}
