/**
 * What an auditor may look for and an execution history cannot hold, with where to find it instead.
 */
import type { Report } from './report.ts';

type Known = Pick<
  Report,
  'trigger' | 'outage' | 'outcome' | 'fencings' | 'identity' | 'restorations'
>;

export function missingFrom(known: Known): readonly string[] {
  const { trigger, outage, outcome, fencings, restorations } = known;
  const fenced = fencings.filter(({ kind }) => kind === 'fenced');
  return [
    ...(trigger.kind === 'person'
      ? [
          'Who the person is: only the input is here. The identity is in CloudTrail, under StartExecution.',
        ]
      : []),
    ...(trigger.kind === 'alarm' && trigger.alarm?.firstBadSampleAt === null
      ? [
          "The first bad sample: the alarm's event does not name one. The metrics are in CloudWatch for 3 hours by the second.",
        ]
      : []),
    ...(outage.kind === 'over' || outage.kind === 'not over'
      ? [
          'The moment of the failure itself: it lies before the first bad sign.',
          'The outage as clients saw it, and the queries that were lost: clients and query logs know.',
        ]
      : []),
    ...(fenced.some(({ steps }) => steps === null)
      ? ['The single steps of fencing: this version records their result only (the sentence).']
      : []),
    ...(fenced.length > 0 || outcome.terminated.length > 0
      ? [
          'Whether a terminated instance has ended: the request was accepted. EC2 and CloudTrail (TerminateInstances) know.',
        ]
      : []),
    ...(restorations.some(({ launched }) => launched.length > 0)
      ? ['Whether a launched coordinator became ready: the execution does not wait for it.']
      : []),
  ];
}
