/** What a probe makes of certificates that do not verify: see docs/decisions/0006. */
import { describe, expect, test } from 'vitest';
import { healthyStandby, startBox } from './host.ts';

describe('probe: a standby', () => {
  test('that cannot verify the address says nothing of it, and raises no alarm', async () => {
    const box = startBox(healthyStandby);
    await box.seconds(30.5);
    box.world.address = { kind: 'unknown-authority', detail: 'unable to verify' };
    await box.seconds(30);
    expect(box.values('Reachable')).not.toContain(0);
    expect(box.values('Reachable', 40_000)).toEqual([]);
    expect(box.alarms).toEqual([]);
    expect(box.values('Health').at(-1)).toBe(1);
    await box.stop();
  });

  test('whose own certificate does not verify is not ready', async () => {
    const own = { kind: 'certificate-expired', detail: 'certificate has expired' } as const;
    const box = startBox({ ...healthyStandby, own });
    await box.seconds(20);
    expect(new Set(box.values('Health'))).toEqual(new Set([0]));
    await box.stop();
  });
});
