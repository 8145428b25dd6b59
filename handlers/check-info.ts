/**
 * Ask coordinators and Verify coordinator, GATHER: asks servers for `/v1/info` from inside the VPC, over
 * HTTP or HTTPS. Calls no AWS API. Every failure to answer is an outcome in the record.
 */
import { type GetInfo, getInfo } from '../info-client/get-info.ts';
import { verificationTargets, verify } from '../workflow/decide/verify-coordinator.ts';
import { readCluster, readIncident, readTargets } from '../workflow/model/document.ts';
import { bad } from '../workflow/model/fields.ts';
import type { Answer, Answers, CheckTarget, Verification } from '../workflow/model/incident.ts';
import { readInfo } from '../workflow/model/info.ts';
import type { ServerEndpoint } from '../workflow/model/server-endpoint.ts';
import { askTimeoutMs } from '../workflow/model/timing.ts';
import { type Clock, decidingHandler, isoNow } from './entry.ts';

/** Asks one server, within all limits. */
export type Ask = (
  target: CheckTarget,
  server: ServerEndpoint,
) => Promise<Omit<Answer, 'milliseconds'>>;

const bodyLimitBytes = 64 * 1024;

export const handler = decidingHandler((event, clock) => checkInfo(event, askServer, clock));

/** @throws BadInput only, when the event is not the state machine's */
export async function checkInfo(
  event: unknown,
  ask: Ask,
  clock: Clock,
): Promise<Answers | Verification> {
  const request = Object(event) as Record<string, unknown>;
  const cluster = readCluster(request.cluster);
  if (request.purpose === 'ask') {
    return askAll(readTargets(request.targets), cluster.server, ask, clock);
  }
  if (request.purpose === 'verify') {
    const incident = readIncident(request.incident);
    const asked = await askAll(verificationTargets(incident), cluster.server, ask, clock);
    return verify(incident, asked, isoNow(clock));
  }
  throw bad('$.purpose', request.purpose, '"ask" or "verify"');
}

async function askAll(
  targets: readonly CheckTarget[],
  server: ServerEndpoint,
  ask: Ask,
  clock: Clock,
): Promise<Answers> {
  const answers = await Promise.all(
    targets.map(async (target) => {
      const startedAt = clock.now();
      const answer = await ask(target, server);
      return { ...answer, milliseconds: clock.now() - startedAt };
    }),
  );
  return { kind: 'asked', at: isoNow(clock), answers };
}

export function askWith(get: GetInfo): Ask {
  return async ({ name, host }, server) => {
    const answer = await get({ host, server, timeoutMs: askTimeoutMs, bodyLimitBytes });
    const { outcome, ready, reached, sentence, identity, uptimeSeconds, kept } = readInfo(answer);
    return {
      name,
      host,
      outcome,
      ready,
      reached,
      sentence: `${name === host ? host : `${name} (${host})`} ${sentence}.`,
      ...(identity === undefined ? {} : { identity }),
      ...(uptimeSeconds === undefined ? {} : { uptimeSeconds }),
      // A ready answer is always the same; every other answer is evidence.
      ...(ready || kept === undefined ? {} : { kept }),
    };
  };
}

export const askServer = askWith(getInfo);
