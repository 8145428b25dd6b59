/** The command as a person runs it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const script = join(import.meta.dirname, '../../../simulation/bench/main.ts');

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
