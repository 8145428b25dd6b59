/** What a call asks IAM: may the caller do this to that resource, with these condition keys? */
import type { Tags } from '../service/properties.ts';

export interface AccessRequest {
  /** `ec2:RunInstances` */
  readonly action: string;
  /** Undefined where the action has no resources: only "*" allows it. */
  readonly resource?: string;
  /** Condition keys in lower case, beside those of the caller. @default none */
  readonly context?: (key: string) => readonly string[] | undefined;
}

/** `aws:requesttag/...` and `aws:tagkeys`, of the tags in the call. */
export function requestTagContext(tags: Tags): AccessRequest['context'] {
  return (key) => {
    if (key === 'aws:tagkeys')
      return Object.keys(tags).length === 0 ? undefined : Object.keys(tags);
    return valueByTag(key, ['aws:requesttag/'], tags);
  };
}

/** `aws:resourcetag/...`, of the existing tags. */
export function resourceTagContext(tags: Tags): AccessRequest['context'] {
  return (key) => valueByTag(key, ['aws:resourcetag/', 'ec2:resourcetag/'], tags);
}

export function fixedContext(values: Readonly<Record<string, string>>): AccessRequest['context'] {
  return (key) => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    return value === undefined ? undefined : [value];
  };
}

/** The first context that has the key. */
export function contextOf(
  ...contexts: readonly AccessRequest['context'][]
): AccessRequest['context'] {
  return (key) => {
    for (const context of contexts) {
      const values = context?.(key);
      if (values !== undefined) return values;
    }
    return undefined;
  };
}

/** Tag keys in conditions ignore case, as all condition keys do. */
function valueByTag(
  key: string,
  prefixes: readonly string[],
  tags: Tags,
): readonly string[] | undefined {
  const prefix = prefixes.find((one) => key.startsWith(one));
  if (prefix === undefined) return undefined;
  const wanted = key.slice(prefix.length);
  const found = Object.entries(tags).find(([name]) => name.toLowerCase() === wanted);
  return found === undefined ? undefined : [found[1]];
}
