/**
 * Fills the state machine's placeholders in: the settings, the cluster's resources, the functions.
 * What can go wrong: a placeholder that nobody fills in deploys as a string and fails in the first
 * failover. So every placeholder must be known, and every value must be used.
 */

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** A placeholder is a whole string of this shape: `SETTINGS`, `TOPIC`, `FUNCTION survey-coordinators`. */
const placeholderPattern = /^(?:SETTINGS|CLUSTER|PUBLISH|TOPIC|FUNCTION .*)$/;

/**
 * @param definition the parsed ASL file
 * @param values by placeholder
 * @throws Error that names every unknown placeholder and every value that was not used
 */
export function fillIn(definition: Json, values: Readonly<Record<string, Json>>): Json {
  const used = new Set<string>();
  const unknown = new Set<string>();
  const filled = replaceStrings(definition, (text) => {
    if (!placeholderPattern.test(text)) return text;
    const value = values[text];
    if (value === undefined) {
      unknown.add(text);
      return text;
    }
    used.add(text);
    return value;
  });
  const unused = Object.keys(values).filter((name) => !used.has(name));
  const problems = [
    ...[...unknown].map((name) => `the state machine asks for "${name}", which nothing provides`),
    ...unused.map((name) => `"${name}" is provided, but the state machine does not ask for it`),
  ];
  if (problems.length > 0) {
    throw new Error(
      `Cannot fill in the state machine: ${problems.join('; ')}. Provided: ${Object.keys(values).join(', ')}.`,
    );
  }
  return filled;
}

function replaceStrings(value: Json, replace: (text: string) => Json): Json {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((item: Json) => replaceStrings(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaceStrings(item, replace)]),
  );
}
