import { describe, expect, test } from 'vitest';
import { draw, toned, wantsColours } from '../../cli/terminal/lines.ts';
import { createScreen } from '../../cli/terminal/screen.ts';
import { durationText, secondsText, timeText } from '../../cli/terminal/times.ts';

describe('colours', () => {
  test.each([
    ['on a terminal', { isTTY: true }, {}, true],
    ['not in a pipe', {}, {}, false],
    ['not with NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR is none', { isTTY: true }, { NO_COLOR: '' }, true],
    ['not on a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
  ])('colours: %s', (_what, stream, environment, wanted) => {
    expect(wantsColours(stream, environment)).toBe(wanted);
  });

  test('colours: the words are the same without them', () => {
    const lines = [['it is ', toned('bad', 'DOWN')]];
    expect(draw(lines, false)).toBe('it is DOWN');
    expect(draw(lines, true)).toBe('it is \u001b[31;1mDOWN\u001b[0m');
  });

  test('lines: control characters of others never reach the terminal', () => {
    const evil = 'a\u001b[2Jb\rc\nd\u009be';
    expect(draw([[evil, toned('good', evil)]], false)).toBe('a [2Jb c d e'.repeat(2));
  });
});

describe('times', () => {
  test.each([
    [0, '0 s'],
    [-5_000, '0 s'],
    [119_999, '119 s'],
    [120_000, '2 min'],
    [2 * 3_600_000, '2 h'],
    [5 * 3_600_000 + 600_000, '5 h 10 min'],
    [50 * 3_600_000, '2 d 2 h'],
  ])('times: %i ms is %s', (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });

  test('times: seconds, and times that are none', () => {
    expect(secondsText(17.26)).toBe('17.3 s');
    expect(secondsText(250)).toBe('4 min 10 s');
    expect(timeText('2026-10-02T17:04:40.989Z')).toBe('2026-10-02 17:04:40Z');
    expect(timeText('soon')).toBe('an unknown time');
    expect(timeText(null)).toBe('an unknown time');
  });
});

describe('screen', () => {
  const screenWith = (json: boolean) => {
    const texts = { stdout: '', stderr: '' };
    const stream = (name: keyof typeof texts) => ({
      write: (text: string) => {
        texts[name] += text;
      },
    });
    const streams = { stdout: stream('stdout'), stderr: stream('stderr'), env: {} };
    return { texts, screen: createScreen(streams, { json }) };
  };

  test('screen: with --json only the document goes to stdout', () => {
    const { texts, screen } = screenWith(true);
    screen.print([['for a person']]);
    screen.progress([['on the way']]);
    screen.json({ a: 1 });
    expect(JSON.parse(texts.stdout)).toEqual({ a: 1 });
    expect(texts.stderr).toBe('on the way\n');
  });

  test('screen: one of many documents is a line', () => {
    const { texts, screen } = screenWith(true);
    screen.jsonLine({ a: [1] });
    screen.jsonLine({ a: [2] });
    expect(texts.stdout).toBe('{"a":[1]}\n{"a":[2]}\n');
  });

  test('screen: without --json there is no document', () => {
    const { texts, screen } = screenWith(false);
    screen.json({ a: 1 });
    screen.print([['for a person']]);
    expect(texts).toEqual({ stdout: 'for a person\n', stderr: '' });
  });
});
