/** A thread that explores: it is given rows of schedules and tells what did not hold. */
import { serve } from '../simulation/threads.ts';
import { exploreRow, type Row, type RowResult } from './explore.ts';

export interface InterleavingsWorkerData {
  readonly template: object;
  readonly depth: 'one switch' | 'every pair';
}

serve<InterleavingsWorkerData, Row, RowResult>((row, { template, depth }) =>
  exploreRow(row, { template }, depth),
);
