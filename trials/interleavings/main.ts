/** `npm run interleavings`: every schedule of two executions of one incident, judged. */
import { availableParallelism } from 'node:os';
import { progress, runTrial } from '../command-line.ts';
import { templateInHand } from '../simulation/template.ts';
import { onThreads } from '../simulation/threads.ts';
import { traceOf } from '../simulation/trace.ts';
import { type InterleavingsOptions, readArguments } from './arguments.ts';
import { type Row, type RowResult, rowsOf } from './explore.ts';
import { play } from './run.ts';
import { type Schedule, sentenceOf } from './schedule.ts';

async function main(): Promise<number> {
  const parsed = readArguments(process.argv.slice(2), availableParallelism());
  return await runTrial(parsed, async (options) => {
    const { template } = await templateInHand();
    return options.replay === undefined
      ? await explore(template, options)
      : await replay(template, options.replay);
  });
}

async function explore(template: object, options: InterleavingsOptions): Promise<number> {
  const startedAt = performance.now();
  let failures = 0;
  let schedules = 0;
  for (const setting of options.settings) {
    for (const pair of options.pairs) {
      const rows = await rowsOf(pair, setting, { template });
      const results = await onThreads<Row, RowResult>({
        module: new URL('./worker.ts', import.meta.url),
        data: { template, depth: options.depth },
        tasks: rows,
        workers: options.workers,
        onProgress: (done) => progress(`${pair} (${setting}): ${done} of ${rows.length} rows`),
      });
      progress('');
      schedules += sum(results.map((one) => one.schedules));
      failures += report(`${pair} (${setting})`, results);
    }
  }
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(`${schedules} schedules in ${seconds.toFixed(0)} s, ${failures} do not hold.`);
  return failures === 0 ? 0 : 1;
}

function report(what: string, results: readonly RowResult[]): number {
  const failures = results.flatMap((one) => one.failures);
  const schedules = sum(results.map((one) => one.schedules));
  const reached = sum(results.map((one) => one.reached));
  console.log(
    `${what}: ${schedules} schedules, ${reached} interrupted as meant, ${failures.length} do not hold.`,
  );
  for (const { schedule, problems } of failures.slice(0, 5)) {
    console.log(`  ${sentenceOf(schedule)}`);
    for (const problem of problems.slice(0, 5)) console.log(`    ${problem}`);
    console.log(`  npm run interleavings -- --replay '${JSON.stringify(schedule)}'`);
  }
  return failures.length;
}

async function replay(template: object, schedule: Schedule): Promise<number> {
  const { recording, problems, reached } = await play(schedule, { template });
  console.log(traceOf(recording));
  console.log(`\n${sentenceOf(schedule)}`);
  if (!reached) console.log('It was not interrupted as meant: it went another way before.');
  for (const problem of problems) console.log(`  ${problem}`);
  console.log(problems.length === 0 ? 'Everything holds.' : `${problems.length} do not hold.`);
  return problems.length === 0 ? 0 : 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

process.exitCode = await main();
