/** The stack is marked as closing while a failover is under way, in virtual time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { synthesize } from '../../../infra/stack/synthesize.ts';
import { tagKeys } from '../../../workflow/model/names.ts';
import { noFaults } from '../../simulation/faults.ts';
import { runIncident } from '../../simulation/incident.ts';

/** EC2's descriptions lag: whoever deletes the stack looks again for that long. */
const lagMs = 8_000;
const markedAtSeconds = [0, 4, 8, 12, 16, 20, 24];

test('stack deleting: whenever the mark comes, nothing is launched or attached any more, and the executions end', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'stack-deleting-'));
  const { template } = await synthesize(directory);
  await rm(directory, { recursive: true, force: true });
  let movedBefore = 0;
  for (const seconds of markedAtSeconds) {
    let markedAtMs = Number.POSITIVE_INFINITY;
    const dies = { who: 'active', does: 'exits', atSeconds: 3, forSeconds: null } as const;
    const recording = await runIncident({
      template,
      faults: { ...noFaults, hosts: [dies] },
      onBegin({ aws, deployment, time }) {
        time.after(seconds * 1000, () => {
          const Tags = [{ Key: tagKeys.stackDeleting, Value: 'now' }];
          const Resources = [deployment.cluster.networkInterfaceId];
          void aws.byHand('CreateTags', { Resources, Tags }).then(() => {
            markedAtMs = time.now();
          });
        });
      },
    });
    const acts = recording.facts.flatMap((fact) =>
      fact.kind === 'call' &&
      ['RunInstances', 'AttachNetworkInterface'].includes(fact.operation) &&
      fact.error === undefined
        ? [fact.atMs]
        : [],
    );
    movedBefore += acts.filter((atMs) => atMs < markedAtMs).length;
    const late = acts.filter((atMs) => atMs > markedAtMs + lagMs);
    expect(late, `marked at ${seconds} s`).toEqual([]);
    const names = recording.facts.flatMap((fact) => (fact.kind === 'state' ? [fact.name] : []));
    expect(names, `marked at ${seconds} s`).toContain('Stack deleting');
    expect(names).not.toContain('Failover incomplete');
  }
  // Late enough, a failover was under way: the marks fell before, into and behind it.
  expect(movedBefore).toBeGreaterThan(0);
});
