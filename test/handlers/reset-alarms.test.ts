import { afterEach, describe, expect, it } from 'vitest';
import { rearmAlarms } from '../../handlers/reset-alarms.ts';
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

function rearm(startedAt: string, rest: Partial<Incident> = {}) {
  const { execution } = account.incident();
  const document = account.incident({ ...rest, execution: { ...execution, startedAt } });
  return rearmAlarms(document, account.cloud, account.clock);
}

const soon = () => isoAgo(-1);

describe('rearm alarms', () => {
  it('rearm: an alarm that rang before the execution began is set to OK', async () => {
    const name = await ringing();
    expect(await rearm(soon())).toMatchObject({ rearmed: [name], sentence: `Rearmed: ${name}.` });
    expect(await inAlarm()).toEqual([]);
  });

  it('rearm: no alarm in ALARM, nothing to do', async () => {
    account = await openAccount();
    expect(await rearm(soon())).toMatchObject({
      rearmed: [],
      sentence: 'No alarm was stuck in ALARM.',
    });
  });

  it('rearm: one that rang later has an execution of its own, which rearms it (executions do not pile up)', async () => {
    const name = await ringing();
    expect(await rearm(isoAgo(60))).toMatchObject({
      rearmed: [],
      sentence:
        `No alarm was stuck in ALARM. ${name} rang after this execution began: ` +
        'its own execution rearms it.',
    });
    expect(await inAlarm()).toEqual([name]);
  });

  it('rearm: after a fence or a move each alarm is rearmed, whenever it rang', async () => {
    const termination = { kind: 'fenced', at: now } as Termination;
    const attachment = { kind: 'attached', at: now } as AttachmentFinding;
    for (const moved of [{ termination }, { attachment }]) {
      const name = await ringing();
      expect((await rearm(isoAgo(60), moved)).rearmed, Object.keys(moved)[0]).toEqual([name]);
      await account.stop();
    }
  });

  it('rearm: a document without a start masks nothing', async () => {
    const name = await ringing();
    const { cluster } = account;
    const found = await rearmAlarms({ cluster }, account.cloud, account.clock);
    expect(found.rearmed).toEqual([name]);
  });
});
