/** The command as a person or a machine runs it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../simulation/arguments.ts';

const script = join(import.meta.dirname, '../../simulation/main.ts');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function simulate(...typed: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...typed], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('npm run simulate', () => {
  it('simulate: --help says what can be typed', async () => {
    const help = readArguments(['--help'], { seed: 1, workers: 1 });
    const stdout = help.kind === 'text' ? `${help.text}\n` : '';
    expect(stdout).toContain('--replay JSON');
    expect(await simulate('--help')).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('simulate: a wrong value is one sentence and exit code 2', async () => {
    const { code, stdout, stderr } = await simulate('--runs', '-1');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('See --help.');
  });

  it('simulate: a replay that is wrong is refused before anything is synthesized', async () => {
    const { code, stdout, stderr } = await simulate('--replay', '{"coordinators": 9}');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('coordinators is 9, but must be a whole number from 1 to 4.');
  });

  it('simulate: --json is one line for a machine', async () => {
    const typed = ['--runs', '3', '--seed', '5', '--workers', '1', '--json'];
    const { code, stdout } = await simulate(...typed);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ seed: 5, runs: 3, failures: [] });
  });

  it('simulate: --replay runs one schedule with its trace', async () => {
    const host = { who: 'active', does: 'exits', atSeconds: 20, forSeconds: null };
    const { code, stdout } = await simulate('--replay', JSON.stringify({ hosts: [host] }));
    expect(code).toBe(0);
    expect(stdout).toMatch(/20\.00 s {2}! active i-\w+ exits/);
    expect(stdout).toContain('settled, 0 violations.');
  });
});
