/**
 * IAM: decides every call by the policies of the calling role and of the resource. An explicit deny
 * wins; within one account one allow of either is enough; no statement means no. The account's root
 * may do all.
 * Source: IAM user guide, "Policy evaluation logic".
 * What can go wrong: millions of decisions take time. So a role's policies are read once, when the
 * role is first used or has changed, and kept by action.
 */
import { type Caller, ServiceError } from '../service/service.ts';
import { type AccessRequest, contextOf, fixedContext } from './access-request.ts';
import { managedPolicyDocument } from './aws-managed-policies.ts';
import type { RequestContext } from './conditions.ts';
import { type Ec2Resources, ec2Requests } from './ec2-requests.ts';
import { type PolicyStatement, type Principal, readPolicy } from './policy-document.ts';
import { type Refusal, refusalError, refusalText } from './refusals.ts';
import type { ResourcePolicies } from './resource-policies.ts';
import {
  cloudWatchRequests,
  lambdaRequests,
  snsRequests,
  stepFunctionsRequests,
} from './service-requests.ts';

/** A role of the template. A changed role is a new object. */
export interface RoleDocuments {
  readonly roleName: string;
  readonly arn: string;
  readonly trust: unknown;
  readonly policies: readonly { readonly policyName: string; readonly document: unknown }[];
  readonly managedPolicyArns: readonly string[];
}

export interface AuthorizerOptions {
  readonly region: string;
  readonly accountId: string;
  /** Roles by name. */
  readonly roles: ReadonlyMap<string, RoleDocuments>;
  /** The account's own managed policies, by ARN. */
  readonly managedPolicies: ReadonlyMap<string, { readonly document: unknown }>;
  readonly resourcePolicies: ResourcePolicies;
  readonly ec2: Ec2Resources;
}

export interface AuthorizedCall {
  /** `ec2`, `cloudwatch`, `sfn`, `sns`, `lambda` */
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly caller: Caller;
}

/** A service that acts for one of its resources. */
export interface ServicePrincipal {
  /** `events.amazonaws.com` */
  readonly name: string;
  readonly sourceArn: string;
}

export interface Authorizer {
  /** @throws ServiceError as the called service answers */
  authorize(call: AuthorizedCall): void;
  /** Why a role may not do an action without an operation here; undefined when it may. */
  refusalOf(caller: Caller, request: AccessRequest): string | undefined;
  /** The same for a service: the policy of the resource must allow the action. */
  refusalOfService(service: ServicePrincipal, request: AccessRequest): string | undefined;
  /** Why a service may not use a role; undefined when the role trusts it. */
  refusalToAssume(service: ServicePrincipal, roleArn: string): string | undefined;
}

export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const requestsOf: Readonly<Record<string, Readonly<Record<string, Requests>>>> = {
    ec2: ec2Requests({ ...options, resources: options.ec2 }),
    cloudwatch: cloudWatchRequests(options),
    sfn: stepFunctionsRequests,
    sns: snsRequests,
    lambda: lambdaRequests,
  };
  const policiesOf = createRolePolicies(options);

  const refusal = (caller: Caller, request: AccessRequest): Refusal | undefined => {
    const { principalArn: arn } = caller;
    const context = contextFor(request, callerContext(options.accountId, caller));
    const role = policiesOf(arn);
    const identity = decide(role?.statementsOn(request.action) ?? [], request, context);
    const principal: Principal = { kind: 'role', arn };
    const statements = options.resourcePolicies.statementsOn(request.resource, principal);
    const resource = decide(statements, request, context);
    if (identity === 'deny') return { kind: 'explicit', by: 'identity-based' };
    if (resource === 'deny') return { kind: 'explicit', by: 'resource-based' };
    if (identity === 'allow' || resource === 'allow') return undefined;
    return { kind: 'implicit', by: 'identity-based' };
  };
  const textOf = (caller: Caller, request: AccessRequest): string | undefined => {
    if (isRoot(caller)) return undefined;
    const refused = refusal(caller, request);
    return refused && refusalText(`User: ${sessionArn(caller)}`, request, refused);
  };

  return {
    authorize({ service, operation, input, caller }) {
      if (isRoot(caller)) return;
      const requests = requestsOf[service]?.[operation];
      if (requests === undefined) {
        throw new ServiceError(
          'NotImplementedByLocalCloud',
          `${service}: the local cloud does not know which permissions ${operation} asks for (local-cloud/iam/), so only the account's root may call it.`,
          501,
        );
      }
      for (const request of requests(input as never)) {
        const text = textOf(caller, request);
        if (text !== undefined) throw refusalError(service, request, text);
      }
    },
    refusalOf: textOf,
    refusalOfService(service, request) {
      const context = contextFor(request, serviceContext(options.accountId, service));
      const principal: Principal = { kind: 'service', name: service.name };
      const statements = options.resourcePolicies.statementsOn(request.resource, principal);
      const decision = decide(statements, request, context);
      if (decision === 'allow') return undefined;
      const kind = decision === 'deny' ? 'explicit' : 'implicit';
      return refusalText(`Resource: ${service.sourceArn}`, request, { kind, by: 'resource-based' });
    },
    refusalToAssume(service, roleArn) {
      const request = { action: 'sts:AssumeRole', resource: roleArn };
      const context = contextFor(request, serviceContext(options.accountId, service));
      const principal: Principal = { kind: 'service', name: service.name };
      const trusting = (policiesOf(roleArn)?.trust ?? []).filter((one) => one.principal(principal));
      if (decide(trusting, request, context) === 'allow') return undefined;
      return `${service.name} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
    },
  };
}

type Requests = (input: never) => AccessRequest[];

/** The policies of a role; none for a role that does not exist. */
type RolePolicies = (arn: string) =>
  | {
      readonly trust: readonly PolicyStatement[];
      statementsOn(action: string): readonly PolicyStatement[];
    }
  | undefined;

function createRolePolicies({ roles, managedPolicies }: AuthorizerOptions): RolePolicies {
  const read = new WeakMap<RoleDocuments, NonNullable<ReturnType<RolePolicies>>>();
  const documentsOf = (role: RoleDocuments) => [
    ...role.policies.map(({ policyName, document }) => ({ name: policyName, document })),
    ...role.managedPolicyArns.map((arn) => ({
      name: arn,
      document: managedPolicies.get(arn)?.document ?? managedPolicyDocument(arn),
    })),
  ];
  return (arn) => {
    const role = roles.get(arn.slice(arn.lastIndexOf('/') + 1));
    if (role?.arn !== arn) return undefined;
    const known = read.get(role);
    if (known !== undefined) return known;
    const statements = documentsOf(role).flatMap(({ name, document }) =>
      readPolicy(`Policy ${name} of the role ${role.roleName}`, document, 'identity'),
    );
    const byAction = new Map<string, readonly PolicyStatement[]>();
    const policies = {
      trust: readPolicy(`Trust policy of the role ${role.roleName}`, role.trust, 'trust'),
      statementsOn(action: string) {
        const found = byAction.get(action) ?? statements.filter((one) => one.action(action));
        byAction.set(action, found);
        return found;
      },
    };
    read.set(role, policies);
    return policies;
  };
}

type Decision = 'allow' | 'deny' | 'nothing';

function decide(
  statements: readonly PolicyStatement[],
  { action, resource = '*' }: AccessRequest,
  context: RequestContext,
): Decision {
  let decision: Decision = 'nothing';
  for (const statement of statements) {
    const applies =
      statement.action(action) && statement.resource(resource) && statement.condition(context);
    if (!applies) continue;
    if (statement.effect === 'Deny') return 'deny';
    decision = 'allow';
  }
  return decision;
}

function contextFor(request: AccessRequest, caller: AccessRequest['context']): RequestContext {
  const context = contextOf(request.context, caller);
  return (key) => context?.(key.toLowerCase());
}

/** Requests count as HTTPS, though the local cloud speaks plain HTTP. */
const everyRequest = { 'aws:securetransport': 'true' };

function callerContext(accountId: string, caller: Caller): AccessRequest['context'] {
  const { principalArn, sourceFunctionArn, sourceInstanceArn } = caller;
  return fixedContext({
    ...everyRequest,
    'aws:principalarn': principalArn,
    'aws:principalaccount': accountId,
    ...(sourceFunctionArn === undefined ? {} : { 'lambda:sourcefunctionarn': sourceFunctionArn }),
    ...(sourceInstanceArn === undefined ? {} : { 'ec2:sourceinstancearn': sourceInstanceArn }),
  });
}

function serviceContext(
  accountId: string,
  { sourceArn }: ServicePrincipal,
): AccessRequest['context'] {
  const source = { 'aws:sourcearn': sourceArn, 'aws:sourceaccount': accountId };
  return fixedContext({ ...everyRequest, ...source });
}

function isRoot({ principalArn }: Caller): boolean {
  return principalArn.endsWith(':root');
}

/** `arn:aws:sts::...:assumed-role/NAME/SESSION` */
function sessionArn({ principalArn, sessionName = 'local-cloud' }: Caller): string {
  const [, account = '', name] =
    /^arn:aws:iam::(\d*):role\/(?:.*\/)?([^/]+)$/.exec(principalArn) ?? [];
  if (name === undefined) return principalArn;
  return `arn:aws:sts::${account}:assumed-role/${name}/${sessionName}`;
}
