#!/usr/bin/env node
/**
 * `coordinator-failover`: the edge. Reads the arguments, connects, runs one command, says how it ended.
 * What can go wrong: anything; every way out has a sentence and an exit code.
 */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import nodeModule from 'node:module';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Options, readArguments } from './arguments.ts';
import { failureFromAws } from './aws-errors.ts';
import type { CommandName } from './command-table.ts';
import type { Context } from './context.ts';
import { CommandFailure, type ExitCode, exitCodes } from './exit.ts';
import { createScreen } from './screen.ts';
import { draw, wantsColours } from './view/lines.ts';

type Command = (context: Context) => Promise<ExitCode>;

/** Loaded only when asked for: nobody waits for what another command needs. */
const loaders: Readonly<Record<CommandName, () => Promise<Command>>> = {
  status: async () => (await import('./commands/status.ts')).status,
  failover: async () => (await import('./commands/failover.ts')).failover,
  pause: async () => (await import('./commands/levers.ts')).pause,
  resume: async () => (await import('./commands/levers.ts')).resume,
  acknowledge: async () => (await import('./commands/levers.ts')).acknowledge,
  history: async () => (await import('./commands/history.ts')).history,
  report: async () => (await import('./commands/report.ts')).report,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
};

// The SDK is large: compiled code that is kept halves the time to the first call. In the system's
// folder for temporary files; where it cannot be written, nothing is lost but that time.
// Node 20 has none.
const { enableCompileCache } = nodeModule as Partial<typeof nodeModule>;
enableCompileCache?.();

// The reader of a pipe may go before us.
process.stdout.on('error', () => process.exit());

const typed = readArguments(process.argv.slice(2));
if (typed.kind === 'help') {
  console.log(typed.text);
} else if (typed.kind === 'bad') {
  end(new CommandFailure(exitCodes.badInput, typed.sentence), typed.json);
} else {
  await run(typed.command, typed.options);
}

async function run(name: CommandName, options: Options): Promise<void> {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL, AWS_PROFILE } = process.env;
  const environmentRegion = AWS_REGION || AWS_DEFAULT_REGION || undefined;
  const { region, profile } = options;
  try {
    const [command, { connectAws }, { getInfo }] = await Promise.all([
      loaders[name](),
      import('./aws.ts'),
      import('../info-client/get-info.ts'),
    ]);
    const connection = await connectAws({ region, profile, environmentRegion });
    const interrupted = interruption(name === 'failover' || options.watch);
    process.exitCode = await command({
      options,
      cloud: connection.cloud,
      now: Date.now,
      rest: (milliseconds) =>
        sleep(milliseconds, undefined, { signal: interrupted }).catch(() => undefined),
      interrupted,
      getInfo,
      userName: userName(),
      newId: randomUUID,
      screen: createScreen(process, options),
      writeFile: (path, text) => writeFile(path, text),
    });
    connection.close();
  } catch (error) {
    const where = {
      region: region ?? environmentRegion,
      profile: profile ?? AWS_PROFILE,
      endpoint: AWS_ENDPOINT_URL,
    };
    const failure = error instanceof CommandFailure ? error : failureFromAws(error, where);
    // What is neither is a bug: with its stack it can be found.
    if (failure === undefined) throw error;
    end(failure, options.json);
  }
}

/** One sentence on stderr, or one JSON document on stdout. */
function end(failure: CommandFailure, json: boolean): void {
  const { message: sentence, next, exitCode } = failure;
  process.exitCode = exitCode;
  if (json) {
    console.log(JSON.stringify({ error: { sentence, next: next ?? null, exitCode } }, null, 2));
    return;
  }
  const lines = [[sentence], ...(next === undefined ? [] : [[`Next: ${next}`]])];
  console.error(draw(lines, wantsColours(process.stderr, process.env)));
}

/** Ctrl-C ends at once what is over in a moment anyway, and asks the others to stop. */
function interruption(stops: boolean): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (!stops || controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
  });
  return controller.signal;
}

/** The system may not know the user: in a container, say. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
