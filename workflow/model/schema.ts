/**
 * Untyped documents against schemas of valibot, and the sentence about what is wrong with one. Not for the
 * functions, whose bundles have no room for valibot: they read by fields.ts. A schema's message is the end of
 * the sentence about a value, such as `must be a text`.
 */
import * as v from 'valibot';
import { ended, isObject, shown } from './fields.ts';

/** A value that `fits`; `allowed` says in words what fits. */
export function value<Type>(fits: (given: unknown) => boolean, allowed: string) {
  return v.custom<Type>(fits, `must be ${allowed}`);
}

export function oneOf<const Option extends string | number | boolean>(options: readonly Option[]) {
  const known: readonly unknown[] = options;
  const words = options.map((option) => JSON.stringify(option)).join(', ');
  return value<Option>((given) => known.includes(given), `one of ${words}`);
}

/**
 * An object with these fields and no others. A field that is missing is refused by its own schema, as
 * undefined.
 */
export function object<const Fields extends v.ObjectEntries>(
  fields: Fields,
  words: { readonly allowed: string; readonly unknown: string },
) {
  const absent = Object.fromEntries(Object.keys(fields).map((name) => [name, undefined]));
  return v.pipe(
    value<Readonly<Record<string, unknown>>>(isObject, words.allowed),
    v.transform((given) => ({ ...absent, ...given })),
    v.strictObject(fields, words.unknown),
  );
}

interface Problem {
  /** `hosts[0].who`; empty for the document itself. */
  readonly place: string;
  /** `is "activ", but must be one of ...`. */
  readonly predicate: string;
}

export function problemsOf(issues: readonly v.BaseIssue<unknown>[]): readonly Problem[] {
  return issues.map(({ path = [], message, input }) => {
    const given = path.length === 0 ? input : path.at(-1)?.value;
    return { place: placeOf(path), predicate: `is ${shown(given)}, but ${ended(message)}` };
  });
}

function placeOf(path: readonly v.IssuePathItem[]): string {
  return path.reduce((place, { key }) => {
    if (typeof key === 'number') return `${place}[${key}]`;
    return place === '' ? String(key) : `${place}.${String(key)}`;
  }, '');
}
