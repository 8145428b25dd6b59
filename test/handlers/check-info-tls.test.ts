/** The outside check over real TLS, and what the rules make of it. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { askServer, checkInfo } from '../../handlers/check-info.ts';
import {
  type CertificateRequest,
  createAuthority,
  type ServerCertificate,
} from '../../trials/drill/private-authority.ts';
import { confirm } from '../../workflow/decide/confirm-failure.ts';
import type { Answers, Coordinator } from '../../workflow/model/incident.ts';
import { addressTargetName } from '../../workflow/model/incident.ts';
import {
  activeId,
  cluster,
  coordinator,
  incident,
  now,
  secondsAgo,
  standbyId,
} from '../support/incidents.ts';
import { trino477 } from '../workflow/model/http-answers.ts';

const authority = await createAuthority();
/** Only the address: own IPs are not known before an instance is launched. */
const names = ['127.0.0.1'];
const hosts = {
  [addressTargetName]: '127.0.0.1',
  [activeId]: '127.0.0.1',
  [standbyId]: '127.0.0.2',
};
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** The active at the address, a standby at its own, and what the function in the VPC finds. */
async function check(
  active: Partial<CertificateRequest>,
  caBundle = authority.certificate,
): Promise<Answers> {
  const port = await serve('127.0.0.1', await authority.issue({ names, ...active }), 0);
  await serve('127.0.0.2', await authority.issue({ names }), port);
  const server = { protocol: 'https', port, trust: { caBundle }, serverName: '127.0.0.1' };
  const targets = Object.entries(hosts).map(([name, host]) => ({ name, host }));
  const event = { purpose: 'ask', cluster: { ...cluster, server }, targets };
  const clock = { now: () => Date.parse(now), sleep: async () => {} };
  return (await checkInfo(event, askServer, clock)) as Answers;
}

function decisionOn(answers: Answers, health: Coordinator['health']) {
  // A probe that cannot verify the address says nothing of it.
  const standbys = [coordinator(standbyId, { reachable: null })];
  return confirm(incident({ active: { health }, standbys, rest: { answers } }), now);
}

const one = { value: 1, at: secondsAgo(1) } as const;
const zero = { value: 0, at: secondsAgo(1) } as const;
const expired = { notBeforeSeconds: -7200, notAfterSeconds: -3600 };

describe('check info over TLS', () => {
  it('check-info: certificates that name the address are verified everywhere, own IPs included', async () => {
    const answers = await check({});
    expect(answers.answers.map(({ ready }) => ready)).toEqual([true, true, true]);
    expect(decisionOn(answers, zero)).toMatchObject({ rule: 'answers', outcome: 'healthy' });
  });

  it('check-info: a bundle that fits nobody is no evidence against anybody', async () => {
    const { certificate: wrong } = await createAuthority('Wrong');
    const answers = await check({}, wrong);
    expect(new Set(answers.answers.map(({ outcome }) => outcome))).toEqual(
      new Set(['unknown-authority']),
    );
    for (const health of [one, zero, null]) {
      const { outcome, evidence } = decisionOn(answers, health);
      expect(outcome).not.toBe('failed');
      expect(evidence.address).toContain('counts against nobody');
    }
  });

  it('check-info: an expired certificate beside a good one needs the host as second witness', async () => {
    const answers = await check(expired);
    expect(answers.answers.map(({ outcome }) => outcome)).toEqual([
      'certificate-expired',
      'certificate-expired',
      'ready',
    ]);
    expect(decisionOn(answers, one).outcome).toBe('healthy');
    expect(decisionOn(answers, zero)).toMatchObject({ rule: 'dead', outcome: 'failed' });
  });
});

async function serve(host: string, certificate: ServerCertificate, port: number): Promise<number> {
  const { certificate: cert, key } = certificate;
  const server = createServer({ cert, key }, (_, response) =>
    response.end(JSON.stringify(trino477)),
  );
  server.on('tlsClientError', () => undefined);
  closers.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  return (server.address() as AddressInfo).port;
}
