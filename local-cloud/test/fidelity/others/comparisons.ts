/** All calls that are run against moto too. */
import type { Comparison } from './comparison.ts';
import { instanceComparisons } from './instance-comparisons.ts';
import { interfaceComparisons } from './interface-comparisons.ts';
import { otherComparisons } from './other-comparisons.ts';
import { surroundingComparisons } from './surrounding-comparisons.ts';

export const comparisons: readonly Comparison[] = [
  ...instanceComparisons,
  ...interfaceComparisons,
  ...surroundingComparisons,
  ...otherComparisons,
];
