/** `npm run simulate`: thousands of incidents in virtual time, judged by the checkers. */
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../infra/synthesize.ts';
import { help, parseSimulateArguments, type SimulateOptions } from './arguments.ts';
import { type Campaign, runCampaign, type Totals } from './campaign.ts';
import type { Violation } from './checkers/all.ts';
import { type Faults, noFaults } from './faults.ts';
import { judge } from './judge.ts';
import { traceOf } from './trace.ts';

async function main(): Promise<number> {
  const parsed = parseSimulateArguments(process.argv.slice(2), {
    seed: randomInt(2 ** 31),
    workers: availableParallelism(),
  });
  if (parsed.kind === 'help') {
    process.stdout.write(help);
    return 0;
  }
  if (parsed.kind === 'problem') {
    process.stderr.write(`${parsed.sentence}\nSee --help.\n`);
    return 2;
  }
  const { options } = parsed;
  const directory = await mkdtemp(join(tmpdir(), 'simulation-'));
  try {
    const { template, templateHash } = await synthesize(directory);
    if (!options.json) console.log(`Template ${templateHash}.`);
    if (options.replay !== undefined) return await replay(template, options.replay, options.json);
    return await campaign(template, options);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function campaign(template: object, options: SimulateOptions): Promise<number> {
  const { runs, seed, workers, json } = options;
  if (!json) console.log(`${runs} incidents, seed ${seed}, ${workers} threads.`);
  const startedAt = performance.now();
  const onProgress = ({ runs: done, failures }: Totals) => {
    if (!process.stderr.isTTY) return;
    process.stderr.write(`\r${done} of ${runs}, ${failures.length} with violations `);
  };
  const result = await runCampaign({ template, runs, seed, workers, onProgress });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const seconds = (performance.now() - startedAt) / 1000;
  if (json) console.log(JSON.stringify({ seed, seconds, ...result }));
  else report(result, seed, seconds);
  return result.failures.length === 0 ? 0 : 1;
}

function report(result: Campaign, seed: number, seconds: number): void {
  const { runs, virtualSeconds, executions, failures, shortest } = result;
  const days = (virtualSeconds / 86_400).toFixed(1);
  console.log(
    `${runs} incidents in ${seconds.toFixed(1)} s (${(runs / seconds).toFixed(0)} a second): ` +
      `${days} days of virtual time, ${executions} executions, ${failures.length} with violations.`,
  );
  for (const { number, violations } of failures.slice(0, 10)) {
    console.log(`\nRun ${number} of seed ${seed}:`);
    sayViolations(violations);
  }
  const [first] = failures;
  if (first === undefined) return;
  const found = shortest ?? first.faults;
  console.log(`\nThe shortest schedule that still fails as run ${first.number}:`);
  console.log(`npm run simulate -- --replay '${JSON.stringify(found)}'`);
}

function sayViolations(violations: readonly Violation[]): void {
  for (const { checker, defends, sentence } of violations.slice(0, 5)) {
    console.log(`  ${checker}: ${sentence}\n    defends: ${defends}`);
  }
}

async function replay(template: object, given: string, json: boolean): Promise<number> {
  const text = existsSync(given) ? readFileSync(given, 'utf8') : given;
  let faults: Faults;
  try {
    faults = { ...noFaults, ...(JSON.parse(text) as Partial<Faults>) };
  } catch (error) {
    console.error(`--replay is neither a file nor JSON: ${String(error)}`);
    return 2;
  }
  const { recording, violations } = await judge({ template, faults });
  const code = violations.length === 0 ? 0 : 1;
  if (json) {
    console.log(JSON.stringify({ ending: recording.ending, violations, facts: recording.facts }));
    return code;
  }
  console.log(traceOf(recording));
  console.log(`\n${recording.ending}, ${violations.length} violations.`);
  sayViolations(violations);
  return code;
}

process.exitCode = await main();
