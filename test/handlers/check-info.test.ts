import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { askServer, checkInfo } from '../../handlers/check-info.ts';
import { addressTargetName } from '../../workflow/model/incident.ts';
import { answer, cluster, incident, now, silence, standbyId } from '../support/incidents.ts';

const clock = { now: () => Date.parse(now), sleep: async () => {} };
let server: Server | undefined;
afterEach(() => server?.close());

async function serve(body: object): Promise<number> {
  server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const info = {
  nodeVersion: { version: '477' },
  environment: 'test',
  coordinator: true,
  starting: false,
  uptime: '3.20m',
  coordinatorId: 'abcde',
};

describe('check info', () => {
  it('check-info: asks each target over HTTP and says what answered', async () => {
    const port = await serve(info);
    const found = await checkInfo(
      {
        purpose: 'ask',
        cluster: { ...cluster, server: { protocol: 'http', port } },
        targets: [{ name: addressTargetName, host: '127.0.0.1' }],
      },
      askServer,
      clock,
    );
    expect(found).toMatchObject({
      kind: 'asked',
      answers: [{ name: addressTargetName, outcome: 'ready', ready: true, identity: 'abcde' }],
    });
    expect(JSON.stringify(found)).toContain('coordinator address (127.0.0.1) is ready');
  });

  it('check-info: a port where nothing listens is refused, and never an error', async () => {
    const port = await serve(info);
    await new Promise((resolve) => server?.close(resolve));
    const found = await checkInfo(
      {
        purpose: 'ask',
        cluster: { ...cluster, server: { protocol: 'http', port } },
        targets: [{ name: standbyId, host: '127.0.0.1' }],
      },
      askServer,
      clock,
    );
    expect(found).toMatchObject({ answers: [{ outcome: 'refused', ready: false, reached: true }] });
  });

  it('check-info: all targets are asked at once', async () => {
    let atOnce = 0;
    let most = 0;
    const targets = Array.from({ length: 5 }, (_, index) => ({ name: `i-${index}`, host: 'x' }));
    await checkInfo(
      { purpose: 'ask', cluster, targets },
      async ({ name }) => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        await new Promise((resolve) => setTimeout(resolve, 5));
        atOnce -= 1;
        return silence(name);
      },
      clock,
    );
    expect(most).toBe(5);
  });

  it('check-info: verifying asks over the address and at the own IP', async () => {
    const asked: string[] = [];
    const attachment = {
      kind: 'attached',
      at: now,
      sentence: '',
      instanceId: standbyId,
      attachmentId: 'eni-attach-0002',
      unfit: [],
    } as const;
    const found = await checkInfo(
      { purpose: 'verify', cluster, incident: incident({ rest: { attachment } }) },
      async ({ name, host }) => {
        asked.push(host);
        return answer(name, { identity: 'same' });
      },
      clock,
    );
    expect(asked).toEqual(['10.0.0.10', '10.0.0.12']);
    expect(found).toMatchObject({ kind: 'verified', tries: 1 });
  });

  it('check-info: an unknown purpose is refused with what is allowed', async () => {
    await expect(
      checkInfo({ purpose: 'guess', cluster, targets: [] }, askServer, clock),
    ).rejects.toThrow('$.purpose is "guess", but must be "ask" or "verify".');
  });
});
