/**
 * Lines for a terminal. Renderers are pure and say what a piece of text means, not its colour. A colour
 * is never the only signal.
 * What can go wrong: text from tags, answers and histories may hold control characters that rewrite the
 * terminal. They are taken out.
 */

export type Tone = 'strong' | 'faint' | 'good' | 'warn' | 'bad';

interface Toned {
  readonly tone: Tone;
  readonly text: string;
}

type Piece = string | Toned;
export type Line = readonly Piece[];

export function toned(tone: Tone, text: string): Toned {
  return { tone, text };
}

/** Without a line break at the end. */
export function draw(lines: readonly Line[], colours: boolean): string {
  return lines.map((line) => line.map((piece) => drawPiece(piece, colours)).join('')).join('\n');
}

/** On a terminal that has colours, unless NO_COLOR is set (no-color.org). */
export function wantsColours(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const { NO_COLOR: noColour = '', TERM: terminal } = environment;
  return stream.isTTY === true && noColour === '' && terminal !== 'dumb';
}

/** SGR codes (ECMA-48). */
const codes: Readonly<Record<Tone, string>> = {
  strong: '1',
  faint: '2',
  good: '32',
  warn: '33',
  bad: '31;1',
};

function drawPiece(piece: Piece, colours: boolean): string {
  if (typeof piece === 'string') return clean(piece);
  const text = clean(piece.text);
  return colours && text !== '' ? `\u001b[${codes[piece.tone]}m${text}\u001b[0m` : text;
}

function clean(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
