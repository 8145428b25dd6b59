/**
 * Reads single fields of what comes from outside, by their path: the one place that words what is wrong.
 * Each throws BadInput that names the path, the value and what is allowed.
 */
import { BadInput } from './errors.ts';

export function objectAt(path: string, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw bad(path, value, 'an object');
  }
  return value as Record<string, unknown>;
}

export function textAt(path: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw bad(path, value, 'a text');
  return value;
}

export function bad(path: string, value: unknown, allowed: string): BadInput {
  const shown = (JSON.stringify(value) ?? String(value)).slice(0, 200);
  return new BadInput(`${path} is ${shown}, but must be ${allowed}.`);
}
