/** docs/bench.md, made by the command: every number in it is one that was measured in that very run. */
import type { Numbers } from '../../infra/stack/stack.ts';
import { alternatives } from './alternatives.ts';
import type { KindSummary } from './summary.ts';
import { alternativeTable, asMarkdown, outageTable, phaseTable, seconds } from './text.ts';

/** Operator tags that shorten an outage, each with its price. */
export const variants: readonly {
  readonly what: string;
  readonly price: string;
  readonly numbers: Numbers;
}[] = [
  {
    what: '`--grace 0`',
    price: 'a server that is back within 5 s is looked at all the same; two witnesses still decide',
    numbers: { graceSeconds: 0 },
  },
  {
    what: '`--grace 0 --bad-samples 2 --ask-again 2`',
    price: 'a pause of two samples starts an observation',
    numbers: { graceSeconds: 0, badSamplesToUnhealthy: 2, askAgainSeconds: 2 },
  },
  {
    what: '`--grace 0 --bad-samples 2 --ask-again 1 --fresh 11 --probe-timeout 1`',
    price:
      'a pause of two seconds starts an observation; a host that loses two publishes counts as silent',
    numbers: {
      graceSeconds: 0,
      badSamplesToUnhealthy: 2,
      askAgainSeconds: 1,
      freshSeconds: 11,
      probeTimeoutSeconds: 1,
    },
  },
];

export interface Variant {
  readonly what: string;
  readonly price: string;
  readonly kinds: readonly KindSummary[];
}

export interface Measured {
  readonly incidents: number;
  readonly seed: number;
  /** Incidents of each kind for a variant. */
  readonly fewer: number;
  readonly kinds: readonly KindSummary[];
  readonly tried: readonly Variant[];
}

export function documentOf({ incidents, seed, fewer, kinds, tried }: Measured): string {
  return `# How long a client is without its coordinator

Made by \`npm run bench -- --incidents ${incidents} --seed ${seed} --write docs\`; do not edit. ${incidents} incidents of each of four failures of a
cluster with a hot standby and the default settings, in virtual time: the synthesized template, the real state machine, handlers and
probes, on the local cloud. Nothing else fails; how long AWS takes is drawn from the table \`workflow/aws-latencies.ts\`, of which about half are
estimates. The same seed gives the same numbers on every machine. Seconds.

![Where the seconds of an outage go](bench.svg)

An outage lasts from the failure to the first of ten consecutive ready answers of another coordinator, as an independent client
sees them that asks the address every 100 ms. In \`node-gone\` the old coordinator may still answer for a while; that counts as outage, too.

${asMarkdown(outageTable(kinds))}

**The floor** is what AWS's own latencies alone would have cost in the same incidents, with the very latencies that were drawn in them: the
call that sets the alarm, the event, one state and one function, the calls to detach and to attach, the release, the attachment, the guest.
**The own part** is what is on top of it, incident by incident. An outage over 60 s is our own doing where that part is above 30 s.

${goal(kinds)}

## Where the seconds go

Means, in brackets the 95th percentiles.

${asMarkdown(phaseTable(kinds))}

${biggest(kinds)}

## What it would take to halve it

The floor stays: ${range(kinds, ({ floor }) => floor.p50)} s of the median outage are AWS's. Half of the median outage is ${range(kinds, half)} s, so
${range(kinds, (kind) => half(kind) - kind.floor.p50)} s would be left for everything else: noticing, looking, deciding, fencing.

Settings alone do not get there. ${fewer} incidents of each kind and variant, median outage (p95):

${variantTable(kinds, tried)}

Without a grace time the first observation comes before the probes' words can be read in CloudWatch (row \`metricIngestion\` of the latency table), so the
witnesses are asked again. It would take:

* **The host's own word with the alarm.** The probe sets the alarm and says why (\`StateReasonData\`), and the event carries it. Taken as the
  word of the host it would not wait for CloudWatch; the outside check would still have to agree. It needs a rule that trusts an event
  as far as a sample, and no further.
* **An observation that does not wait for silence.** After a hang every observation lasts as long as its timeout, 2 s; asking the address while the grace
  time passes would take them out of the outage, at the price of a second kind of observation.
* **Another way to move the address.** Release, attachment and first packet are most of the floor. Moving a secondary private IP is
  faster, but an ENI is what users of this design expect, so that was decided against.

## Instead of it

Medians and 95th percentiles, from the same latency table and always in favour of the alternative.

${asMarkdown(alternativeTable(kinds))}

${alternatives.map(({ name, made, doesNotCover, source }) => `* **${name}**: ${made}. Does not cover: ${doesNotCover}. Source: ${source}.`).join('\n')}
`;
}

function goal(kinds: readonly KindSummary[]): string {
  const over = kinds.reduce((sum, kind) => sum + kind.over.incidents, 0);
  const own = kinds.reduce((sum, kind) => sum + kind.over.ownDoing, 0);
  const all = kinds.reduce((sum, kind) => sum + kind.incidents, 0);
  const p95 = Math.max(...kinds.map(({ outage }) => outage.p95));
  return `The goal is a p95 under 45 s for all four, and never over 60 s but for what AWS itself delays. The highest p95 is ${seconds(p95)} s. Of all
${all} incidents ${over} took longer than 60 s, ${own} of them by our own doing.`;
}

/** The three largest phases of the mean outage, over all kinds. */
function biggest(kinds: readonly KindSummary[]): string {
  const phases = kinds[0]?.phases ?? [];
  const whole = kinds.reduce((sum, kind) => sum + kind.meanSeconds, 0);
  const shares = phases
    .map(({ name }) => {
      const part = kinds.reduce(
        (sum, kind) => sum + (kind.phases.find((phase) => phase.name === name)?.mean ?? 0),
        0,
      );
      return { name, share: part / whole };
    })
    .toSorted((one, other) => other.share - one.share)
    .slice(0, 4)
    .map(({ name, share }) => `${name} ${(100 * share).toFixed(0)} %`);
  return `Over all four kinds the largest are: ${shares.join(', ')}.`;
}

function variantTable(kinds: readonly KindSummary[], tried: readonly Variant[]): string {
  const cells = (some: readonly KindSummary[]) =>
    some.map(({ outage }) => `${seconds(outage.p50)} (${seconds(outage.p95)})`);
  return asMarkdown({
    head: ['settings', ...kinds.map(({ kind }) => kind), 'price'],
    rows: [
      ['the defaults', ...cells(kinds), ''],
      ...tried.map(({ what, price, kinds: some }) => [what, ...cells(some), price]),
    ],
  });
}

function half({ outage }: KindSummary): number {
  return outage.p50 / 2;
}

function range(kinds: readonly KindSummary[], of: (kind: KindSummary) => number): string {
  const values = kinds.map(of);
  return `${seconds(Math.min(...values))} to ${seconds(Math.max(...values))}`;
}
