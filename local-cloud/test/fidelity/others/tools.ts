/**
 * Programs of others that check the local cloud. Tests of a missing program are left out, and say so on
 * every run. With `CHECKED_BY=moto_server,aws`, as in CI, a missing program fails.
 */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

export interface Tool {
  readonly command: (typeof demandable)[number];
  /** Command and arguments that print its version. */
  readonly versionCommand: readonly [string, ...string[]];
  /** Which versions are taken: what another one says may have changed. */
  readonly versionWanted: RegExp;
  readonly install: string;
}

/** What may be demanded. A name that is none of these would demand nothing, and nobody would notice. */
const demandable = ['moto_server', 'aws'] as const;

/** Whether the tool's tests run. Where they do not, a test of its own says why, and fails in CI. */
export function isPresent(tool: Tool): boolean {
  const demanded = (process.env.CHECKED_BY ?? '').split(',').filter((name) => name !== '');
  test('checked by others: CHECKED_BY names tools that there are', () => {
    expect(demanded.filter((name) => !demandable.some((one) => one === name))).toEqual([]);
  });
  const problem = problemWith(tool);
  if (problem === undefined) return true;
  const { command, install } = tool;
  const isDemanded = demanded.includes(command);
  console.warn(`\n  NOT CHECKED BY ${command}: ${problem} To have it: ${install}\n`);
  test(`checked by others: ${command} is missing, so its tests are left out`, () => {
    expect(isDemanded, problem).toBe(false);
  });
  return false;
}

function problemWith({ command, versionCommand, versionWanted }: Tool): string | undefined {
  const [program, ...versionArguments] = versionCommand;
  const help = run(command, ['--help']);
  if (help.error !== undefined) return `${command} does not run (${help.error.message}).`;
  const { error, stdout, stderr } = run(program, versionArguments);
  if (error !== undefined) return `${program} does not run (${error.message}).`;
  const said = `${stdout}${stderr}`.trim();
  if (versionWanted.test(said)) return undefined;
  return `its version is ${JSON.stringify(said.slice(-100))}, wanted is ${versionWanted}.`;
}

function run(program: string, given: readonly string[]) {
  return spawnSync(program, given, { encoding: 'utf8', timeout: 300_000 });
}
