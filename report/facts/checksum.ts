/**
 * The checksum that ties a report to the history it was made from: whoever has the history can
 * compute it again, without this program.
 * What can go wrong: two clients write the same history differently (key order, time formats). So
 * it is taken over a canonical form: events by id, keys sorted, times as ISO 8601 with milliseconds.
 */
import { createHash } from 'node:crypto';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { HistoryFacts } from '../report.ts';

/** `events` in the order of their ids. */
export function checksumOf(
  events: readonly HistoryEvent[],
  executionArn: string,
  region: string,
): HistoryFacts['checksum'] {
  const value = createHash('sha256').update(canonical(events)).digest('hex');
  return {
    algorithm: 'SHA-256',
    value,
    how:
      'Of the events of GetExecutionHistory in the order of their ids, as JSON in UTF-8 without blanks, ' +
      'the keys of every object sorted, timestamps as in 2026-01-31T12:00:00.000Z. ' +
      'With the AWS CLI (version 2) and Node.js:',
    commands: [
      `aws stepfunctions get-execution-history --region ${shellWord(region)} --execution-arn ${shellWord(executionArn)} --output json > history.json`,
      `node -e '${recomputation}' < history.json`,
    ],
  };
}

/** Whole in one line, so that it can be pasted from paper; without quotes that a shell would end at. */
const recomputation =
  'const c=v=>Array.isArray(v)?"["+v.map(c)+"]":v&&typeof v=="object"?"{"+Object.keys(v).sort().map(k=>JSON.stringify(k)+":"+' +
  'c(k=="timestamp"?new Date(v[k]).toISOString():v[k]))+"}":JSON.stringify(v);' +
  'const e=JSON.parse(require("fs").readFileSync(0,"utf8")).events.sort((a,b)=>a.id-b.id);' +
  'console.log(require("crypto").createHash("sha256").update(c(e)).digest("hex"))';

function canonical(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`);
  return `{${fields.join(',')}}`;
}

/** ARNs and regions need no quotes; anything else gets them. */
function shellWord(text: string): string {
  return /^[\w.:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
