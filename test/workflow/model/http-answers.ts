/** Answers of servers, for tests. */
import type { HttpAnswer } from '../../../workflow/model/info.ts';

export const prestoDb = {
  nodeVersion: { version: '0.292' },
  environment: 'production',
  coordinator: true,
  starting: false,
  uptime: '10.55h',
};
export const trino476 = { ...prestoDb, nodeVersion: { version: '476' }, uptime: '3.20m' };
export const trino477 = {
  nodeId: 'node-1',
  state: 'ACTIVE',
  ...prestoDb,
  nodeVersion: { version: '477' },
  coordinatorId: 'h8q3k',
  uptime: '12.00s',
};

export function json(value: unknown): HttpAnswer & { kind: 'answered' } {
  return answered({ body: JSON.stringify(value) });
}

export function answered(part: Partial<HttpAnswer & { kind: 'answered' }>): HttpAnswer & {
  kind: 'answered';
} {
  return {
    kind: 'answered',
    status: 200,
    contentType: 'application/json',
    body: '',
    truncated: false,
    ...part,
  };
}
