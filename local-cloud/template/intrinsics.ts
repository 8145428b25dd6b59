/**
 * CloudFormation's intrinsic functions. Pure: the scope resolves references. An unknown function is
 * an error.
 */
export interface Scope {
  /** The value of a parameter, pseudo parameter or resource. */
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapping(name: string, first: string, second: string): unknown;
}

/** The value of `AWS::NoValue`: its property or list item is left out. */
export const noValue: unique symbol = Symbol('AWS::NoValue');

/** Replaces every intrinsic function by its value. */
export function resolveIntrinsics(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolveIntrinsics(item, scope)).filter((item) => item !== noValue);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name = '', argument] = entries[0] ?? [];
  if (entries.length === 1 && isFunction(name, argument)) return call(name, argument, scope);
  return Object.fromEntries(
    entries
      .map(([key, item]) => [key, resolveIntrinsics(item, scope)] as const)
      .filter(([, item]) => item !== noValue),
  );
}

/**
 * All names in Ref, Fn::GetAtt and Fn::Sub. Of an Fn::If, only the branch that its condition takes.
 */
export function referencesIn(value: unknown, condition: (name: string) => boolean): Set<string> {
  const found = new Set<string>();
  const collect = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const [key, item] of Object.entries(part)) {
      if (key === 'Fn::If') {
        collect(takenBranch(item, condition));
        continue;
      }
      for (const name of referencesOf(key, item)) found.add(name);
      collect(item);
    }
  };
  collect(value);
  return found;
}

function referencesOf(key: string, argument: unknown): string[] {
  if (key === 'Ref' && typeof argument === 'string') return [argument];
  if (key === 'Fn::GetAtt') return [attributePath(argument)[0]];
  if (key === 'Fn::Sub') return substituted(argument);
  return [];
}

function takenBranch(argument: unknown, condition: (name: string) => boolean): unknown {
  const [name, yes, no] = listOf('Fn::If', argument, 3);
  return condition(textOf('Fn::If', name)) ? yes : no;
}

/**
 * `Condition` is a function only with a name as value: policy statements have a field of that name.
 */
function isFunction(name: string, argument: unknown): boolean {
  if (name === 'Condition') return typeof argument === 'string';
  return name === 'Ref' || name.startsWith('Fn::');
}

type IntrinsicFunction = (argument: unknown, scope: Scope) => unknown;

const functions: Readonly<Record<string, IntrinsicFunction>> = {
  Ref: (argument, scope) => scope.ref(textOf('Ref', argument)),
  Condition: (argument, scope) => scope.condition(textOf('Condition', argument)),
  'Fn::GetAtt': (argument, scope) => scope.attribute(...attributePath(argument)),
  'Fn::Join': (argument, scope) => {
    const [separator, items] = listOf('Fn::Join', argument, 2);
    const resolved = resolveIntrinsics(items, scope);
    return listOf('Fn::Join', resolved)
      .map((item) => scalar('Fn::Join', item))
      .join(scalar('Fn::Join', separator));
  },
  'Fn::Sub': substitute,
  'Fn::Select': (argument, scope) => {
    const [index, items] = listOf('Fn::Select', resolveIntrinsics(argument, scope), 2);
    const list = listOf('Fn::Select', items);
    const found = list[Number(index)];
    if (found !== undefined) return found;
    throw new Error(`Fn::Select asks for item ${JSON.stringify(index)} of ${list.length}.`);
  },
  'Fn::Split': (argument, scope) => {
    const [separator, text] = listOf('Fn::Split', resolveIntrinsics(argument, scope), 2);
    return scalar('Fn::Split', text).split(scalar('Fn::Split', separator));
  },
  'Fn::Base64': (argument, scope) => {
    const text = scalar('Fn::Base64', resolveIntrinsics(argument, scope));
    return Buffer.from(text).toString('base64');
  },
  'Fn::FindInMap': (argument, scope) => {
    const names = listOf('Fn::FindInMap', resolveIntrinsics(argument, scope), 3);
    const [name = '', first = '', second = ''] = names.map((item) => scalar('Fn::FindInMap', item));
    return scope.mapping(name, first, second);
  },
  'Fn::If': (argument, scope) => resolveIntrinsics(takenBranch(argument, scope.condition), scope),
  'Fn::Equals': (argument, scope) => {
    const [one, other] = listOf('Fn::Equals', resolveIntrinsics(argument, scope), 2);
    return JSON.stringify(one) === JSON.stringify(other) || String(one) === String(other);
  },
  'Fn::Not': (argument, scope) => {
    const [value] = listOf('Fn::Not', resolveIntrinsics(argument, scope), 1);
    return value !== true;
  },
  'Fn::And': (argument, scope) =>
    listOf('Fn::And', resolveIntrinsics(argument, scope)).every((value) => value === true),
  'Fn::Or': (argument, scope) =>
    listOf('Fn::Or', resolveIntrinsics(argument, scope)).some((value) => value === true),
  'Fn::Contains': (argument, scope) => {
    const [items, wanted] = listOf('Fn::Contains', resolveIntrinsics(argument, scope), 2);
    return listOf('Fn::Contains', items).includes(wanted);
  },
};

function call(name: string, argument: unknown, scope: Scope): unknown {
  const implementation = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (implementation !== undefined) return implementation(argument, scope);
  throw new Error(
    `The local cloud does not implement ${name}. It implements: ${Object.keys(functions).join(', ')}.`,
  );
}

/** `["Resource", "Attribute"]` or `"Resource.Attribute"`. */
function attributePath(argument: unknown): [string, string] {
  if (typeof argument === 'string') {
    const [logicalId = '', ...rest] = argument.split('.');
    return [logicalId, rest.join('.')];
  }
  const [logicalId, attribute] = listOf('Fn::GetAtt', argument, 2);
  return [textOf('Fn::GetAtt', logicalId), textOf('Fn::GetAtt', attribute)];
}

/** `${Name}`, `${Resource.Attribute}`; `${!Name}` stays as `${Name}`. */
function substitute(argument: unknown, scope: Scope): string {
  const [template, own] = subParts(argument);
  const variables = resolveIntrinsics(own, scope) as Readonly<Record<string, unknown>>;
  return template.replaceAll(/\$\{([^}]*)\}/g, (_match, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (Object.hasOwn(variables, name)) return scalar('Fn::Sub', variables[name]);
    if (name.includes('.')) return scalar('Fn::Sub', scope.attribute(...attributePath(name)));
    return scalar('Fn::Sub', scope.ref(name));
  });
}

function substituted(argument: unknown): string[] {
  const [template, own] = subParts(argument);
  return [...template.matchAll(/\$\{([^}!][^}]*)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !Object.hasOwn(own, name))
    .map((name) => name.split('.')[0] ?? name);
}

function subParts(argument: unknown): [template: string, variables: object] {
  if (typeof argument === 'string') return [argument, {}];
  const [template, variables] = listOf('Fn::Sub', argument, 2);
  if (typeof variables !== 'object' || variables === null) {
    throw new Error('Fn::Sub needs an object of variables as its second argument.');
  }
  return [textOf('Fn::Sub', template), variables];
}

function listOf(name: string, value: unknown, length?: number): readonly unknown[] {
  if (Array.isArray(value) && (length === undefined || value.length === length)) return value;
  const wanted = length === undefined ? 'a list' : `a list of ${length}`;
  throw new Error(`${name} needs ${wanted}, not ${JSON.stringify(value)}.`);
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error(`${name} needs a text, not ${JSON.stringify(value)}.`);
}

function scalar(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${name} needs texts, not ${JSON.stringify(value)}.`);
}
