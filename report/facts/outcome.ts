/**
 * How it ended, in one sentence for the top of the page. The end that the state machine itself
 * chose is taken at its word; what is not an end of it (stopped, timed out, an error) is said so.
 */
import { endingOf } from '../../history/ends.ts';
import { readFinding } from '../../history/findings.ts';
import { documentBefore, type ExecutionHistory, type StateVisit } from '../../history/visits.ts';
import type { Ending } from '../../workflow/model/incident.ts';
import { adviceOn } from '../../workflow/notify/advice.ts';
import type { Observation, Outage, Report } from '../report.ts';
import type { Actions } from './actions.ts';

export interface OutcomeSources {
  readonly execution: Report['execution'];
  readonly observations: readonly Observation[];
  readonly actions: Actions;
  readonly outage: Outage;
}

export function outcomeOf(history: ExecutionHistory, sources: OutcomeSources): Report['outcome'] {
  const { observations } = sources;
  const { fencings, attachments, verifications, standbyLaunches } = sources.actions;
  const decision =
    observations.findLast((observation) => observation.decision !== null)?.decision ?? null;
  const attached = attachments.findLast(({ kind }) => kind === 'attached');
  const verified = verifications.findLast(({ kind }) => kind === 'verified');
  const from =
    fencings.find(({ kind }) => kind === 'fenced')?.instanceId ??
    observations.find(holderIn)?.survey?.address?.attachment?.instanceId ??
    null;
  const to = verified?.instanceId ?? attached?.instanceId ?? null;
  const last = history.visits.at(-1);
  const end = endBy(sources.execution, last);
  const ending = endingOf(history);
  const { rule = null, sentence = null } = decision ?? {};
  return {
    ending,
    kind: titleOf(end, sources.execution.lastState),
    headline: headline(sources, { end, ending, from, to, sentence }),
    rule,
    sentence,
    from,
    to,
    terminated: unique([
      ...fencings.flatMap(({ terminated }) => terminated),
      ...standbyLaunches.flatMap(({ terminated }) => terminated),
    ]),
    launched: unique(standbyLaunches.flatMap(({ launched }) => launched)),
    advice: adviceOn({ ending, rule, standbysIncomplete: areStandbysIncomplete(last) }),
  };
}

/** Launch standby could not do all that it should, by the document that came into the last state. */
function areStandbysIncomplete(last: StateVisit | undefined): boolean {
  const standbyLaunch = readFinding('standbyLaunch', documentBefore(last).standbyLaunch);
  return standbyLaunch?.kind === 'no-answer' || (standbyLaunch?.problems.length ?? 0) > 0;
}

function holderIn({ survey }: Observation): boolean {
  return Boolean(survey?.address?.attachment);
}

/** Whether the state machine brought it to an end state, or what else ended it. */
type End = 'not ended' | 'timed out' | 'stopped' | 'broke off' | 'end state';

function endBy({ status }: Report['execution'], last: StateVisit | undefined): End {
  if (status === 'RUNNING') return 'not ended';
  if (status === 'TIMED_OUT') return 'timed out';
  if (status === 'ABORTED') return 'stopped';
  return status === 'FAILED' && last?.type !== 'Fail' ? 'broke off' : 'end state';
}

function titleOf(end: End, lastState: string | null): string {
  if (end === 'end state') return lastState ?? 'Ended';
  return `${end[0]?.toUpperCase()}${end.slice(1)}`;
}

interface Gist {
  readonly end: End;
  readonly ending: Ending | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly sentence: string | null;
}

function headline(
  { execution, outage }: OutcomeSources,
  { end, ending, from, to, sentence }: Gist,
): string {
  const { lastState, error, cause } = execution;
  switch (end) {
    case 'not ended':
      return `The history does not end: the last state is "${lastState ?? 'not known'}".`;
    case 'timed out':
      return `The execution ran into its timeout in "${lastState}".`;
    case 'stopped':
      return `Somebody stopped the execution in "${lastState}"${cause ? `: ${cause}` : '.'}`;
    case 'broke off':
      return `The execution broke off in "${lastState}": ${error ?? 'an error'}${cause ? `. ${cause}` : '.'}`;
    default:
      return ending === 'failed-over'
        ? `${moved(from, to)} ${outageWords(outage)}`
        : (cause ?? sentence ?? `The execution ended in "${lastState ?? 'no state'}".`);
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
