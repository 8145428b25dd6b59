/** What a probe makes of certificates that do not verify: see docs/decisions/0006. */
import { describe, expect, test } from 'vitest';
import { healthyStandby, startHost } from './host.ts';

describe('probe: a standby', () => {
  test('that cannot verify the address says nothing of it, and raises no alarm', async () => {
    const host = startHost(healthyStandby);
    await host.seconds(30.5);
    host.world.address = { kind: 'unknown-authority', detail: 'unable to verify' };
    await host.seconds(30);
    expect(host.values('Reachable')).not.toContain(0);
    expect(host.values('Reachable', 40_000)).toEqual([]);
    expect(host.alarms).toEqual([]);
    expect(host.values('Health').at(-1)).toBe(1);
    await host.stop();
  });

  test('whose own certificate does not verify is not ready', async () => {
    const own = { kind: 'certificate-expired', detail: 'certificate has expired' } as const;
    const host = startHost({ ...healthyStandby, own });
    await host.seconds(20);
    expect(new Set(host.values('Health'))).toEqual(new Set([0]));
    await host.stop();
  });
});
