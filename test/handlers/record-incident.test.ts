import { afterEach, describe, expect, it } from 'vitest';
import { recordIncident } from '../../handlers/record-incident.ts';
import type { Incident } from '../../workflow/incident.ts';
import { tagKeys } from '../../workflow/names.ts';
import { type Account, openAccount } from '../support/account.ts';
import { refusing } from '../support/faults.ts';
import { verdict } from '../support/incidents.ts';

let account: Account;
afterEach(() => account.stop());

function held(): Incident {
  const sentence = 'There were 3 failovers within 60 minutes.';
  return account.incident({
    verdict: verdict({ rule: 'held', outcome: 'held-back', sentence }),
  });
}

function notifiedTag(): string | undefined {
  return account.ec2.snapshot().networkInterfaces[0]?.tags[tagKeys.notified];
}

describe('record incident', () => {
  it('record: the whole document goes into the log, in one line', async () => {
    account = await openAccount();
    const lines: string[] = [];
    const document = held();
    const found = await recordIncident(document, account.cloud, account.clock, (line) =>
      lines.push(line),
    );
    expect(found.kind).toBe('told');
    expect(lines).toHaveLength(1);
    const { kind, incident, record } = JSON.parse(lines[0] ?? '');
    expect(kind).toBe('incident');
    expect(incident).toEqual(JSON.parse(JSON.stringify(document)));
    expect(record).toEqual(found);
  });

  it('record: the address remembers what people were told, so that they are told once', async () => {
    account = await openAccount();
    const record = () => recordIncident(held(), account.cloud, account.clock, () => {});
    await record();
    expect(notifiedTag()).toMatch(/^held-back \d{4}-/);
    expect(await record()).toMatchObject({ kind: 'quiet', ending: 'held-back' });
  });

  it('record: an address that can be neither read nor tagged keeps nobody from being told', async () => {
    account = await openAccount();
    const lines: string[] = [];
    const cloud = refusing(
      refusing(account.cloud, 'describeNetworkInterfaces', 'RequestLimitExceeded'),
      'createTags',
      'UnauthorizedOperation',
    );
    const found = await recordIncident(held(), cloud, account.clock, (line) => lines.push(line));
    expect(found.kind).toBe('told');
    expect(lines[1]).toContain('UnauthorizedOperation');
  });
});
