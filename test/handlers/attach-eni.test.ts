import { afterEach, describe, expect, it } from 'vitest';
import { attachEni } from '../../handlers/attach-eni.ts';
import type { Incident } from '../../workflow/model/incident.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { type Account, openAccount } from '../support/account.ts';
import { failingOnce, refusing } from '../support/faults.ts';
import { now } from '../support/incidents.ts';

let account: Account;
afterEach(() => account.stop());

function activeId(): string {
  return account.coordinatorIds[0] ?? '';
}

function standbyId(): string {
  return account.coordinatorIds[1] ?? '';
}

function picked(rest: Partial<Incident> = {}): Incident {
  const standbyPick = {
    kind: 'picked',
    at: now,
    instanceId: standbyId(),
    sentence: '',
    passedOver: [],
    observation: 1,
    tried: [],
  } as const;
  return account.incident({ standbyPick, ...rest });
}

async function detach(): Promise<void> {
  await account.cloud.detachNetworkInterface({
    AttachmentId: account.attachmentId() ?? '',
    Force: true,
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
}

async function retireActive(): Promise<void> {
  await account.cloud.createTags({
    Resources: [activeId()],
    Tags: [{ Key: tagKeys.retired, Value: 'arn:1' }],
  });
}

function fenced() {
  return {
    kind: 'fenced',
    at: now,
    sentence: '',
    instanceId: activeId(),
    rule: 'dead',
    fenced: [activeId()],
    terminated: [],
    problems: [],
  } as const;
}

function attach(document = picked(), cloud = account.cloud) {
  return attachEni(document, cloud, account.clock);
}

describe('attach ENI', () => {
  it('attach: gives a free address to the picked standby, and it survives its termination', async () => {
    account = await openAccount();
    await detach();
    const found = await attach();
    expect(found).toMatchObject({ kind: 'attached', instanceId: standbyId() });
    expect(found.attachmentId).toBe(account.attachmentId());
    const [eni] = account.ec2.snapshot().networkInterfaces;
    expect(eni?.attachment).toMatchObject({ instanceId: standbyId(), deleteOnTermination: false });
  });

  it('attach: running it twice is one attachment', async () => {
    account = await openAccount();
    await detach();
    const first = await attach();
    const second = await attach();
    expect(second).toMatchObject({ kind: 'attached', attachmentId: first.attachmentId });
  });

  it('attach: whichever answer is lost, before or after its effect, the next try ends it', async () => {
    for (let number = 0; number < 3; number += 1) {
      for (const fault of ['before', 'after'] as const) {
        account = await openAccount();
        await detach();
        const cloud = failingOnce(account.cloud, number, fault);
        const tried = await attach(picked(), cloud).catch(() => null);
        const found = tried ?? (await attach());
        expect(found.kind, `call ${number}, lost ${fault}`).toBe('attached');
        expect(account.holderId(), `call ${number}, lost ${fault}`).toBe(standbyId());
        await account.stop();
      }
    }
  });

  it('attach: an address that another living coordinator holds is left alone', async () => {
    account = await openAccount();
    const found = await attach();
    expect(found).toMatchObject({ kind: 'moved' });
    expect(found.sentence).toContain(`${activeId()} holds the address`);
    expect(account.holderId()).toBe(activeId());
  });

  it('attach: a holder that EC2 does not show keeps the address: nothing was said about it', async () => {
    account = await openAccount();
    const unseen = { ...account.cloud, describeInstances: async () => ({ $metadata: {} }) };
    await expect(attach(picked(), unseen)).rejects.toMatchObject({
      name: 'TryAgain',
      message: expect.stringContaining(`EC2 does not show ${activeId()}`),
    });
    expect(account.holderId()).toBe(activeId());
  });

  it('attach: a retired holder loses it by force, and the next try attaches', async () => {
    account = await openAccount();
    await retireActive();
    await expect(attach()).rejects.toMatchObject({ name: 'EniNotReleased' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await attach()).kind).toBe('attached');
    expect(account.holderId()).toBe(standbyId());
  });

  it('attach: whom this execution has fenced is not mistaken for a living holder (a describe lags)', async () => {
    account = await openAccount();
    const termination = fenced();
    // The describe still shows the old attachment, and so does the attempt: in use.
    await expect(attach(picked({ termination }))).rejects.toMatchObject({ name: 'EniNotReleased' });
  });

  it('attach: a fenced instance that still holds it in truth loses it, and the next try attaches', async () => {
    account = await openAccount();
    const document = picked({ termination: fenced() });
    await expect(attach(document)).rejects.toMatchObject({ name: 'EniNotReleased' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await attach(document)).kind).toBe('attached');
    expect(account.holderId()).toBe(standbyId());
  });

  it('attach: a lost holder that cannot let go yet is waited for', async () => {
    account = await openAccount();
    await retireActive();
    const cloud = refusing(account.cloud, 'detachNetworkInterface', 'IncorrectState', 'ending');
    await expect(attach(picked(), cloud)).rejects.toMatchObject({
      name: 'EniNotReleased',
      message: expect.stringContaining('IncorrectState: ending'),
    });
  });

  it('attach: IncorrectState is about the address while somebody lets go of it, not about the standby', async () => {
    account = await openAccount();
    const cloud = refusing(account.cloud, 'attachNetworkInterface', 'IncorrectState', 'in-use');
    await expect(attach(picked({ termination: fenced() }), cloud)).rejects.toMatchObject({
      name: 'EniNotReleased',
    });
  });

  it('attach: IncorrectState of a free address and a running standby is tried again', async () => {
    account = await openAccount();
    await detach();
    const cloud = refusing(account.cloud, 'attachNetworkInterface', 'IncorrectState', 'pending');
    await expect(attach(picked(), cloud)).rejects.toMatchObject({ name: 'TryAgain' });
  });

  it('attach: a standby that stopped meanwhile cannot take it', async () => {
    account = await openAccount();
    await detach();
    await account.cloud.terminateInstances({ InstanceIds: [standbyId()] });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await attach()).kind).toBe('unfit');
  });

  it.each([
    ['InvalidNetworkInterface.InUse', '', 'EniNotReleased'],
    ['RequestLimitExceeded', '', 'TryAgain'],
    ['TimeoutError', '', 'TryAgain'],
    ['InvalidParameterValue', 'the subnet is in another Availability Zone', 'TryAgain'],
  ])('attach: %s is tried again as %s%s', async (name, message, error) => {
    account = await openAccount();
    await detach();
    const cloud = refusing(account.cloud, 'attachNetworkInterface', name, message);
    await expect(attach(picked(), cloud)).rejects.toMatchObject({ name: error });
  });

  it.each([
    ['AttachmentLimitExceeded', ''],
    ['IncorrectInstanceState', ''],
    ['InvalidInstanceID.NotFound', ''],
    ['InvalidParameterValue', 'Instance already has an interface attached at device index 1'],
  ])('attach: %s says that this standby cannot take it', async (name, message) => {
    account = await openAccount();
    await detach();
    const cloud = refusing(account.cloud, 'attachNetworkInterface', name, message);
    const found = await attach(picked(), cloud);
    expect(found).toMatchObject({ kind: 'unfit', unfit: [standbyId()], attachmentId: null });
  });

  it('attach: a standby that was retired meanwhile is not promoted', async () => {
    account = await openAccount();
    await detach();
    await account.cloud.createTags({
      Resources: [standbyId()],
      Tags: [{ Key: tagKeys.retired, Value: 'arn:2' }],
    });
    expect((await attach()).kind).toBe('unfit');
    expect(account.holderId()).toBeUndefined();
  });

  it('attach: without a pick it is refused', async () => {
    account = await openAccount();
    await expect(attach(account.incident())).rejects.toMatchObject({ name: 'BadInput' });
  });
});
