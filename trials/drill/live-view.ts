/**
 * Shows what is going on: redrawn in place on a terminal, one line per change elsewhere.
 * What can go wrong: a block higher than the terminal cannot be redrawn in place. So it is cut.
 */
import { changes, draw, type Picture, seconds } from './picture.ts';

/** stdout or stderr. */
export interface LiveScreen {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export interface LiveView {
  /** Something was done or has ended. */
  say(scenario: string, sentence: string): void;
  show(scenario: string, picture: Picture): void;
  /** Takes a scenario off the screen; its last words stay. */
  finish(scenario: string, sentence: string): void;
  /** A line that stays, for no scenario in particular. */
  note(line: string): void;
}

export function createLiveView(screen: LiveScreen): LiveView {
  return screen.isTTY === true ? createRedrawn(screen) : createLines(screen);
}

function createLines(screen: LiveScreen): LiveView {
  const pictures = new Map<string, Picture>();
  const line = (scenario: string, sentence: string) => {
    const picture = pictures.get(scenario);
    const since = picture?.faultAt === undefined ? '' : seconds(picture.at - picture.faultAt);
    screen.write(`[${scenario} ${since.padStart(7)}] ${sentence}\n`);
  };
  return {
    say: line,
    show(scenario, picture) {
      const before = pictures.get(scenario);
      pictures.set(scenario, picture);
      for (const sentence of changes(before, picture)) line(scenario, sentence);
    },
    finish(scenario, sentence) {
      line(scenario, sentence);
      pictures.delete(scenario);
    },
    note: (text) => void screen.write(`${text}\n`),
  };
}

function createRedrawn(screen: LiveScreen): LiveView {
  const blocks = new Map<string, { said: string; picture: Picture | undefined }>();
  let drawnLines = 0;

  const erase = () => {
    if (drawnLines > 0) screen.write(`\u001b[${drawnLines}A\u001b[0J`);
    drawnLines = 0;
  };
  const redraw = () => {
    erase();
    const columns = screen.columns ?? 100;
    const rows = (screen.rows ?? 40) - 1;
    const lines = [...blocks].flatMap(([name, { picture, said }]) => draw(name, picture, said));
    const shown = lines.slice(0, rows).map((line) => line.slice(0, columns - 1));
    screen.write(shown.map((line) => `${line}\n`).join(''));
    drawnLines = shown.length;
  };
  const block = (scenario: string) => blocks.get(scenario) ?? { said: '', picture: undefined };
  return {
    say(scenario, sentence) {
      blocks.set(scenario, { ...block(scenario), said: sentence });
      redraw();
    },
    show(scenario, picture) {
      blocks.set(scenario, { ...block(scenario), picture });
      redraw();
    },
    finish(scenario, sentence) {
      blocks.delete(scenario);
      erase();
      screen.write(`${scenario}: ${sentence}\n`);
      redraw();
    },
    note(text) {
      erase();
      screen.write(`${text}\n`);
      redraw();
    },
  };
}
