import { afterEach, describe, expect, it } from 'vitest';
import { resetAlarms } from '../../handlers/reset-alarms.ts';
import type { AttachmentFinding, Incident, Termination } from '../../workflow/model/incident.ts';
import { type Account, isoAgo, openAccount } from '../support/account.ts';
import { now } from '../support/incidents.ts';

let account: Account;
afterEach(() => account.stop());

/** An account whose alarm of the active has just gone into ALARM. */
async function ringing(): Promise<string> {
  account = await openAccount();
  const { activeHealth } = account.cluster.alarms;
  await setAlarm(activeHealth, 'ALARM');
  return activeHealth;
}

function setAlarm(AlarmName: string, StateValue: 'OK' | 'ALARM') {
  return account.cloud.setAlarmState({ AlarmName, StateValue, StateReason: 'by a test' });
}

async function inAlarm(): Promise<(string | undefined)[]> {
  const { MetricAlarms = [] } = await account.cloud.describeAlarms({ StateValue: 'ALARM' });
  return MetricAlarms.map(({ AlarmName }) => AlarmName);
}

function reset(startedAt: string, rest: Partial<Incident> = {}) {
  const { execution } = account.incident();
  const document = account.incident({ ...rest, execution: { ...execution, startedAt } });
  return resetAlarms(document, account.cloud, account.clock);
}

const soon = () => isoAgo(-1);

describe('reset alarms', () => {
  it('reset: an alarm that rang before the execution began is set to OK', async () => {
    const name = await ringing();
    expect(await reset(soon())).toMatchObject({ reset: [name], sentence: `Reset: ${name}.` });
    expect(await inAlarm()).toEqual([]);
  });

  it('reset: no alarm in ALARM, nothing to do', async () => {
    account = await openAccount();
    expect(await reset(soon())).toMatchObject({
      reset: [],
      sentence: 'No alarm was stuck in ALARM.',
    });
  });

  it('reset: one that rang later has an execution of its own, which resets it (executions do not pile up)', async () => {
    const name = await ringing();
    expect(await reset(isoAgo(60))).toMatchObject({
      reset: [],
      sentence:
        `No alarm was stuck in ALARM. ${name} went into ALARM after this execution began: ` +
        'left to the execution that it started.',
    });
    expect(await inAlarm()).toEqual([name]);
  });

  it('reset: after a fence or a move each alarm is reset, whenever it rang', async () => {
    const termination = { kind: 'fenced', at: now } as Termination;
    const attachment = { kind: 'attached', at: now } as AttachmentFinding;
    for (const moved of [{ termination }, { attachment }]) {
      const name = await ringing();
      expect((await reset(isoAgo(60), moved)).reset, Object.keys(moved)[0]).toEqual([name]);
      await account.stop();
    }
  });

  it('reset: a document without a start masks nothing', async () => {
    const name = await ringing();
    const { cluster } = account;
    const found = await resetAlarms({ cluster }, account.cloud, account.clock);
    expect(found.reset).toEqual([name]);
  });
});
