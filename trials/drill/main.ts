/**
 * `npm run drill`: the edge. Reads the arguments, synthesizes, runs the scenarios, reports.
 * What can go wrong: being ended in the middle. Whatever the way, no process stays behind.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../workflow/model/errors.ts';
import { runTrial } from '../command-line.ts';
import { type DrillOptions, readArguments } from './arguments.ts';
import { createProcesses } from './processes.ts';
import { scenarios } from './scenarios/table.ts';

const exitCodes = { held: 0, didNotHold: 1 } as const;

const parsed = readArguments(process.argv.slice(2), scenarios);
process.exitCode = await runTrial(parsed, drill);
// Whatever a library keeps open must not keep the drill from ending.
if (parsed.kind === 'run') process.exit();

async function drill(options: DrillOptions): Promise<number> {
  const processes = createProcesses();
  const directory = mkdtempSync(join(tmpdir(), 'coordinator-failover-drill-'));
  let keep = false;
  const aborting = endWithUs(() => {
    processes.killAll();
    if (!keep) rmSync(directory, { recursive: true, force: true });
  });
  try {
    // Loaded here, because CDK and the SDK take seconds: nobody waits for them because of a typo.
    const { runDrill } = await import('./drill.ts');
    const results = await runDrill(options, directory, processes, aborting);
    keep = results.some(({ ok }) => !ok);
    return keep ? exitCodes.didNotHold : exitCodes.held;
  } catch (error) {
    console.error(messageOf(error));
    return exitCodes.didNotHold;
  }
}

/** Ctrl-C, a closed terminal, `kill`, an error: `cleanUp` is called in any case, and is synchronous. */
function endWithUs(cleanUp: () => void): AbortSignal {
  const aborting = new AbortController();
  process.on('exit', cleanUp);
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.once(signal, () => {
      aborting.abort(new Error(`Ended by ${signal}.`));
      // The shell's convention. Exiting ends the isolates and the listeners too.
      process.exit(128 + number);
    });
  }
  return aborting.signal;
}
