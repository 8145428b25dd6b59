/**
 * The input of a target: the event, a part of the event, a constant, or a filled template.
 * Source: EventBridge User Guide, "Input transformation".
 */

import { PropertyError, propertiesOf, text, textRecord } from '../service/properties.ts';
import type { CloudEvent } from '../service/signals.ts';

/** The target's input as JSON text. */
export type InputFrom = (event: CloudEvent) => string;

/** Reads Input, InputPath and InputTransformer of a target's CloudFormation properties. */
export function inputFrom(what: string, target: Readonly<Record<string, unknown>>): InputFrom {
  const ways = ['Input', 'InputPath', 'InputTransformer'].filter((name) => name in target);
  if (ways.length > 1) {
    throw new PropertyError(
      `${what} has ${ways.join(' and ')}, but only one of them may be given.`,
    );
  }
  if (typeof target.Input === 'string') return constantInput(what, target.Input);
  if (typeof target.InputPath === 'string') {
    const read = pathReader(what, target.InputPath);
    return (event) => JSON.stringify(read(event) ?? null);
  }
  if (target.InputTransformer !== undefined) return transformer(what, target.InputTransformer);
  if (ways.length > 0) throw new PropertyError(`${what}: ${ways[0]} must be a text.`);
  return (event) => JSON.stringify(event);
}

function constantInput(what: string, input: string): InputFrom {
  try {
    JSON.parse(input);
  } catch {
    throw new PropertyError(`${what}: Input is ${input}, but must be JSON.`);
  }
  return () => input;
}

/** `$.detail.instance-id`, `$.resources[0]`, `$`. */
function pathReader(what: string, path: string): (event: object) => unknown {
  if (!/^\$(\.[\w-]+|\[\d+\])*$/.test(path)) {
    throw new PropertyError(`${what} has the path ${path}, but only $.name and [number] are read.`);
  }
  const steps = path.slice(1).match(/[\w-]+/g) ?? [];
  return (event) =>
    steps.reduce<unknown>(
      (value, step) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, step)
          ? (value as Readonly<Record<string, unknown>>)[step]
          : undefined,
      event,
    );
}

function transformer(what: string, value: unknown): InputFrom {
  const given = propertiesOf(`${what} InputTransformer`, value, ['InputPathsMap', 'InputTemplate']);
  const readers = Object.fromEntries(
    Object.entries(textRecord(given, 'InputPathsMap')).map(([name, path]) => [
      name,
      pathReader(given.what, path),
    ]),
  );
  const template = text(given, 'InputTemplate');
  const fill: InputFrom = (event) => filled(template, readers, event, given.what);
  return (event) => {
    const input = fill(event);
    try {
      JSON.parse(input);
    } catch {
      throw new PropertyError(`${given.what} makes no JSON: ${input}`);
    }
    return input;
  };
}

/** Within quotes a value is inserted as text, elsewhere as JSON. */
function filled(
  template: string,
  readers: Readonly<Record<string, (event: object) => unknown>>,
  event: CloudEvent,
  what: string,
): string {
  return template.replaceAll(/<([\w.-]+)>/g, (_match, name: string, offset: number) => {
    const value = name === 'aws.events.event.json' ? event : readers[name]?.(event);
    if (value === undefined && !(name in readers)) {
      throw new PropertyError(`${what} has <${name}>, which its InputPathsMap does not name.`);
    }
    if (!isQuoted(template.slice(0, offset))) return JSON.stringify(value ?? '');
    if (value === undefined) return '';
    const plain = typeof value === 'string' ? value : JSON.stringify(value);
    return JSON.stringify(plain).slice(1, -1);
  });
}

function isQuoted(before: string): boolean {
  return (before.replaceAll(/\\./g, '').match(/"/g) ?? []).length % 2 === 1;
}
