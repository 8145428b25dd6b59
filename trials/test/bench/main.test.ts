/** The command as a person runs it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missesOf } from '../../bench/summary.ts';

const script = join(import.meta.dirname, '../../bench/main.ts');

test('bench: what --write cannot write to is refused before anything is measured', async () => {
  // A file: this very one.
  const args = [script, '--incidents', '1', '--write', import.meta.filename];
  const ended = await new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve({ code: error?.code, stdout, stderr });
    });
  });
  const sentence = expect.stringContaining('but must be a folder that can be written to.');
  expect(ended).toEqual({ code: 2, stdout: '', stderr: sentence });
});

test('bench: where the goal is missed it says by what', () => {
  const outage = { p50: 20, p95: 45, p99: 50, worst: 55 };
  const met = { kind: 'process-exit', outage, over: { incidents: 1, ownDoing: 0 } } as const;
  expect(missesOf([met])).toEqual([]);
  const missed = { ...met, outage: { ...outage, p95: 62.24 }, over: { incidents: 2, ownDoing: 2 } };
  expect(missesOf([met, missed])).toEqual([
    'process-exit: the p95 is 62.2 s; the goal is at most 45 s.',
    'process-exit: 2 outages are over 60 s by our own doing; the goal is none.',
  ]);
});
