import { describe, expect, test } from 'vitest';
import { assess } from '../../cli/status/assess.ts';
import type { ClusterObservation } from '../../cli/status/observe.ts';
import { showStatus } from '../../cli/status/show-status.ts';
import { draw } from '../../cli/terminal/lines.ts';
import { defaultSettings } from '../../workflow/model/settings.ts';
import { activeId, cluster, standbyId } from '../support/incidents.ts';
import { address, host, observation, read, unread } from './observations.ts';

describe('status: for a person', () => {
  const shown = (different: Partial<ClusterObservation>) => {
    const seen = observation(different);
    return draw(
      showStatus(seen, assess(seen), (command) => `coordinator-failover ${command}`),
      false,
    );
  };

  test('status: everything in a few lines', () => {
    expect(shown({})).toMatchInlineSnapshot(`
      "presto in local-1: OK  2026-10-02 12:00:00Z

        address    10.0.0.10:8080  eni-0001  local-1a  asked from here: is ready
        active     i-0000000000000000a  since 2026-10-02 10:00:00Z (2 h)  ready  says healthy 3 s ago, answers from here
        standby    i-0000000000000000b  ready  says healthy 3 s ago, reaches the address, answers from here
        version    1 of lt-0001, everywhere
        alarms     presto-coordinator-active-health OK, presto-coordinator-reachable OK
        failover   automatic, 0 of 3 within 60 minutes
        last move  not by an execution that is on record"
    `);
  });

  test('status: an outdated active is no fault, and the command that moves it is there', () => {
    const hosts = [host(activeId, { templateVersion: 'lt-0001:0' }), host(standbyId)];
    const text = shown({ coordinators: read(hosts) });
    expect(text).toContain('presto in local-1: OK');
    expect(text).toContain(`version    1 of lt-0001, but ${activeId} runs version 0`);
    expect(text).toContain(
      `The active ${activeId} runs version 0, the cluster is to run version 1.`,
    );
    expect(text).toContain('-> coordinator-failover switchover --upgrade --reason "..."');
  });

  test('status: a stack that is being deleted, and a node that is kept, are said', () => {
    const stackDeleting = '2026-10-02T11:59:00Z';
    expect(shown({ address: read({ ...address, stackDeleting }) })).toContain(
      `DEGRADED The stack is being deleted (${stackDeleting}): nothing is launched or attached any more.`,
    );
    const kept = { ...cluster, keepCoordinatorNode: 'yes' } as const;
    expect(shown({ machine: read({ cluster: kept, settings: defaultSettings }) })).toContain(
      'The node is kept (KeepCoordinatorNode is yes): nothing fails over by itself.',
    );
  });

  test('status: what could not be read says so, the rest is shown', () => {
    const text = shown({ coordinators: unread, samples: unread, lastMove: unread });
    expect(text).toContain('presto in local-1: NOT FULLY KNOWN');
    expect(text).toContain('standby    could not be read');
    expect(text).toContain('alarms     presto-coordinator-active-health OK');
    expect(text).toContain('UNKNOWN  The coordinators');
  });

  test('status: a finding names its cure as a command', () => {
    const text = shown({ address: read({ ...address, attachment: null }) });
    expect(text).toContain('nobody holds the address');
    expect(text).toMatch(/DOWN .*\n +-> coordinator-failover failover --reason "look at once"/);
  });
});
