import { latencyNames } from '@coordinator-failover/local-cloud';
import { describe, expect, test } from 'vitest';
import { awsLatencies } from '../../workflow/aws-latencies.ts';

const rows = Object.entries(awsLatencies).map(([name, row]) => ({ name, ...row }));

describe('the latencies of AWS', () => {
  test('they are those that the local cloud draws, in the order of its seeds', () => {
    expect(Object.keys(awsLatencies)).toEqual(latencyNames);
  });

  test.each(rows)('a row: it spreads upward ($name)', ({ p50Ms, p95Ms, mostMs }) => {
    expect(p50Ms).toBeGreaterThan(0);
    expect(p95Ms).toBeGreaterThan(p50Ms);
    expect(mostMs).toBeGreaterThan(p95Ms);
  });

  test.each(rows)('a row: it says where its numbers are from ($name)', ({ source }) => {
    expect(source.length).toBeGreaterThan(40);
  });
});
