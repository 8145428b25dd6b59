/**
 * Record incident, ACT: writes the execution's whole document into this function's log group, which
 * outlives the execution's 90 days and the stack. Says what people are to be told. A tag on the ENI
 * keeps what people were told, so that nobody is told once a minute. Publishes how many coordinators
 * are ready and how long a failover took.
 * No error here may fail a failover: an ENI that cannot be read or tagged costs one message more, a
 * metric that is refused a gap.
 */
import { describeAddressTag } from '../aws/address.ts';
import type { FailoverCalls } from '../aws/calls.ts';
import { describeError } from '../aws/errors.ts';
import { readIncident } from '../workflow/model/document.ts';
import type { Incident, IncidentRecord } from '../workflow/model/incident.ts';
import { dimensionNames, tagKeys } from '../workflow/model/names.ts';
import { recording } from '../workflow/model/timing.ts';
import { mayBeToldByAnother, recordOf } from '../workflow/notify/message.ts';
import { clusterData } from '../workflow/standbys/redundancy.ts';
import { actingHandler, type Clock, isoNow, type LogEntry, writeLog } from './entry.ts';

export const handler = actingHandler((event, cloud, clock) =>
  recordIncident(event, cloud, clock, writeLog),
);

/** `write` gets one entry: the record for people, and the document behind the record. */
export async function recordIncident(
  event: unknown,
  cloud: FailoverCalls,
  clock: Clock,
  write: (entry: LogEntry) => void,
): Promise<IncidentRecord> {
  const incident = readIncident(event);
  const makeRecord = async () =>
    recordOf(incident, await lastNotified(incident, cloud, write), isoNow(clock));
  const startedAt = clock.now();
  let { record, notifiedTag } = await makeRecord();
  const isQuick = clock.now() - startedAt < recording.quickMs;
  if (record.kind === 'notify' && isQuick && mayBeToldByAnother(incident)) {
    await clock.sleep(recording.othersSpeakMs);
    ({ record, notifiedTag } = await makeRecord());
  }
  write({ level: 'INFO', kind: 'incident', record, incident });
  await Promise.all([
    notifiedTag === null ? undefined : remember(incident, cloud, notifiedTag, write),
    publish(incident, cloud, write),
  ]);
  return record;
}

async function lastNotified(
  { cluster, execution }: Incident,
  cloud: FailoverCalls,
  write: (entry: LogEntry) => void,
): Promise<string | null> {
  try {
    return await describeAddressTag(cloud, cluster, tagKeys.notified);
  } catch (error) {
    warn(write, execution.id, `The tag ${tagKeys.notified} was not read. ${describeError(error)}`);
    return null;
  }
}

async function remember(
  { cluster, execution }: Incident,
  cloud: FailoverCalls,
  value: string,
  write: (entry: LogEntry) => void,
): Promise<void> {
  try {
    await cloud.createTags({
      Resources: [cluster.networkInterfaceId],
      Tags: [{ Key: tagKeys.notified, Value: value }],
    });
  } catch (error) {
    warn(write, execution.id, `The tag ${tagKeys.notified} was not set. ${describeError(error)}`);
  }
}

async function publish(
  incident: Incident,
  cloud: FailoverCalls,
  write: (entry: LogEntry) => void,
): Promise<void> {
  const data = clusterData(incident);
  if (data.length === 0) return;
  const { metricNamespace, clusterName } = incident.cluster;
  try {
    await cloud.putMetricData({
      Namespace: metricNamespace,
      MetricData: data.map(({ metricName, value, unit }) => ({
        MetricName: metricName,
        Value: value,
        Unit: unit,
        Dimensions: [{ Name: dimensionNames.cluster, Value: clusterName }],
      })),
    });
  } catch (error) {
    const message = `The metrics were not published. ${describeError(error)}`;
    warn(write, incident.execution.id, message);
  }
}

function warn(write: (entry: LogEntry) => void, execution: string, sentence: string): void {
  write({ level: 'WARN', execution, sentence });
}
