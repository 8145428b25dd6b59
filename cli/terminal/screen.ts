/** stdout and stderr. The result goes to stdout, for pipes; with `--json` nothing else does. */
import type { Screen } from '../context.ts';
import { draw, type Line, wantsColours } from './lines.ts';

interface Stream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Streams {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function createScreen(
  { stdout, stderr, env }: Streams,
  { json }: { readonly json: boolean },
): Screen {
  const show = (stream: Stream, lines: readonly Line[]) => {
    if (lines.length > 0) stream.write(`${draw(lines, wantsColours(stream, env))}\n`);
  };
  return {
    print(lines) {
      if (!json) show(stdout, lines);
    },
    json(document) {
      if (json) stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    },
    jsonLine(document) {
      if (json) stdout.write(`${JSON.stringify(document)}\n`);
    },
    raw: (text) => void stdout.write(text),
    progress: (lines) => show(json ? stderr : stdout, lines),
    clear() {
      if (!json && stdout.isTTY === true) stdout.write('\u001b[H\u001b[2J');
    },
  };
}
