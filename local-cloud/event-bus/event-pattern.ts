/**
 * Which events a rule matches. Pure. A pattern has the form of the event, with lists at the leaves:
 * one item of a list must match.
 * Source: EventBridge User Guide, "Event patterns" and "Comparison operators".
 * What can go wrong: an unknown operator never matches. So the pattern is refused when it is read.
 */
export type EventTest = (event: object) => boolean;

type ValueTest = (value: unknown) => boolean;

const operators = ['prefix', 'suffix', 'anything-but', 'exists'] as const;

/** @throws Error that names the unreadable part of the pattern */
export function eventTestFrom(pattern: unknown): EventTest {
  return objectTest(pattern, 'The event pattern');
}

function objectTest(pattern: unknown, where: string): ValueTest {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new Error(`${where} must be an object with at least one field.`);
  }
  const tests = Object.entries(pattern).map(([field, wanted]): ValueTest => {
    const place = `${where}, ${field},`;
    if (field.startsWith('$')) {
      throw new Error(`${place} is an operator that the local cloud does not implement.`);
    }
    const test = Array.isArray(wanted) ? listTest(wanted, place) : objectTest(wanted, place);
    return (value) => test(isObject(value) ? value[field] : undefined);
  });
  return (value) => tests.every((test) => test(value));
}

/** One wanted value must match; of a list in the event, one item. */
function listTest(wanted: readonly unknown[], where: string): ValueTest {
  if (wanted.length === 0) throw new Error(`${where} must be a list with at least one item.`);
  const tests = wanted.map((item) => leafTest(item, where));
  return (value) => tests.some((test) => test(value));
}

function leafTest(wanted: unknown, where: string): ValueTest {
  if (!isObject(wanted)) return anyItem((value) => value === wanted);
  const [operator, ...others] = Object.keys(wanted);
  if (operator === undefined || others.length > 0) {
    throw new Error(`${where} has an object that is not one operator: ${JSON.stringify(wanted)}.`);
  }
  return operatorTest(operator, wanted[operator], where);
}

function operatorTest(operator: string, operand: unknown, where: string): ValueTest {
  if (operator === 'exists' && typeof operand === 'boolean') {
    return (value) => (value !== undefined) === operand;
  }
  if (operator === 'prefix' && typeof operand === 'string') {
    return anyItem((value) => typeof value === 'string' && value.startsWith(operand));
  }
  if (operator === 'suffix' && typeof operand === 'string') {
    return anyItem((value) => typeof value === 'string' && value.endsWith(operand));
  }
  if (operator === 'anything-but') {
    const removal = Array.isArray(operand) ? operand : [operand];
    const test = listTest(removal, where);
    // A missing field does not match.
    return (value) => value !== undefined && !test(value);
  }
  throw new Error(
    `${where} has the operator ${JSON.stringify({ [operator]: operand })}, which the local cloud does not implement. It implements exact values and: ${operators.join(', ')}.`,
  );
}

function anyItem(test: ValueTest): ValueTest {
  return (value) => (Array.isArray(value) ? value.some(test) : test(value));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
