/**
 * HTML that cannot be forgotten to be escaped: `html` escapes every value that is put into it, and
 * only its own results go in as they are. Control characters and marks that turn the direction of
 * writing are shown by their code: a reason must not be able to forge what stands beside it.
 */

export interface Html {
  readonly html: string;
}

type Part = string | number | Html | readonly Html[];

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.map((string, index) => {
    const part = parts[index];
    return part === undefined ? string : string + markupOf(part);
  });
  return { html: text.join('') };
}

/** Text in which ids of resources and times are not broken. */
export function prose(text: string): Html {
  const parts = text.split(unbroken);
  const marked = parts.map((part, index) => {
    const escaped = escapeHtml(part);
    if (index % 2 === 0) return escaped;
    return `<span class="${/^[a-z]/.test(part) ? 'id' : 'at'}">${escaped}</span>`;
  });
  return { html: marked.join('') };
}

const unbroken =
  /(\b(?:i|eni|eni-attach|lt|subnet)-[0-9a-f]{8,}\b|\b\d\d:\d\d:\d\d\.\d{3}\b|\([+-][\d.]+ s\))/;

/** `&`, `<`, `>` and both quotes: safe in text and in quoted attributes. */
function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (found) => entities.get(found) ?? found);
}

/** What has no glyph or moves others, by its code point: `\u{202e}`. Line ends and tabs stay. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(
      /(?![\n\t])[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu,
      (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`,
    );
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function markupOf(part: Part): string {
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  if ('html' in part) return part.html;
  return part.map((one) => one.html).join('\n');
}
