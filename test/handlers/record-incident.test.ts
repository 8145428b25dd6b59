import { afterEach, describe, expect, it } from 'vitest';
import type { FailoverCalls } from '../../aws/calls.ts';
import type { LogEntry } from '../../handlers/entry.ts';
import { recordIncident } from '../../handlers/record-incident.ts';
import type { Incident } from '../../workflow/model/incident.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { type Account, openAccount } from '../support/account.ts';
import { refusing } from '../support/faults.ts';
import { decision, incident } from '../support/incidents.ts';

let account: Account;
afterEach(() => account.stop());

function held(): Incident {
  const sentence = 'There were 3 failovers within 60 minutes.';
  return account.incident({
    decision: decision({ rule: 'failover-limit', outcome: 'waiting-for-operator', sentence }),
  });
}

function by(id: string, document: Incident): Incident {
  return { ...document, execution: { ...document.execution, id: `arn:execution:${id}` } };
}

function notifiedTag(): string | undefined {
  return account.ec2.snapshot().networkInterfaces[0]?.tags[tagKeys.notified];
}

describe('record incident', () => {
  it('record: the whole document goes into the log, in one entry', async () => {
    account = await openAccount();
    const entries: LogEntry[] = [];
    const document = held();
    const found = await recordIncident(document, account.cloud, account.clock, (entry) =>
      entries.push(entry),
    );
    expect(found.kind).toBe('notify');
    expect(entries).toHaveLength(1);
    expect(entries[0]).toEqual({
      level: 'INFO',
      kind: 'incident',
      incident: document,
      record: found,
    });
  });

  it('record: the address remembers what people were told, so that they are told once', async () => {
    account = await openAccount();
    const record = (id: string) =>
      recordIncident(by(id, held()), account.cloud, account.clock, () => {});
    await record('one');
    expect(notifiedTag()).toMatch(/^failover-limit \d{4}-/);
    expect(await record('another')).toMatchObject({
      kind: 'quiet',
      ending: 'waiting-for-operator',
    });
  });

  it('record: two executions that end together with one move tell people once', async () => {
    account = await openAccount();
    const attached = {
      kind: 'attached',
      at: new Date().toISOString(),
      sentence: '',
      instanceId: account.coordinatorIds[1] ?? '',
      attachmentId: 'eni-attach-2',
      unfit: [],
    } as const;
    const document = account.incident({ decision: decision({ rule: 'dead', outcome: 'failed' }) });
    const documents = [
      by('who-attached', { ...document, attachment: attached }),
      by('who-found-it', { ...document, attachment: { ...attached, found: true } }),
    ];
    const told = await Promise.all(
      documents.map((one) => recordIncident(one, account.cloud, account.clock, () => {})),
    );
    expect(told.map(({ kind }) => kind)).toEqual(['notify', 'quiet']);
  });

  it('record: where EC2 is slow nobody waits for another one to speak: the record must be written', async () => {
    account = await openAccount();
    let ms = Date.now();
    const slept: number[] = [];
    const clock = { now: () => ms, sleep: async (given: number) => void slept.push(given) };
    const slow: FailoverCalls = {
      ...account.cloud,
      describeNetworkInterfaces: (input) => {
        ms += 4_000;
        return account.cloud.describeNetworkInterfaces(input);
      },
    };
    const termination = { kind: 'fenced', fenced: [] } as object as Incident['termination'];
    const document = account.incident({
      decision: decision({ rule: 'answers', outcome: 'healthy' }),
      termination,
    });
    expect(await recordIncident(document, slow, clock, () => {})).toMatchObject({ kind: 'notify' });
    expect(slept).toEqual([]);
  });

  it('record: how many coordinators are ready is published, by cluster, in its own namespace', async () => {
    account = await openAccount();
    const sent: unknown[] = [];
    const cloud: FailoverCalls = {
      ...account.cloud,
      putMetricData: (input) => {
        sent.push(input);
        return account.cloud.putMetricData(input);
      },
    };
    const { survey, answers } = incident();
    const document = account.incident({ survey, answers });
    await recordIncident(document, cloud, account.clock, () => {});
    const Dimensions = [{ Name: 'Cluster', Value: account.cluster.clusterName }];
    expect(sent).toEqual([
      {
        Namespace: account.cluster.metricNamespace,
        MetricData: [
          { MetricName: 'ReadyCoordinators', Value: 2, Unit: 'Count', Dimensions },
          { MetricName: 'ReadyStandbys', Value: 1, Unit: 'Count', Dimensions },
        ],
      },
    ]);
  });

  it('record: metrics that are not taken are a gap, and the incident is recorded all the same', async () => {
    account = await openAccount();
    const entries: LogEntry[] = [];
    const { survey, answers } = incident();
    const found = await recordIncident(
      account.incident({ survey, answers }),
      refusing(account.cloud, 'putMetricData', 'AccessDenied'),
      account.clock,
      (entry) => entries.push(entry),
    );
    expect(found.ending).toBe('undecided');
    expect(entries[1]).toMatchObject({
      level: 'WARN',
      sentence: expect.stringContaining('The metrics were not published. AccessDenied'),
    });
  });

  it('record: a dry run that could not be decided tells nobody and tags nothing', async () => {
    account = await openAccount();
    const decision = {
      kind: 'undecided',
      outcome: 'undecided',
      dryRun: true,
      sentence: 'A function that decides has failed: Lambda.TooManyRequestsException',
      error: { Error: 'Lambda.TooManyRequestsException' },
    } as const;
    const cloud = refusing(account.cloud, 'createTags', 'AccessDenied');
    const document = account.incident({ decision });
    const entries: LogEntry[] = [];
    const found = await recordIncident(document, cloud, account.clock, (one) => entries.push(one));
    expect(found).toMatchObject({ kind: 'quiet', ending: 'undecided' });
    expect(found.subject).toContain('Dry run could not decide');
    expect(entries.filter(({ level }) => level === 'WARN')).toEqual([]);
  });

  it('record: an address that can be neither read nor tagged keeps nobody from being told', async () => {
    account = await openAccount();
    const entries: LogEntry[] = [];
    const cloud = refusing(
      refusing(account.cloud, 'describeNetworkInterfaces', 'RequestLimitExceeded'),
      'createTags',
      'UnauthorizedOperation',
    );
    const found = await recordIncident(held(), cloud, account.clock, (entry) =>
      entries.push(entry),
    );
    expect(found.kind).toBe('notify');
    const sentences = entries.map(({ sentence }) => sentence);
    expect(sentences[0]).toContain('was not read. RequestLimitExceeded');
    expect(sentences[2]).toContain('was not set. UnauthorizedOperation');
  });
});
