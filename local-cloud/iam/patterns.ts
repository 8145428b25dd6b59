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
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const whole = new RegExp(`^${expression}$`, 's');
  return (text) => whole.test(text);
}

/** Actions are written in any case. */
export function actionTest(pattern: string): TextTest {
  const test = wildcardTest(pattern.toLowerCase());
  return (action) => test(action.toLowerCase());
}

export function arnTest(pattern: string): TextTest {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) return (arn) => arn === pattern;
  const tests = partsOf(pattern).map(wildcardTest);
  return (arn) => {
    const parts = partsOf(arn);
    return parts.length === tests.length && tests.every((test, index) => test(parts[index] ?? ''));
  };
}

/** arn, partition, service, region, account, resource. */
function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
