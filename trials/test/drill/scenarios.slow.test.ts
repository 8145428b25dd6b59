/**
 * Four scenarios end to end, with real processes, from the synthesized template. All of them run in
 * `.ci/run`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Synthesized, synthesize } from '../../../infra/stack/synthesize.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { readArguments } from '../../drill/arguments.ts';
import { createLiveView } from '../../drill/live-view.ts';
import { createProcesses } from '../../drill/processes.ts';
import type { ScenarioResult } from '../../drill/report.ts';
import { runScenario } from '../../drill/run-scenario.ts';
import { scenarios } from '../../drill/scenarios/table.ts';

const processes = createProcesses();
/** The view's lines are kept for the message of a test that fails, and shown nowhere else. */
const lines: string[] = [];
let directory: string;
let synthesized: Synthesized;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'drill-scenarios-test-'));
  synthesized = await synthesize(join(directory, 'cdk.out'));
});
afterAll(async () => {
  processes.killAll();
  await rm(directory, { recursive: true, force: true });
});

async function run(name: string, seed: number): Promise<ScenarioResult> {
  const typed = readArguments(['--scenario', name], scenarios);
  const [planned] = typed.kind === 'run' ? typed.result.planned : [];
  if (planned === undefined) throw new Error(`no scenario ${name}`);
  return runScenario(planned, {
    synthesized,
    port: await freePort(),
    https: false,
    seed,
    directory,
    processes,
    view: createLiveView({ write: (text) => lines.push(text) }),
    signal: AbortSignal.timeout(600_000),
  });
}

function told(name: string): string {
  return lines.filter((line) => line.startsWith(`[${name} `)).join('');
}

function secondsOf(result: ScenarioResult, phase: string): number {
  const found = result.phases[0]?.find(({ name }) => name === phase);
  return found?.seconds ?? Number.NaN;
}

describe.concurrent('drill: end to end', () => {
  test.each([
    ['process-exit', 11],
    ['node-unresponsive', 12],
  ])('drill: the standby takes over within a minute, phase by phase (%s)', async (name, seed) => {
    const result = await run(name, seed);
    expect(result.why, told(name)).toEqual([]);
    expect(result.outageSeconds).toBeGreaterThan(1);
    expect(result.outageSeconds).toBeLessThan(60);
    expect(result.decisions.map(({ rule }) => rule)).toContain('dead');
    expect(result.terminated).toHaveLength(1);
    const order = ['failure', 'execution start', 'confirmed', 'fenced', 'attached', 'verified'];
    const seconds = order.map((phase) => secondsOf(result, phase));
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
    expect(seconds.every(Number.isFinite)).toBe(true);
  });

  test.each([
    ['false-alarm', 13],
    ['manual', 14],
  ])('drill: nothing is terminated (%s)', async (name, seed) => {
    const result = await run(name, seed);
    expect(result.why, told(name)).toEqual([]);
    expect(result.outageSeconds).toBeNull();
    expect(result.terminated).toEqual([]);
    expect(new Set(result.decisions.map(({ rule }) => rule))).toEqual(new Set(['answers']));
  });
});

test('drill: a template with a missing resource is one clear sentence, and nothing is left running', async () => {
  const { Resources, ...rest } = synthesized.template as { Resources: Record<string, object> };
  const without = Object.entries(Resources).filter(
    ([, resource]) => !('Type' in resource && resource.Type === 'AWS::EC2::LaunchTemplate'),
  );
  const before = processes.count();
  const [scenario] = scenarios;
  if (scenario === undefined) throw new Error('no scenarios');
  const result = await runScenario(
    { scenario, coordinators: 2 },
    {
      synthesized: {
        ...synthesized,
        template: { ...rest, Resources: Object.fromEntries(without) },
      },
      port: await freePort(),
      https: false,
      seed: 1,
      directory,
      processes,
      view: createLiveView({ write: () => true }),
      signal: AbortSignal.timeout(600_000),
    },
  );
  expect(result.ok).toBe(false);
  expect(result.why).toHaveLength(1);
  expect(result.why[0]).toMatch(/LaunchTemplate|launch template/);
  expect(processes.count()).toBe(before);
});
