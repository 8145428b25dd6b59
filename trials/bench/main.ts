/** `npm run bench`: how long a client is without its coordinator, and where the seconds go. */
import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Numbers } from '../../infra/stack/stack.ts';
import { messageOf } from '../../workflow/model/errors.ts';
import { badUsage, progress, runTrial } from '../command-line.ts';
import { type BenchOptions, readArguments } from './arguments.ts';
import { measure } from './campaign.ts';
import { documentOf, type Variant, variants } from './document.ts';
import { type KindSummary, missesOf } from './summary.ts';
import { pictureOf } from './svg.ts';
import { alternativeTable, asText, outageTable, phaseTable } from './text.ts';

async function main(): Promise<number> {
  const parsed = readArguments(process.argv.slice(2), availableParallelism());
  return await runTrial(parsed, async (options) => {
    // Before minutes of work, not after them.
    const problem = options.write === undefined ? undefined : await noFolder(options.write);
    if (problem !== undefined) {
      console.error(problem);
      return badUsage;
    }
    const kinds = await measured(options, options.incidents, options.numbers, 'incidents');
    if (options.json) console.log(JSON.stringify(described(options, kinds), null, 2));
    else say(options, kinds);
    if (options.write !== undefined) await write(options.write, options, kinds);
    const missed = missesOf(kinds);
    for (const sentence of missed) console.error(sentence);
    return missed.length === 0 ? 0 : 1;
  });
}

/** Makes it, or says why it cannot be written to. */
async function noFolder(name: string): Promise<string | undefined> {
  try {
    await mkdir(name, { recursive: true });
    await access(name, constants.W_OK);
    return undefined;
  } catch (error) {
    const why = messageOf(error);
    return `--write is ${name}, but must be a folder that can be written to. ${why}.`;
  }
}

function say({ incidents, seed, numbers }: BenchOptions, kinds: readonly KindSummary[]): void {
  const tried = Object.entries(numbers).map(([name, value]) => `${name} ${value}`);
  const with_ = tried.length === 0 ? 'the default settings' : tried.join(', ');
  console.log(`${incidents} incidents of each kind, seed ${seed}, with ${with_}. Seconds.\n`);
  console.log(`${asText(outageTable(kinds))}\n`);
  console.log(`Where they go, mean (p95):\n${asText(phaseTable(kinds))}\n`);
  console.log(asText(alternativeTable(kinds)));
}

function described(options: BenchOptions, kinds: readonly KindSummary[]): object {
  const { incidents, seed, numbers } = options;
  return { incidents, seed, settings: numbers, kinds };
}

async function write(
  folder: string,
  options: BenchOptions,
  kinds: readonly KindSummary[],
): Promise<void> {
  const { incidents, seed } = options;
  const fewer = Math.ceil(incidents / 10);
  const tried: Variant[] = [];
  for (const { what, price, numbers } of variants) {
    tried.push({ what, price, kinds: await measured(options, fewer, numbers, what) });
  }
  await writeFile(join(folder, 'bench.svg'), pictureOf({ incidents, seed, kinds }));
  await writeFile(join(folder, 'bench.md'), documentOf({ incidents, seed, fewer, kinds, tried }));
  console.error(`Written: ${join(folder, 'bench.svg')}, ${join(folder, 'bench.md')}.`);
}

async function measured(
  { seed, workers }: BenchOptions,
  incidents: number,
  numbers: Numbers,
  what: string,
): Promise<KindSummary[]> {
  const kinds = await measure({
    incidents,
    seed,
    workers,
    numbers,
    onProgress: (done, all) => progress(`${what}: ${done} of ${all}`),
  });
  progress('');
  return kinds;
}

process.exitCode = await main();
