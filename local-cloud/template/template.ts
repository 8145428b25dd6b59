/**
 * Reads a CloudFormation template with the values of its parameters: the resources in the order of
 * their references, and the properties of each once the earlier ones exist.
 * What can go wrong: a reference leads to nothing, or in a circle. Both are found before anything
 * is made.
 */
import { isRecord } from '../service/properties.ts';
import { noValue, referencesIn, resolveIntrinsics, type Scope } from './intrinsics.ts';
import { type ParameterValue, parameterValues, referenceTo } from './parameters.ts';
import type { Created } from './resource.ts';

export interface StackPlace {
  readonly stackName: string;
  readonly stackId: string;
  readonly region: string;
  readonly accountId: string;
}

export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: unknown;
  /** Logical ids of the resources that come first. */
  readonly after: ReadonlySet<string>;
  /** What happens to the resource when it leaves the stack, and when it is replaced. */
  readonly deletionPolicy: LeavingPolicy;
  readonly updateReplacePolicy: LeavingPolicy;
}

export type LeavingPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate';

export interface TemplateReading {
  readonly parameters: ReadonlyMap<string, ParameterValue>;
  /** In the order of references, else of the template. */
  readonly resources: readonly TemplateResource[];
  /** A resource's properties without intrinsic functions. */
  propertiesOf(resource: TemplateResource, made: Made): Readonly<Record<string, unknown>>;
  outputs(made: Made): Record<string, string>;
}

/** The made resources, by logical id. */
export type Made = (logicalId: string) => Created | undefined;

type Section = Readonly<Record<string, unknown>>;

/** @throws Error that says what is wrong in the template or its parameters */
export function readTemplate(
  given: object,
  values: Readonly<Record<string, string>>,
  place: StackPlace,
): TemplateReading {
  const template: Section = { ...given };
  const parameters = parameterValues(section(template, 'Parameters'), values);
  // Conditions and rules may not refer to resources.
  const whole = { template, parameters, pseudo: pseudoParameters(place) };
  const without = scopeOf(whole, () => undefined);
  checkRules(template, without);
  const resources = resourcesOf(template, without);
  const outputs = Object.entries(section(template, 'Outputs')).filter(([, output]) =>
    isIncluded(output, without),
  );
  const ids = new Set(resources.map(({ logicalId }) => logicalId));
  checkReferences(
    new Map([
      ...resources.map(({ type, logicalId, after }) => [`${type} ${logicalId}`, after] as const),
      ...outputs.map(
        ([name, output]) =>
          [`The output ${name}`, referencesIn(output, without.condition)] as const,
      ),
    ]),
    (name) => ids.has(name) || parameters.has(name),
  );
  return {
    parameters,
    resources: inOrder(resources),
    propertiesOf({ type, logicalId, properties }, made) {
      const scope = scopeOf(whole, made);
      const what = `${type} ${logicalId}`;
      const resolved = resolveIn(what, properties ?? {}, scope);
      if (!isRecord(resolved)) throw new Error(`${what}: its Properties are not an object.`);
      return resolved;
    },
    outputs(made) {
      const scope = scopeOf(whole, made);
      const values = outputs.map(([name, output]) => {
        const value = isRecord(output) ? output.Value : undefined;
        return [name, String(resolveIn(`The output ${name}`, value, scope))] as const;
      });
      return Object.fromEntries(values);
    },
  };
}

interface Whole {
  readonly template: Section;
  readonly parameters: ReadonlyMap<string, ParameterValue>;
  readonly pseudo: ReadonlyMap<string, unknown>;
}

function scopeOf({ template, parameters, pseudo }: Whole, made: Made): Scope {
  const createdOf = (logicalId: string): Created => {
    const found = made(logicalId);
    if (found !== undefined) return found;
    throw new Error(`${typeAndId(template, logicalId)} cannot be made by the local cloud.`);
  };
  const scope: Scope = {
    ref(name) {
      const parameter = parameters.get(name);
      if (parameter !== undefined) return referenceTo(parameter);
      return pseudo.get(name) ?? createdOf(name).physicalId;
    },
    attribute(logicalId, attribute) {
      const attributes = createdOf(logicalId).attributes ?? {};
      const value = attributes[attribute];
      if (value !== undefined) return value;
      throw new Error(
        `${typeAndId(template, logicalId)} has no attribute ${attribute} in the local cloud. It has: ${Object.keys(attributes).join(', ') || 'none'}.`,
      );
    },
    condition(name) {
      const conditions = section(template, 'Conditions');
      if (!(name in conditions)) throw new Error(`The template has no condition ${name}.`);
      return resolveIn(`The condition ${name}`, conditions[name], scope) === true;
    },
    mapping(name, first, second) {
      const rows = section(template, 'Mappings')[name];
      const row = isRecord(rows) ? rows[first] : undefined;
      const value = isRecord(row) ? row[second] : undefined;
      if (value !== undefined) return value;
      throw new Error(`The mapping ${name} has no value for ${first}, ${second}.`);
    },
  };
  return scope;
}

function pseudoParameters({ region, accountId, stackName, stackId }: StackPlace) {
  return new Map<string, unknown>([
    ['AWS::AccountId', accountId],
    ['AWS::NoValue', noValue],
    ['AWS::Partition', 'aws'],
    ['AWS::Region', region],
    ['AWS::StackId', stackId],
    ['AWS::StackName', stackName],
    ['AWS::URLSuffix', 'amazonaws.com'],
  ]);
}

/** Every message names the part of the template. */
function resolveIn(what: string, value: unknown, scope: Scope): unknown {
  try {
    return resolveIntrinsics(value, scope);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${what}: ${message}`, { cause: error });
  }
}

/** The template's own assertions on its parameters. */
function checkRules(template: Section, scope: Scope): void {
  for (const [name, rule] of Object.entries(section(template, 'Rules'))) {
    const what = `The rule ${name}`;
    for (const { Assert, AssertDescription } of assertionsOf(what, rule, scope)) {
      if (resolveIn(what, Assert, scope) === true) continue;
      const why = typeof AssertDescription === 'string' ? AssertDescription : '';
      throw new Error(`${what} is not kept: ${why || JSON.stringify(Assert)}`);
    }
  }
}

/** No assertions when the condition of the rule is false. */
function assertionsOf(what: string, rule: unknown, scope: Scope): Section[] {
  if (!isRecord(rule) || !Array.isArray(rule.Assertions)) return [];
  const { RuleCondition: condition } = rule;
  const applies = condition === undefined || resolveIn(what, condition, scope) === true;
  return applies ? rule.Assertions.filter(isRecord) : [];
}

function resourcesOf(template: Section, scope: Scope): TemplateResource[] {
  return Object.entries(section(template, 'Resources'))
    .filter(([, resource]) => isIncluded(resource, scope))
    .map(([logicalId, resource]) => {
      if (!isRecord(resource) || typeof resource.Type !== 'string') {
        throw new Error(`The resource ${logicalId} has no Type.`);
      }
      const { DependsOn = [] } = resource;
      const named = (Array.isArray(DependsOn) ? DependsOn : [DependsOn]).map(String);
      const references = referencesIn(resource.Properties, scope.condition);
      return {
        logicalId,
        type: resource.Type,
        properties: resource.Properties,
        after: new Set([...references, ...named]),
        deletionPolicy: policyOf(logicalId, resource.DeletionPolicy),
        updateReplacePolicy: policyOf(logicalId, resource.UpdateReplacePolicy),
      };
    });
}

function policyOf(logicalId: string, value: unknown): LeavingPolicy {
  const found = leavingPolicies.find((policy) => policy === (value ?? 'Delete'));
  if (found !== undefined) return found;
  throw new Error(
    `${logicalId} has the policy ${JSON.stringify(value)}, but the local cloud implements only ${leavingPolicies.join(', ')}.`,
  );
}

const leavingPolicies: readonly LeavingPolicy[] = ['Delete', 'Retain', 'RetainExceptOnCreate'];

function isIncluded(part: unknown, scope: Scope): boolean {
  if (!isRecord(part) || typeof part.Condition !== 'string') return true;
  return scope.condition(part.Condition);
}

/** @param references for each name, the names that it refers to */
function checkReferences(
  references: ReadonlyMap<string, ReadonlySet<string>>,
  known: (name: string) => boolean,
): void {
  for (const [what, names] of references) {
    for (const name of names) {
      if (known(name) || name.startsWith('AWS::')) continue;
      throw new Error(
        `${what} refers to ${name}, which is neither a resource nor a parameter of the template.`,
      );
    }
  }
}

function inOrder(resources: readonly TemplateResource[]): TemplateResource[] {
  const byId = new Map(resources.map((resource) => [resource.logicalId, resource]));
  const ordered = new Set<TemplateResource>();
  const visit = (resource: TemplateResource, path: readonly string[]): void => {
    if (ordered.has(resource)) return;
    const { logicalId } = resource;
    if (path.includes(logicalId)) {
      const circle = [...path.slice(path.indexOf(logicalId)), logicalId];
      throw new Error(`The template refers in a circle: ${circle.join(' -> ')}.`);
    }
    for (const name of resource.after) {
      const before = byId.get(name);
      if (before !== undefined) visit(before, [...path, logicalId]);
    }
    ordered.add(resource);
  };
  for (const resource of resources) visit(resource, []);
  return [...ordered];
}

function typeAndId(template: Section, logicalId: string): string {
  const resource = section(template, 'Resources')[logicalId];
  const type = isRecord(resource) ? resource.Type : undefined;
  return typeof type === 'string' ? `${type} ${logicalId}` : logicalId;
}

function section(template: Section, name: string): Section {
  const found = template[name];
  return isRecord(found) ? found : {};
}
