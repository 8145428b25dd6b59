/**
 * `npm run bench:bundles`: how large each function's bundle is, what most of it is, and what loading it
 * costs, as a ratio to an empty function in the same run. A cold start waits for that.
 * What can go wrong: a busy machine. Processes take turns, and CPU time is told beside the clock's.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFunctions } from '../infra/bundle/bundling.ts';

const help = `Measures the functions' bundles.

usage: npm run bench:bundles -- [--rounds N] [--json]

  --rounds N  how often each is loaded, 1 to 1000 (default 15)
  --json      for a machine
  --help      this text
`;

/** What the SDK asks of Node itself. */
const ownModules = ['https', 'crypto', 'zlib', 'os', 'fs/promises']
  .map((name) => `require('node:${name}');`)
  .join('\n');

interface Measured {
  readonly name: string;
  readonly bytes: number;
  readonly cpuMs: number;
  readonly clockMs: number;
  readonly largest: string;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
} else if (!/^[1-9]\d{0,2}$|^1000$/.test(values.rounds)) {
  const sentence = `--rounds is ${values.rounds}, but must be a whole number from 1 to 1000.`;
  process.stderr.write(`${sentence}\nSee --help.\n`);
  process.exitCode = 2;
} else {
  const measured = await measure(Number(values.rounds));
  process.stdout.write(
    values.json ? `${JSON.stringify(measured, undefined, 2)}\n` : text(measured),
  );
}

async function measure(rounds: number): Promise<Measured[]> {
  const directory = mkdtempSync(join(tmpdir(), 'bundles-'));
  try {
    const contents = await bundleFunctions(directory);
    const own = { empty: '', "Node's own https, crypto, zlib": ownModules };
    const files = new Map(contents.map(({ name }) => [name, join(directory, name, 'index.cjs')]));
    for (const [name, source] of Object.entries(own)) {
      files.set(name, join(directory, `${files.size}.cjs`));
      writeFileSync(files.get(name) ?? '', source);
    }
    const runs = [...files].map(([name, file]) => ({ name, file, cpu: [], clock: [] as number[] }));
    for (let round = 0; round < rounds; round += 1) for (const run of runs) load(run);
    return runs.map(({ name, cpu, clock }) => {
      const content = contents.find((one) => one.name === name);
      const largest = content === undefined ? '' : largestOf(content.bytesByFile);
      const bytes = content?.bytes ?? 0;
      return { name, bytes, cpuMs: median(cpu), clockMs: median(clock), largest };
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A process of its own, so that nothing is in memory yet. It says what CPU time it has used. */
function load(run: {
  readonly file: string;
  readonly cpu: number[];
  readonly clock: number[];
}): void {
  const source = `require(${JSON.stringify(run.file)});
    const { user, system } = process.cpuUsage(); console.log((user + system) / 1000);`;
  const startedAt = performance.now();
  const said = execFileSync(process.execPath, ['-e', source], {
    encoding: 'utf8',
    env: { ...process.env, AWS_REGION: 'eu-central-1' },
    timeout: 60_000,
  });
  run.clock.push(performance.now() - startedAt);
  run.cpu.push(Number(said));
}

function largestOf(bytesByFile: ReadonlyMap<string, number>): string {
  const byPackage = new Map<string, number>();
  for (const [file, bytes] of bytesByFile) {
    const [, scoped] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
    const name = scoped ?? file.split('/')[0] ?? file;
    byPackage.set(name, (byPackage.get(name) ?? 0) + bytes);
  }
  const [largest] = [...byPackage].toSorted(([, one], [, other]) => other - one);
  return largest === undefined ? '' : `${largest[0]} (${Math.round(largest[1] / 1024)} KB)`;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
}

function text(measured: readonly Measured[]): string {
  const empty = measured.find(({ name }) => name === 'empty');
  const ratio = (one: number, other = 1) => (one / other).toFixed(2);
  const lines = measured.map(({ name, bytes, cpuMs, clockMs, largest }) =>
    [
      name.padEnd(32),
      `${Math.round(bytes / 1024)} KB`.padStart(8),
      `${cpuMs} ms CPU`.padStart(11),
      ratio(cpuMs, empty?.cpuMs).padStart(6),
      `${clockMs} ms`.padStart(9),
      ratio(clockMs, empty?.clockMs).padStart(6),
      `  ${largest}`,
    ].join(''),
  );
  const head = `${'function'.padEnd(32)}  bundle   CPU time  ratio    clock  ratio  largest part`;
  return `${[head, ...lines].join('\n')}\n`;
}
