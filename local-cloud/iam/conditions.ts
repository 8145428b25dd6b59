/**
 * The Condition of a statement. Every operator and every key must hold; of several values in the
 * policy, one.
 * Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Creating a condition
 * with multiple keys or values".
 * What can go wrong: a request lacks a key. Then an operator does not match, except negated
 * operators, `...IfExists`, `ForAllValues:` and `Null`, which have rules of their own. An unknown
 * operator or key is an error when the policy is loaded.
 */
import { isRecord, PropertyError } from '../service/properties.ts';
import { isConditionKey } from './condition-keys.ts';
import { arnTest, type TextTest, wildcardTest } from './patterns.ts';

/** The values of a condition key in a request; undefined without the key. */
export type RequestContext = (key: string) => readonly string[] | undefined;

export type ConditionTest = (context: RequestContext) => boolean;

interface Operator {
  /** The test for one value of the policy. */
  readonly test: (wanted: string) => TextTest;
  readonly negated?: true;
}

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: { test: (wanted) => (text) => text === wanted },
  StringNotEquals: { test: (wanted) => (text) => text === wanted, negated: true },
  StringEqualsIgnoreCase: {
    test: (wanted) => (text) => text.toLowerCase() === wanted.toLowerCase(),
  },
  StringLike: { test: wildcardTest },
  StringNotLike: { test: wildcardTest, negated: true },
  // For ARNs "equals" and "like" behave the same.
  ArnEquals: { test: arnTest },
  ArnLike: { test: arnTest },
  ArnNotEquals: { test: arnTest, negated: true },
  ArnNotLike: { test: arnTest, negated: true },
  Bool: { test: (wanted) => (text) => text === wanted.toLowerCase() },
};

export function conditionTest(what: string, condition: unknown): ConditionTest {
  if (condition === undefined) return () => true;
  if (!isRecord(condition)) throw new PropertyError(`${what}: its Condition is not an object.`);
  const tests = Object.entries(condition).flatMap(([operator, keys]) => {
    if (!isRecord(keys)) throw new PropertyError(`${what}: ${operator} is not an object of keys.`);
    return Object.entries(keys).map(([key, values]) => keyTest(what, operator, key, values));
  });
  return (context) => tests.every((test) => test(context));
}

function keyTest(what: string, operator: string, key: string, values: unknown): ConditionTest {
  if (!isConditionKey(key)) {
    throw new PropertyError(
      `${what}: the local cloud does not know the condition key ${key} (local-cloud/iam/condition-keys.ts).`,
    );
  }
  const wanted = [values].flat().map((value) => textValue(what, key, value));
  if (operator === 'Null') return nullTest(key, wanted);
  const [, set = '', name = '', ifExists] =
    /^(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const known = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (known === undefined) {
    throw new PropertyError(
      `${what}: the local cloud does not implement the condition operator ${operator}. It implements: Null, ${Object.keys(operators).join(', ')}.`,
    );
  }
  const tests = wanted.map(known.test);
  const one = (text: string) => tests.some((test) => test(text)) !== (known.negated ?? false);
  return (context) => {
    const found = context(key);
    if (set === 'ForAllValues:') return (found ?? []).every(one);
    if (found === undefined) return ifExists !== undefined || (!set && known.negated === true);
    if (set === 'ForAnyValue:') return found.some(one);
    return one(found[0] ?? '');
  };
}

/** `true`: the key must be missing; `false`: it must be present. */
function nullTest(key: string, wanted: readonly string[]): ConditionTest {
  return (context) => wanted.includes(String(context(key) === undefined));
}

function textValue(what: string, key: string, value: unknown): string {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string' && !value.includes('${')) return value;
  throw new PropertyError(
    `${what}: the value ${JSON.stringify(value)} of ${key} must be a text without a policy variable.`,
  );
}
