/** What only a drill over HTTPS can show. */
import { waitUntil } from '../wait.ts';
import type { Scenario } from './scenario.ts';

/** Longer than a coordinator may be cut off (20 s): whoever took this for that would have acted. */
const lastsSeconds = 25;
const observationWithinSeconds = 60;

export const wrongCertificates: Scenario = {
  name: 'wrong-certificates',
  done: 'all servers show certificates that nobody can verify, as with a wrong CA bundle, and an observation is started',
  must: 'nothing is terminated',
  coordinators: { kind: 'at least', count: 2 },
  needsHttps: true,
  expectation: {
    holder: 'same',
    terminated: 'nobody',
    outage: 'none',
    ending: 'nothing-to-do',
    leastExecutions: 1,
  },
  async run(stage) {
    const active = stage.active();
    const exchange = async (whose: 'own' | "a stranger's") => {
      for (const machine of stage.seeded()) await machine.exchangeCertificate(whose);
    };
    await stage.fail(active, 'it and all others show certificates of a stranger', () =>
      exchange("a stranger's"),
    );
    await stage.pause(lastsSeconds);
    await stage.startExecution('{}');
    await waitUntil('an observation finds nothing to do', () => stage.reached('nothing-to-do'), {
      clock: stage.clock,
      signal: stage.signal,
      withinSeconds: observationWithinSeconds,
      everyMs: 500,
    });
    stage.expectActive(active, 'although only certificates were wrong');
    await exchange('own');
    await stage.pause(1);
    stage.heal('certificates are right again', () => {});
  },
};
