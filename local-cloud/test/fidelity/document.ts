/** fidelity.md, drawn from the table, from the latencies, and from what moto does differently. */
import { latencyNames } from '../../chance/latency.ts';
import { type ComparedOutcome, type Comparison, leftOut } from './others/comparison.ts';
import type { Area } from './row.ts';

export function fidelityDocument(
  areas: readonly Area[],
  comparisons: readonly Comparison[],
): string {
  return [
    '# How faithful is the local cloud?',
    '',
    'A coordinator failover is tested and drilled on the local cloud. Here is every behaviour of AWS that it',
    'depends on: where we know it from, how the local cloud behaves, and what checks that. Each row is a test that',
    'bears its first column as its name, so a row without a check cannot be written; another test finds',
    'operations, error codes and latencies of the local cloud that no row names. "Estimate" and "inferred"',
    'are what they say: there the failover must be safe if it is otherwise.',
    '',
    'Made by `npm run docs`; do not edit.',
    '',
    ...areas.flatMap(({ title, file, rows }) => [
      `## ${title}`,
      '',
      `Checked by \`${file}\`.`,
      '',
      '| in AWS | source | in the local cloud |',
      '|---|---|---|',
      ...rows.map(
        ({ behaviour, source, localCloud }) =>
          `| ${[behaviour, source, localCloud].map(cell).join(' | ')} |`,
      ),
      '',
    ]),
    '## How long things take',
    '',
    'Drawn for each occasion from a table that the caller gives: a lognormal through two percentiles, capped.',
    'Checked by `test/chance/latency.test.ts`, and each by the rows above that name it:',
    `${latencyNames.map((name) => `\`${name}\``).join(', ')}.`,
    '',
    '## Checked by others',
    '',
    `${comparisons.length} calls, or a few in a row, run against the local cloud and against moto (\`test/fidelity/others/\`):`,
    'whatever the local cloud answers must be in moto’s answer too, errors by their codes and statuses, and what',
    'moto answers beyond that stands below. Every operation is among them. The AWS CLI drives',
    'the local cloud (`test/fidelity/others/aws-cli.slow.test.ts`). Where a tool is missing its tests are left out and',
    'say so; `CHECKED_BY=moto_server,aws` makes that a failure.',
    '',
    'Where moto is not right (a test holds both to what stands here, so that a difference that goes is noticed):',
    '',
    '| call | why | AWS, and the local cloud | moto |',
    '|---|---|---|---|',
    ...comparisons.flatMap(({ what, motoIsWrong }) =>
      motoIsWrong === undefined
        ? []
        : [
            `| ${[what, motoIsWrong.why, outcome(motoIsWrong.here), outcome(motoIsWrong.inMoto)].map(cell).join(' | ')} |`,
          ],
    ),
    '',
    'What is left aside in answers that are otherwise compared (it is shown to differ too):',
    '',
    '| call | member | why |',
    '|---|---|---|',
    ...comparisons.flatMap(({ what, aside = {} }) =>
      Object.entries(aside).map(([name, why]) => `| ${cell(what)} | \`${name}\` | ${cell(why)} |`),
    ),
    '',
    'What moto answers and the local cloud does not:',
    '',
    '| member | why |',
    '|---|---|',
    ...Object.entries(leftOut).map(([name, why]) => `| \`${name}\` | ${cell(why)} |`),
    '',
  ].join('\n');
}

function outcome(either: ComparedOutcome): string {
  return 'error' in either ? either.error : JSON.stringify(either.answer);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
