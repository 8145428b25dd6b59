/**
 * How it ended, in one sentence for the top of the page. The end that the state machine itself
 * chose is taken at its word; what is not an end of it (stopped, timed out, an error) is said so.
 */
import type { Attaching, Fencing, Look, Outage, Report, Restoring, Verifying } from './report.ts';

export interface OutcomeSources {
  readonly execution: Report['execution'];
  /** It failed in a Fail state: an end that the state machine chose. */
  readonly endedInState: boolean;
  readonly looks: readonly Look[];
  readonly fencings: readonly Fencing[];
  readonly attachments: readonly Attaching[];
  readonly verifications: readonly Verifying[];
  readonly restorations: readonly Restoring[];
  readonly outage: Outage;
}

export function outcomeOf(sources: OutcomeSources): Report['outcome'] {
  const { looks, fencings, attachments, verifications, restorations } = sources;
  const verdict = looks.findLast((look) => look.verdict !== null)?.verdict ?? null;
  const attached = attachments.findLast(({ kind }) => kind === 'attached');
  const verified = verifications.findLast(({ kind }) => kind === 'verified');
  const from =
    fencings.find(({ kind }) => kind === 'fenced')?.instanceId ??
    looks.find(({ attachment }) => attachment !== null)?.attachment?.instanceId ??
    null;
  const to = verified?.instanceId ?? attached?.instanceId ?? null;
  const kind = kindOf(sources);
  return {
    kind,
    headline: headline(sources, { kind, from, to, sentence: verdict?.sentence ?? null }),
    rule: verdict?.rule ?? null,
    sentence: verdict?.sentence ?? null,
    from,
    to,
    terminated: unique([
      ...fencings.flatMap(({ terminated }) => terminated),
      ...restorations.flatMap(({ terminated }) => terminated),
    ]),
    launched: unique(restorations.flatMap(({ launched }) => launched)),
  };
}

/** The state it ended in, where the state machine brought it there; else how it ended. */
function kindOf({ execution, endedInState }: OutcomeSources): string {
  const { status, lastState } = execution;
  if (status === 'RUNNING') return 'Not ended';
  if (status === 'TIMED_OUT') return 'Timed out';
  if (status === 'ABORTED') return 'Stopped';
  if (status === 'FAILED' && !endedInState) return 'Broke off';
  return lastState ?? 'Ended';
}

interface Gist {
  readonly kind: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly sentence: string | null;
}

function headline(
  { execution, outage }: OutcomeSources,
  { kind, from, to, sentence }: Gist,
): string {
  const { lastState, error, cause } = execution;
  switch (kind) {
    case 'Not ended':
      return `The history does not end: the last state is "${lastState ?? 'not known'}".`;
    case 'Timed out':
      return `The execution ran into its timeout in "${lastState}".`;
    case 'Stopped':
      return `Somebody stopped the execution in "${lastState}"${cause ? `: ${cause}` : '.'}`;
    case 'Broke off':
      return `The execution broke off in "${lastState}": ${error ?? 'an error'}${cause ? `. ${cause}` : '.'}`;
    case 'Failed over':
      return `${moved(from, to)} ${outageWords(outage)}`;
    default:
      return cause ?? sentence ?? `The execution ended in "${kind}".`;
  }
}

function moved(from: string | null, to: string | null): string {
  if (to === null) return 'The address is on a coordinator that answers.';
  return from === null || from === to
    ? `${to} took the address over.`
    : `${to} took the address over from ${from}.`;
}

function outageWords({ kind, seconds }: Outage): string {
  if (kind === 'over') return `It was not served for about ${seconds} s.`;
  if (kind === 'none seen') return 'No check saw it unserved.';
  return 'How long it was not served is not in the history.';
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}
