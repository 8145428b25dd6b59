/**
 * Wildcards in policies: `*` for any characters, `?` for one.
 * Source: IAM user guide, "IAM JSON policy elements: Resource" and "Action".
 * What can go wrong: in an ARN a wildcard stays within its part between two colons, but for the last
 * part, which is all the rest.
 */

export type TextTest = (text: string) => boolean;

/** Exact in case, as ARNs and most values are. */
export function wildcardTest(pattern: string): TextTest {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  return testOf(expressionOf(pattern, '.'));
}

/** Actions are written in any case. */
export function actionTest(pattern: string): TextTest {
  const test = wildcardTest(pattern.toLowerCase());
  return (action) => test(action.toLowerCase());
}

export function arnTest(pattern: string): TextTest {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) return (arn) => arn === pattern;
  const parts = pattern.split(':');
  // arn, partition, service, region, account; then the resource, which may have colons itself.
  const place = parts.slice(0, 5).map((part) => expressionOf(part, '[^:]'));
  const resource = parts.slice(5).map((part) => expressionOf(part, '.'));
  return testOf([...place, ...resource].join(':'));
}

/** @param any what one character of a wildcard may be */
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
