/** Kinds of options, and how their values are read. */
import { Mistake, type OptionRule, type Reader } from './command-line.ts';

/** True where it was typed. */
export function flag(what: string): OptionRule<boolean> {
  const read = (typed: string | undefined) => typed !== undefined;
  return { kind: 'switch', placeholder: '', isRequired: false, what, read };
}

export function optional<Value>(
  placeholder: string,
  what: string,
  reader: Reader<Value>,
): OptionRule<Value | undefined> {
  return withDefault<Value | undefined>(placeholder, what, reader, undefined);
}

/** `what` names the default. */
export function withDefault<Value>(
  placeholder: string,
  what: string,
  reader: Reader<Value>,
  byDefault: Value,
): OptionRule<Value> {
  const read = (typed: string | undefined, name: string) =>
    typed === undefined ? byDefault : reader(typed, name);
  return { kind: 'option', placeholder, isRequired: false, what, read };
}

export function required(placeholder: string, what: string): OptionRule<string> {
  return { kind: 'option', placeholder, isRequired: true, what, read: (typed = '') => typed };
}

/** A word that is typed without an option's name. */
export function argument(placeholder: string, what: string): OptionRule<string> {
  return { ...required(placeholder, what), kind: 'argument' };
}

export function text(typed: string): string {
  return typed;
}

export interface Limits {
  readonly least: number;
  readonly most: number;
}

export function wholeNumber({ least, most }: Limits): Reader<number> {
  return (typed, name) => {
    const value = /^\d+$/.test(typed) ? Number(typed) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw wrong(name, typed, `a whole number from ${least} to ${most}`);
  };
}

export function oneOf<const Name extends string>(names: readonly Name[]): Reader<Name> {
  return (typed, name) => {
    const found = names.find((one) => one === typed);
    if (found !== undefined) return found;
    throw wrong(name, typed, `one of: ${names.join(', ')}`);
  };
}

export function matching(pattern: RegExp, allowed: string): Reader<string> {
  return (typed, name) => {
    if (pattern.test(typed)) return typed;
    throw wrong(name, typed, allowed);
  };
}

/** Milliseconds of `90s`, `30m`, `2h`, `1d`. */
export function duration({ least, most }: Limits, allowed: string): Reader<number> {
  return (typed, name) => {
    const [, count, unit = ''] = /^(\d{1,6})(s|m|h|d)$/.exec(typed) ?? [];
    const value = Number(count) * (unitMs.get(unit) ?? Number.NaN);
    if (value >= least && value <= most) return value;
    throw wrong(name, typed, allowed);
  };
}

const unitMs: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

const mostShown = 200;

/** `why` is a sentence of its own. */
export function wrong(name: string, typed: string, allowed: string, why = ''): Mistake {
  const shown = typed.length > mostShown ? `${typed.slice(0, mostShown)}...` : typed;
  return new Mistake(`${name} is "${shown}", but must be ${allowed}. ${why}`.trimEnd());
}
