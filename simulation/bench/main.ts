/** `npm run bench`: how long a client is without its coordinator, and where the seconds go. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Numbers } from '../../infra/stack.ts';
import { type BenchOptions, help, parseBenchArguments } from './arguments.ts';
import { measure } from './campaign.ts';
import { documentOf, type Variant, variants } from './document.ts';
import type { KindSummary } from './summary.ts';
import { pictureOf } from './svg.ts';
import { alternativeTable, asText, outageTable, phaseTable } from './text.ts';

const goalSeconds = 45;

async function main(): Promise<number> {
  const parsed = parseBenchArguments(process.argv.slice(2), availableParallelism());
  if (parsed.kind === 'help') {
    process.stdout.write(help);
    return 0;
  }
  if (parsed.kind === 'problem') {
    process.stderr.write(`${parsed.sentence}\nSee --help.\n`);
    return 2;
  }
  const { options } = parsed;
  const kinds = await measured(options, options.incidents, options.numbers, 'incidents');
  if (options.json) console.log(JSON.stringify(described(options, kinds), null, 2));
  else say(options, kinds);
  if (options.write !== undefined) await write(options.write, options, kinds);
  const isMet = kinds.every(({ outage, over }) => outage.p95 <= goalSeconds && over.ownDoing === 0);
  return isMet ? 0 : 1;
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
  await mkdir(folder, { recursive: true });
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
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    return await measure({
      incidents,
      seed,
      workers,
      numbers,
      directory,
      onProgress: (done, all) => progress(`${what}: ${done} of ${all}`),
    });
  } finally {
    progress('');
    await rm(directory, { recursive: true, force: true });
  }
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

process.exitCode = await main();
