/**
 * Reads single fields of what comes from outside, by their path, and words what is wrong. The functions'
 * reader: schemas (schema.ts) have no room in their bundles.
 */
import { BadInput } from './errors.ts';

/** Throws BadInput that names the path, the value and what is allowed. */
export function objectAt(path: string, value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw bad(path, value, 'an object');
  return value;
}

/** Throws BadInput as `objectAt` does. */
export function textAt(path: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw bad(path, value, 'a text');
  return value;
}

export function bad(path: string, value: unknown, allowed: string): BadInput {
  return new BadInput(mustBe(path, value, allowed));
}

export function mustBe(path: string, value: unknown, allowed: string): string {
  return `${path} is ${shown(value)}, but must be ${ended(allowed)}`;
}

/** With a full stop, where there is none yet. */
export function ended(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function shown(value: unknown): string {
  // JSON has no word for NaN and Infinity.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  if (text === undefined) return 'missing';
  return text.length > mostShown ? `${text.slice(0, mostShown)}...` : text;
}

const mostShown = 120;
