/** What a call asks of IAM: may this be done to that, under these input? */

export interface AccessRequest {
  /** `ec2:RunInstances` */
  readonly action: string;
  /** Undefined where the action knows no resources: then only "*" allows it. */
  readonly resource?: string;
  /** Condition keys in lower case, besides those that the caller brings. @default none */
  readonly context?: (key: string) => readonly string[] | undefined;
}

export type Tags = Readonly<Record<string, string>>;

/** `aws:requesttag/...` and `aws:tagkeys` of what a call wants to tag with. */
export function requestTagContext(tags: Tags): AccessRequest['context'] {
  return (key) => {
    if (key === 'aws:tagkeys')
      return Object.keys(tags).length === 0 ? undefined : Object.keys(tags);
    return valueByTag(key, ['aws:requesttag/'], tags);
  };
}

/** `aws:resourcetag/...` of what is there already. */
export function resourceTagContext(tags: Tags): AccessRequest['context'] {
  return (key) => valueByTag(key, ['aws:resourcetag/', 'ec2:resourcetag/'], tags);
}

export function fixedContext(values: Readonly<Record<string, string>>): AccessRequest['context'] {
  return (key) => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    return value === undefined ? undefined : [value];
  };
}

/** The first that has the key. */
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

/** The keys of tags are looked up in any case, as all condition keys are. */
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
