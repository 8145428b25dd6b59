/**
 * Filters and pages of all describe operations. All filters must match, one value of a filter is
 * enough, `*` and `?` are wildcards (EC2 user guide, filter resources).
 */

import type { Filter } from '@aws-sdk/client-ec2';
import type { Tags } from '../service/properties.ts';
import { ServiceError } from '../service/service.ts';

/** The values that a record has for each filter name. */
export type FilterValues = Readonly<Record<string, readonly (string | undefined)[]>>;

export function matchesFilters(
  filters: readonly Filter[] | undefined,
  tags: Tags,
  values: FilterValues,
): boolean {
  return (filters ?? []).every((filter) => {
    const name = filter.Name ?? '';
    const patterns = (filter.Values ?? []).map(patternFrom);
    return valuesFor(name, tags, values).some(
      (value) => value !== undefined && patterns.some((matches) => matches(value)),
    );
  });
}

/** The parameters of filters and pages. */
export const filterParameters = ['Filters[].Name', 'Filters[].Values[]'] as const;
export const pageParameters = ['MaxResults', 'NextToken'] as const;

export interface PageRequest {
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** The page that is asked for: 5 to 1000 results, all without MaxResults. */
export function pageOf<Item>(
  items: readonly Item[],
  page: PageRequest,
): { readonly items: readonly Item[]; readonly NextToken?: string } {
  const start = page.NextToken === undefined ? 0 : startFrom(page.NextToken);
  const count = page.MaxResults ?? items.length;
  if (page.MaxResults !== undefined && !(count >= 5 && count <= 1000)) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Value ( ${count} ) for parameter maxResults is invalid. Expecting a value from 5 to 1000.`,
    );
  }
  const end = start + count;
  const more = end < items.length ? { NextToken: tokenFor(end) } : {};
  return { items: items.slice(start, end), ...more };
}

function valuesFor(
  name: string,
  tags: Tags,
  values: FilterValues,
): readonly (string | undefined)[] {
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return Object.hasOwn(tags, key) ? [tags[key]] : [];
  }
  if (name === 'tag-key') return Object.keys(tags);
  const found = Object.hasOwn(values, name) ? values[name] : undefined;
  if (found !== undefined) return found;
  throw new ServiceError(
    'InvalidParameterValue',
    `The filter '${name}' is invalid. The local cloud knows: tag:KEY, tag-key, ${Object.keys(values).join(', ')}.`,
  );
}

/** A backslash escapes a wildcard or a backslash (EC2 user guide, filter resources). */
function patternFrom(value: string): (text: string) => boolean {
  // Nearly every filter has no wildcard.
  if (!/[*?\\]/.test(value)) return (text) => text === value;
  const parts = value.match(/\\[*?\\]|[*?]|[^*?\\]+|\\/g) ?? [];
  const expression = parts.map((part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    const literal = /^\\[*?\\]$/.test(part) ? part.slice(1) : part;
    return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  const pattern = new RegExp(`^${expression.join('')}$`, 's');
  return (text) => pattern.test(text);
}

function tokenFor(start: number): string {
  return Buffer.from(`from ${start}`).toString('base64url');
}

function startFrom(token: string): number {
  const start = /^from (\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1];
  if (start !== undefined) return Number(start);
  throw new ServiceError('InvalidParameterValue', 'Unable to parse pagination token');
}
