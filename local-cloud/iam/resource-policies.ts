/**
 * The policies of resources: topics, queues, functions.
 * What can go wrong: the default policy of a topic lets the whole account publish, alarms included.
 * A policy of its own replaces the default one, even if it only denies (source: SNS developer
 * guide, "Default policy"; CloudWatch user guide, alarm actions; the refusal:
 * aws-solutions/automated-security-response-on-aws, issue 43).
 */
import { type PolicyStatement, type Principal, readPolicy } from './policy-document.ts';

export interface ResourcePolicies {
  /** Sets the resource's policy, in place of an earlier one. */
  set(what: string, resourceArn: string, document: unknown): void;
  /** Adds a permission to a function (AWS::Lambda::Permission). Returns its removal. */
  addPermission(what: string, permission: FunctionPermission): () => void;
  remove(resourceArn: string): void;
  /** What the resource's policy says about that principal. */
  statementsOn(resourceArn: string | undefined, principal: Principal): readonly PolicyStatement[];
}

export interface FunctionPermission {
  readonly functionArn: string;
  readonly action: string;
  /** `events.amazonaws.com`, or an account */
  readonly principal: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

export function createResourcePolicies(accountId: string): ResourcePolicies {
  const policies = new Map<string, readonly PolicyStatement[]>();
  return {
    set(what, resourceArn, document) {
      policies.set(resourceArn, readPolicy(what, document, 'resource'));
    },
    addPermission(what, permission) {
      const { functionArn } = permission;
      const added = readPolicy(what, permissionDocument(permission), 'resource');
      const all = () => policies.get(functionArn) ?? [];
      policies.set(functionArn, [...all(), ...added]);
      return () => {
        policies.set(
          functionArn,
          all().filter((statement) => !added.includes(statement)),
        );
      };
    },
    remove: (resourceArn) => void policies.delete(resourceArn),
    statementsOn(resourceArn, principal) {
      if (resourceArn === undefined) return [];
      const found = policies.get(resourceArn) ?? defaultPolicy(resourceArn, accountId);
      return found.filter((statement) => statement.principal(principal));
    },
  };
}

function permissionDocument(permission: FunctionPermission): object {
  const { functionArn, action, principal, sourceArn, sourceAccount } = permission;
  const isService = principal.endsWith('.amazonaws.com');
  const condition = {
    ...(sourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': sourceArn } }),
    ...(sourceAccount === undefined
      ? {}
      : { StringEquals: { 'AWS:SourceAccount': sourceAccount } }),
  };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: action,
        Resource: functionArn,
        Principal: isService ? { Service: principal } : { AWS: principal },
        ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
      },
    ],
  };
}

const defaults = new Map<string, readonly PolicyStatement[]>();

/**
 * The default policy of a topic: the whole account. It is for services only; roles need their own.
 */
function defaultPolicy(resourceArn: string, accountId: string): readonly PolicyStatement[] {
  if (!resourceArn.startsWith('arn:aws:sns:')) return [];
  const known = defaults.get(resourceArn);
  if (known !== undefined) return known;
  const statements = readPolicy(
    `Default policy of ${resourceArn}`,
    {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: 'sns:Publish',
          Resource: resourceArn,
          Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
        },
      ],
    },
    'resource',
  );
  defaults.set(resourceArn, statements);
  return statements;
}
