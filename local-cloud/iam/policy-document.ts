/**
 * Policy documents, read once and kept as tests, because every call asks.
 * Source: IAM user guide, "IAM JSON policy element reference".
 * What can go wrong: an ignored element. So NotAction, NotResource, NotPrincipal and policy
 * variables are errors, and so is an action that the local cloud never asks about: nothing could
 * prove its grant.
 */
import { isRecord, PropertyError, propertiesOf } from '../service/properties.ts';
import { isKnownAction } from './action-table.ts';
import { type ConditionTest, conditionTest } from './conditions.ts';
import { actionTest, arnTest, type TextTest } from './patterns.ts';

export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly action: TextTest;
  /** In a trust policy: every resource. */
  readonly resource: TextTest;
  /** In an identity's policy: everybody, since only the identity has the policy. */
  readonly principal: (principal: Principal) => boolean;
  readonly condition: ConditionTest;
}

/** The principal of a statement: a role, or a service that acts for itself. */
export type Principal =
  | { readonly kind: 'role'; readonly arn: string }
  | { readonly kind: 'service'; readonly name: string };

export type PolicyKind = 'identity' | 'resource' | 'trust';

const readBefore = new WeakMap<object, readonly PolicyStatement[]>();

/** @throws PropertyError for what AWS would refuse or the local cloud cannot enforce */
export function readPolicy(
  what: string,
  document: unknown,
  kind: PolicyKind,
): readonly PolicyStatement[] {
  // Read when the template is loaded, and at the first call of a role with the policy.
  const known = isRecord(document) ? readBefore.get(document) : undefined;
  if (known !== undefined) return known;
  const statements = statementsIn(what, document, kind);
  if (isRecord(document)) readBefore.set(document, statements);
  return statements;
}

function statementsIn(what: string, document: unknown, kind: PolicyKind): PolicyStatement[] {
  const policy = propertiesOf(what, document, ['Version', 'Id', 'Statement']);
  const { Version: version, Statement: statements } = policy.values;
  if (version !== '2012-10-17') {
    throw new PropertyError(`${what}: its Version is ${String(version)}, but must be 2012-10-17.`);
  }
  return [statements].flat().map((statement, index) => {
    const sid = isRecord(statement) ? statement.Sid : undefined;
    const name = typeof sid === 'string' ? sid : index + 1;
    return readStatement(`${what} statement ${name}`, statement, kind);
  });
}

const elements: Readonly<Record<PolicyKind, readonly string[]>> = {
  identity: ['Resource'],
  resource: ['Resource', 'Principal'],
  trust: ['Principal'],
};

function readStatement(what: string, value: unknown, kind: PolicyKind): PolicyStatement {
  const own = elements[kind];
  const { values } = propertiesOf(what, value, ['Sid', 'Effect', 'Action', 'Condition', ...own]);
  const { Effect: effect } = values;
  if (effect !== 'Allow' && effect !== 'Deny') {
    throw new PropertyError(`${what}: its Effect is ${String(effect)}, not Allow or Deny.`);
  }
  const actions = texts(what, 'Action', values.Action);
  const unknown = actions.find((action) => !isKnownAction(action));
  if (unknown !== undefined) {
    throw new PropertyError(
      `${what}: nothing in the local cloud asks for the action ${unknown} (local-cloud/iam/action-table.ts).`,
    );
  }
  return {
    effect,
    action: anyOf(actions.map(actionTest)),
    resource:
      kind === 'trust' ? () => true : anyOf(texts(what, 'Resource', values.Resource).map(arnTest)),
    principal: kind === 'identity' ? () => true : principalTest(what, values.Principal),
    condition: conditionTest(what, values.Condition),
  };
}

function anyOf(tests: readonly TextTest[]): TextTest {
  const [only] = tests;
  if (only !== undefined && tests.length === 1) return only;
  return (text) => tests.some((test) => test(text));
}

/** `"*"`, `{"AWS": ...}` or `{"Service": ...}`. An account means all of its roles. */
function principalTest(what: string, value: unknown): (principal: Principal) => boolean {
  if (value === '*') return () => true;
  const { values } = propertiesOf(`${what} Principal`, value, ['AWS', 'Service']);
  const services = values.Service === undefined ? [] : texts(what, 'Service', values.Service);
  const identities = values.AWS === undefined ? [] : texts(what, 'AWS', values.AWS);
  const roles = identities.map((identity) => {
    const account = /^(?:arn:[\w-]+:iam::)?(\d{12})(?::root)?$/.exec(identity)?.[1];
    return account === undefined
      ? arnTest(identity)
      : (arn: string) => arn.split(':')[4] === account;
  });
  return (principal) =>
    principal.kind === 'service'
      ? identities.includes('*') || services.includes(principal.name)
      : roles.some((test) => test(principal.arn));
}

function texts(what: string, name: string, value: unknown): string[] {
  const found = [value].flat();
  return found.map((text) => {
    if (typeof text === 'string' && text !== '' && !text.includes('${')) return text;
    throw new PropertyError(
      `${what}: ${name} is ${JSON.stringify(text)}, but must be a text without a policy variable.`,
    );
  });
}
