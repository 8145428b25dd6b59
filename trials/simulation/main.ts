/** `npm run simulate`: thousands of incidents in virtual time, judged by the checkers. */
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { progress, runTrial } from '../command-line.ts';
import { type CampaignArguments, readArguments } from './arguments.ts';
import { type Campaign, runCampaign } from './campaign.ts';
import type { Violation } from './checkers/all.ts';
import { type Faults, printed } from './faults.ts';
import { judge } from './judge.ts';
import { templateInHand } from './template.ts';
import { traceOf } from './trace.ts';

/** Failing runs that are told; the rest would only say the same. */
const mostShown = 10;
/** Violations of each that are told; a replay tells them all. */
const mostOfOne = 5;

async function main(): Promise<number> {
  const parsed = readArguments(process.argv.slice(2), {
    seed: randomInt(2 ** 31),
    workers: availableParallelism(),
  });
  return await runTrial(parsed, async (options) => {
    const { template, templateHash } = await templateInHand();
    if (!options.json) console.log(`Template ${templateHash}.`);
    return options.kind === 'replay'
      ? await replay(template, options.faults, options.json)
      : await campaign(template, options);
  });
}

async function campaign(template: object, options: CampaignArguments): Promise<number> {
  const { runs, seed, workers, json } = options;
  if (!json) console.log(`${runs} incidents, seed ${seed}, ${workers} threads.`);
  const startedAt = performance.now();
  const result = await runCampaign({
    template,
    runs,
    seed,
    workers,
    onProgress: (text) => progress(text),
  });
  progress('');
  const seconds = (performance.now() - startedAt) / 1000;
  if (json) console.log(JSON.stringify({ seed, seconds, ...result }));
  else report(result, options, seconds);
  return result.failures.length === 0 ? 0 : 1;
}

function report(
  { runs, virtualSeconds, executions, failures, shortest }: Campaign,
  asked: CampaignArguments,
  seconds: number,
): void {
  const days = (virtualSeconds / 86_400).toFixed(1);
  console.log(
    `${runs} incidents in ${seconds.toFixed(1)} s (${(runs / seconds).toFixed(0)} a second): ` +
      `${days} days of virtual time, ${executions} executions, ${failures.length} with violations.`,
  );
  if (runs < asked.runs) {
    console.log(`Stopped after ${runs} of ${asked.runs}: more of them would only say the same.`);
  }
  for (const { number, violations } of failures.slice(0, mostShown)) {
    console.log(`\nRun ${number} of seed ${asked.seed}:`);
    sayViolations(violations.slice(0, mostOfOne));
    if (violations.length > mostOfOne) console.log(`  and ${violations.length - mostOfOne} more`);
  }
  if (failures.length > mostShown) console.log(`\nAnd ${failures.length - mostShown} runs more.`);
  const [first] = failures;
  if (first === undefined) return;
  if (failures.length > 1) {
    console.log(
      `\nThe schedules of all ${failures.length}, as they were drawn: ${againAsJson(asked)}`,
    );
  }
  console.log(
    shortest === undefined
      ? `\nNo shorter schedule was found than that of run ${first.number}. Its trace:`
      : `\nThe shortest schedule that still fails as run ${first.number}. Its trace:`,
  );
  console.log(`npm run simulate -- --replay '${printed(shortest ?? first.faults)}'`);
}

function againAsJson({ runs, seed }: CampaignArguments): string {
  return `npm run -s simulate -- --runs ${runs} --seed ${seed} --json`;
}

function sayViolations(violations: readonly Violation[]): void {
  for (const { checker, defends, sentence } of violations) {
    console.log(`  ${checker}: ${sentence}\n    defends: ${defends}`);
  }
}

async function replay(template: object, faults: Faults, json: boolean): Promise<number> {
  const { recording, violations } = await judge({ template, faults });
  const code = violations.length === 0 ? 0 : 1;
  if (json) {
    console.log(JSON.stringify({ ending: recording.ending, violations, facts: recording.facts }));
    return code;
  }
  console.log(traceOf(recording, faults));
  console.log(
    `\n${recording.ending}, ${violations.length === 1 ? 'one violation' : `${violations.length} violations`}.`,
  );
  sayViolations(violations);
  return code;
}

process.exitCode = await main();
