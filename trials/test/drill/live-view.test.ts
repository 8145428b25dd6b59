import { describe, expect, test } from 'vitest';
import { createLiveView, type LiveScreen } from '../../drill/live-view.ts';
import { changes, type Picture } from '../../drill/picture.ts';

const before: Picture = {
  at: 10_000,
  holder: { instanceId: 'i-a', status: 'attached' },
  client: { what: 'ready, answered by aaaaa', since: 5_000 },
  alarms: [{ name: 'coordinator-active-health', state: 'OK' }],
  coordinators: [
    { instanceId: 'i-a', state: 'running', retired: false, probe: 'says healthy', reaches: '' },
  ],
  executions: [],
};

const after: Picture = {
  ...before,
  at: 22_300,
  faultAt: 12_000,
  client: { what: 'ECONNREFUSED', since: 12_100 },
  alarms: [{ name: 'coordinator-active-health', state: 'ALARM' }],
  coordinators: [
    { instanceId: 'i-a', state: 'running', retired: true, probe: 'is silent', reaches: '' },
  ],
  executions: [{ name: 'execution 1', state: 'Attach ENI', since: 20_000 }],
};

function screen(options: Partial<LiveScreen> = {}): LiveScreen & { text(): string } {
  const written: string[] = [];
  return { ...options, write: (more) => written.push(more), text: () => written.join('') };
}

describe('live view: what has changed', () => {
  test('live view: one sentence for each difference', () => {
    expect(changes(before, after)).toEqual([
      'The client: ECONNREFUSED',
      'The alarm coordinator-active-health: ALARM',
      'i-a: EC2 says running, retired, its probe is silent',
      'execution 1: Attach ENI',
    ]);
  });

  test('live view: no difference is no sentence', () => {
    expect(changes(after, { ...after, at: after.at + 500 })).toEqual([]);
  });

  test('live view: what is gone is said', () => {
    expect(
      changes(after, { ...after, holder: undefined, coordinators: [], executions: [] }),
    ).toEqual(['The address: attached to nothing', 'i-a: gone', 'execution 1: ended']);
  });
});

test('live view: without a terminal there is one line per change, with scenario and time', () => {
  const output = screen();
  const view = createLiveView(output);
  view.show('process-exit', before);
  view.show('process-exit', after);
  view.show('process-exit', after);
  const lines = output.text().trimEnd().split('\n');
  expect(lines).toHaveLength(8);
  expect(lines.at(-1)).toBe('[process-exit  10.3 s] execution 1: Attach ENI');
  expect(output.text()).not.toContain('\u001b');
});

test('live view: on a terminal the block is redrawn in place and cut to its size', () => {
  const output = screen({ isTTY: true, columns: 40, rows: 4 });
  const view = createLiveView(output);
  view.show('process-exit', before);
  view.show('process-exit', after);
  const [, last = ''] = output.text().split('\u001b[3A\u001b[0J');
  const lines = last.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain('10.3 s since the fault.');
  expect(lines.every((line) => line.length < 40)).toBe(true);
});

test('live view: the last words of a scenario stay', () => {
  const output = screen({ isTTY: true });
  const view = createLiveView(output);
  view.show('manual', before);
  view.finish('manual', 'held.');
  expect(output.text()).toMatch(/manual: held\.\n$/);
});
