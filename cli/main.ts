#!/usr/bin/env node
/**
 * `coordinator-failover`: the edge. Reads the arguments, connects, runs one command, says how it ended.
 * Every way out has a sentence and an exit code.
 */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import nodeModule from 'node:module';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { failureFromAws } from './aws-errors.ts';
import type { Typed } from './command.ts';
import { CommandFailure, exitCodes } from './exit.ts';
import { draw, wantsColours } from './terminal/lines.ts';
import { createScreen } from './terminal/screen.ts';

// The SDK is large: keeping its compiled code, in the system's folder for temporary files, halves the
// time to the first call. Node 20 cannot keep it.
const { enableCompileCache } = nodeModule as Partial<typeof nodeModule>;
enableCompileCache?.();

// The reader of a pipe may end first (`| head`).
process.stdout.on('error', () => process.exit());

const given = process.argv.slice(2);
const { readArguments } = await import('./program.ts');
const parsed = readArguments(given);
if (parsed.kind === 'text') {
  console.log(parsed.text);
} else if (parsed.kind === 'mistake') {
  end(new CommandFailure(exitCodes.badInput, parsed.sentence), given.includes('--json'));
} else {
  await run(parsed.result);
}

async function run(typed: Typed): Promise<void> {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL, AWS_PROFILE } = process.env;
  const environmentRegion = AWS_REGION || AWS_DEFAULT_REGION || undefined;
  const { options } = typed;
  const { region, profile } = options;
  try {
    // Loaded late, because the SDK takes long: a typo is answered at once.
    const [{ connectAws }, { getInfo }] = await Promise.all([
      import('../aws/operator-client.ts'),
      import('../info-client/get-info.ts'),
    ]);
    const connection = await connectAws({ region, profile, environmentRegion });
    const interrupted = interruption(typed.watches);
    process.exitCode = await typed.run({
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
    // A bug: its stack is shown.
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

/** Ctrl-C ends a short command at once, and asks a watching command to stop. */
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
