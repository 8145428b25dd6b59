/**
 * What started the execution: an alarm's event, an instance's, the schedule's, a person's words, or
 * anything else. How an input is understood is said by the workflow itself (workflow/model/request.ts).
 */

import {
  fieldsOf,
  isFields,
  isoOf,
  listOf,
  numberOf,
  parseJson,
  textOf,
} from '../../history/values.ts';
import type { EventView } from '../../history/visits.ts';
import { readRequest } from '../../workflow/model/request.ts';
import type { Trigger } from '../report.ts';

export function triggerOf(events: readonly EventView[]): Trigger {
  const started = events.find(({ type }) => type === 'ExecutionStarted');
  const input = parseJson(textOf(started?.details.input) ?? undefined);
  const eventId = started?.id ?? null;
  if (input === undefined) {
    return {
      kind: 'unknown',
      sentence: 'What started it is not in the history: its input is missing or cut off.',
      at: null,
      alarm: null,
      request: null,
      input: textOf(started?.details.input),
      notes: [],
      eventId,
    };
  }
  const { origin, startedBy, note, refusals, by, reason, force, switchover, standby, dryRun } =
    readRequest(input);
  const event = fieldsOf(input);
  return {
    kind: kindOf(input),
    sentence: `Started by ${startedBy}.`,
    at: isoOf(event.time),
    alarm: event.source === 'aws.cloudwatch' ? alarmOf(event.detail) : null,
    request: origin === 'person' ? { by, reason, force, switchover, standby, dryRun } : null,
    input: JSON.stringify(input, null, 2),
    notes: [...(note === undefined ? [] : [note]), ...refusals],
    eventId,
  };
}

function kindOf(input: unknown): Trigger['kind'] {
  if (!isFields(input) || !('source' in input) || !('detail-type' in input)) return 'person';
  const source = textOf(input.source);
  if (source === 'aws.cloudwatch') return 'alarm';
  if (source === 'aws.ec2') return 'instance';
  if (source === 'aws.events' && input['detail-type'] === 'Scheduled Event') return 'schedule';
  return 'event';
}

/** `detail` of a "CloudWatch Alarm State Change"; reasonData is JSON in a string, and may be absent. */
function alarmOf(detail: unknown): Trigger['alarm'] {
  const { alarmName, state } = fieldsOf(detail);
  const { reason, reasonData, timestamp } = fieldsOf(state);
  const data = fieldsOf(parseJson(textOf(reasonData) ?? undefined));
  const byProbe = data.by === 'probe';
  const probe = textOf(data.instanceId);
  return {
    name: textOf(alarmName),
    changedAt: isoOf(timestamp),
    reason: textOf(reason),
    firstBadSampleAt: byProbe ? isoOf(data.firstBadSampleAt) : firstBreach(data),
    source: byProbe
      ? `the probe on ${probe ?? 'a coordinator'}`
      : Object.keys(data).length > 0
        ? "CloudWatch's evaluation of the metric"
        : null,
  };
}

/** Of the points that CloudWatch evaluated, the earliest that breaches; null when it was silence. */
function firstBreach(data: ReturnType<typeof fieldsOf>): string | null {
  const threshold = numberOf(data.threshold);
  const times = listOf(data.evaluatedDatapoints).flatMap((point) => {
    const { timestamp, value } = fieldsOf(point);
    const at = isoOf(timestamp);
    const number = numberOf(value);
    return at !== null && number !== null && threshold !== null && number < threshold ? [at] : [];
  });
  return times.sort()[0] ?? null;
}
