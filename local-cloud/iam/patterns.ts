/**
 * Wildcards in policies: `*` for any characters, `?` for one. In an ARN a wildcard stays within its
 * part between two colons; the last part is all the rest.
 * Source: IAM user guide, "IAM JSON policy elements: Resource" and "Action".
 */

export type TextTest = (text: string) => boolean;

/** Case counts, as in ARNs and most values. */
export function wildcardTest(pattern: string): TextTest {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  return testOf(expressionOf(pattern, '.'));
}

/** Case does not count, as in actions. */
export function actionTest(pattern: string): TextTest {
  const test = wildcardTest(pattern.toLowerCase());
  return (action) => test(action.toLowerCase());
}

export function arnTest(pattern: string): TextTest {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) return (arn) => arn === pattern;
  const parts = pattern.split(':');
  // arn, partition, service, region, account; the resource may have colons.
  const place = parts.slice(0, 5).map((part) => expressionOf(part, '[^:]'));
  const resource = parts.slice(5).map((part) => expressionOf(part, '.'));
  return testOf([...place, ...resource].join(':'));
}

/** @param any what one character of a wildcard matches */
function expressionOf(pattern: string, any: string): string {
  return pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', `${any}*`)
    .replaceAll('?', any);
}

function testOf(expression: string): TextTest {
  const whole = new RegExp(`^${expression}$`, 's');
  return (text) => whole.test(text);
}
