import { expect, test } from 'vitest';
import { jsonReport, type ScenarioResult, textReport } from '../../drill/report.ts';

const held: ScenarioResult = {
  name: 'process-exit',
  must: 'the standby takes over',
  ok: true,
  outageSeconds: 17.25,
  decisions: [
    { rule: 'unsure', outcome: 'ask-again', sentence: 'Not clear yet.' },
    { rule: 'unsure', outcome: 'ask-again', sentence: 'Still not clear.' },
    { rule: 'dead', outcome: 'failed', sentence: 'The address fails and the host says 0.' },
  ],
  terminated: ['i-a'],
  phases: [
    [
      { name: 'failure', seconds: 0 },
      { name: 'alarm', seconds: 3.2 },
      { name: 'confirmed', seconds: 10.4 },
    ],
  ],
  why: [],
};

const broken: ScenarioResult = {
  ...held,
  name: 'second-failure',
  ok: false,
  outageSeconds: null,
  phases: [[{ name: 'failure', seconds: 0 }], [{ name: 'failure', seconds: 0 }]],
  why: ['The address is attached to nothing.'],
  logs: '/tmp/logs',
};

test('report: --json is the document of the issue', () => {
  expect(JSON.parse(jsonReport('abc123', [held, broken]))).toEqual({
    templateHash: 'abc123',
    scenarios: [
      {
        name: 'process-exit',
        ok: true,
        outageSeconds: 17.25,
        decisions: ['unsure', 'unsure', 'dead'],
        terminated: ['i-a'],
        phases: held.phases[0],
        why: [],
      },
      {
        name: 'second-failure',
        ok: false,
        outageSeconds: null,
        decisions: ['unsure', 'unsure', 'dead'],
        terminated: ['i-a'],
        phases: [
          { name: 'failure', seconds: 0 },
          { name: 'second failure: failure', seconds: 0 },
        ],
        why: ['The address is attached to nothing.'],
      },
    ],
  });
});

test('report: the text says where the seconds go and which rule fired, once, with its sentence', () => {
  expect(textReport('abc123', [held])).toBe(
    [
      'Template abc123',
      '',
      'process-exit: held (the standby takes over)',
      '  failure       0.0 s',
      '  alarm         3.2 s    +3.2 s',
      '  confirmed    10.4 s    +7.2 s',
      '  rule unsure -> ask-again: Still not clear.',
      '  rule dead -> failed: The address fails and the host says 0.',
      '  terminated: i-a',
      '',
      'Outage as a client saw it (with a hot standby it must be under 60 s), and the rules that fired',
      '  process-exit  held           17.3 s  unsure, dead',
      '1 of 1 scenarios held.',
    ].join('\n'),
  );
});

test('report: what did not hold stands in the text, and where the logs are', () => {
  const text = textReport('abc123', [held, broken]);
  expect(text).toContain('second-failure: DID NOT HOLD');
  expect(text).toContain('  NOT HELD: The address is attached to nothing.');
  expect(text).toContain('  logs: /tmp/logs');
  expect(text).toMatch(/1 of 2 scenarios held\.$/);
});
