/**
 * Creates what a CloudFormation template says, in the order that its references ask for. What each
 * type of resource is, the makers know.
 * What can go wrong: a template that refers to something it does not have, or in a circle. Both are
 * found before anything is created.
 */
import { suffixFrom } from '../identifiers.ts';
import { isRecord } from '../properties.ts';
import type { Random } from '../random.ts';
import { noValue, referencesIn, resolveIntrinsics, type Scope } from './intrinsics.ts';
import { type ParameterValue, parameterValues, referenceTo } from './parameters.ts';

export interface Created {
  /** What `Ref` returns. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` returns. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface ToBeMade {
  readonly logicalId: string;
  readonly type: string;
  /** Without intrinsic functions. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** What CloudFormation tags with, wherever tags are possible (Resource tags, user guide). */
  readonly stackTags: Readonly<Record<string, string>>;
  /** The name that CloudFormation would make up, of at most so many characters. */
  nameOf(mostCharacters: number): string;
}

export type Maker = (resource: ToBeMade) => Created | Promise<Created>;

export interface DeployOptions {
  readonly template: object;
  readonly parameters: Readonly<Record<string, string>>;
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  readonly random: Random;
  /** By resource type. Types without a maker are passed over. */
  readonly makers: Readonly<Record<string, Maker>>;
  /** Told of the parameters before anything is made. */
  onParameters?(parameters: ReadonlyMap<string, ParameterValue>): void;
}

export interface Deployed {
  readonly resources: Map<string, { type: string; physicalId: string }>;
  readonly outputs: Record<string, string>;
  /** Types that were passed over. */
  readonly unsupported: string[];
}

type Section = Readonly<Record<string, unknown>>;

interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: unknown;
  /** Logical ids of the resources that must be there before. */
  readonly after: ReadonlySet<string>;
}

export async function deployTemplate(options: DeployOptions): Promise<Deployed> {
  const template: Section = { ...options.template };
  const parameters = parameterValues(section(template, 'Parameters'), options.parameters);
  const created = new Map<string, Created>();
  const scope = scopeOf(template, options, parameters, created);
  checkRules(template, scope);
  const resources = resourcesOf(template, scope);
  const outputs = Object.entries(section(template, 'Outputs')).filter(([, output]) =>
    isIncluded(output, scope),
  );
  const ids = new Set(resources.map(({ logicalId }) => logicalId));
  checkReferences(
    new Map([
      ...resources.map(({ type, logicalId, after }) => [`${type} ${logicalId}`, after] as const),
      ...outputs.map(
        ([name, output]) => [`The output ${name}`, referencesIn(output, scope.condition)] as const,
      ),
    ]),
    (name) => ids.has(name) || parameters.has(name),
  );
  options.onParameters?.(parameters);

  const deployed: Deployed = { resources: new Map(), outputs: {}, unsupported: [] };
  for (const resource of inOrder(resources)) {
    const maker = options.makers[resource.type];
    if (maker === undefined) {
      if (!deployed.unsupported.includes(resource.type)) deployed.unsupported.push(resource.type);
      continue;
    }
    const made = await maker(toBeMade(resource, options, scope));
    created.set(resource.logicalId, made);
    const { type } = resource;
    deployed.resources.set(resource.logicalId, { type, physicalId: made.physicalId });
  }
  for (const [name, output] of outputs) {
    const value = isRecord(output) ? output.Value : undefined;
    deployed.outputs[name] = String(resolveIn(`The output ${name}`, value, scope));
  }
  return deployed;
}

function toBeMade(resource: Resource, options: DeployOptions, scope: Scope): ToBeMade {
  const { logicalId, type } = resource;
  const what = `${type} ${logicalId}`;
  const properties = resolveIn(what, resource.properties ?? {}, scope);
  if (!isRecord(properties)) throw new Error(`${what}: its Properties are not an object.`);
  return {
    logicalId,
    type,
    properties,
    stackTags: {
      'aws:cloudformation:stack-name': options.stackName,
      'aws:cloudformation:stack-id': stackIdOf(options),
      'aws:cloudformation:logical-id': logicalId,
    },
    nameOf(mostCharacters) {
      const suffix = suffixFrom(options.random, 12);
      const name = `${options.stackName}-${logicalId}`;
      return `${name.slice(0, mostCharacters - suffix.length - 1)}-${suffix}`;
    },
  };
}

function scopeOf(
  template: Section,
  options: DeployOptions,
  parameters: ReadonlyMap<string, ParameterValue>,
  created: ReadonlyMap<string, Created>,
): Scope {
  const pseudo = pseudoParameters(options);
  const createdOf = (logicalId: string): Created => {
    const found = created.get(logicalId);
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

function stackIdOf({ region, accountId, stackName }: DeployOptions): string {
  return `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`;
}

function pseudoParameters(options: DeployOptions): Map<string, unknown> {
  const { region, accountId, stackName } = options;
  return new Map<string, unknown>([
    ['AWS::AccountId', accountId],
    ['AWS::NoValue', noValue],
    ['AWS::Partition', 'aws'],
    ['AWS::Region', region],
    ['AWS::StackId', stackIdOf(options)],
    ['AWS::StackName', stackName],
    ['AWS::URLSuffix', 'amazonaws.com'],
  ]);
}

/** Which part of the template could not be resolved belongs to every message. */
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

/** None when the rule's own condition does not hold. */
function assertionsOf(what: string, rule: unknown, scope: Scope): Section[] {
  if (!isRecord(rule) || !Array.isArray(rule.Assertions)) return [];
  const { RuleCondition: condition } = rule;
  const applies = condition === undefined || resolveIn(what, condition, scope) === true;
  return applies ? rule.Assertions.filter(isRecord) : [];
}

function resourcesOf(template: Section, scope: Scope): Resource[] {
  return Object.entries(section(template, 'Resources'))
    .filter(([, resource]) => isIncluded(resource, scope))
    .map(([logicalId, resource]) => {
      if (!isRecord(resource) || typeof resource.Type !== 'string') {
        throw new Error(`The resource ${logicalId} has no Type.`);
      }
      const { DependsOn = [] } = resource;
      const named = (Array.isArray(DependsOn) ? DependsOn : [DependsOn]).map(String);
      const references = referencesIn(resource.Properties, scope.condition);
      const after = new Set([...references, ...named]);
      return { logicalId, type: resource.Type, properties: resource.Properties, after };
    });
}

function isIncluded(part: unknown, scope: Scope): boolean {
  if (!isRecord(part) || typeof part.Condition !== 'string') return true;
  return scope.condition(part.Condition);
}

/** @param references by what refers: the names that it refers to */
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

/** Everything after what it refers to, otherwise in the template's order. */
function inOrder(resources: readonly Resource[]): Resource[] {
  const byId = new Map(resources.map((resource) => [resource.logicalId, resource]));
  const ordered = new Set<Resource>();
  const visit = (resource: Resource, path: readonly string[]): void => {
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
