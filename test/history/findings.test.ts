import { describe, expect, test } from 'vitest';
import { findingsOf, readFinding } from '../../history/findings.ts';
import { historyFrom } from '../../history/visits.ts';
import asl from '../../workflow/failover.asl.json' with { type: 'json' };
import { coordinator, decision } from '../support/incidents.ts';
import { numbered, task } from './events.ts';

const tasks = Object.entries(asl.States).flatMap(([name, state]) =>
  state.Type === 'Task' && 'ResultPath' in state
    ? [[name, state.ResultPath.slice(2)] as const]
    : [],
);

describe('findings', () => {
  test('findings: the state machine has eleven states that find something', () => {
    expect(tasks).toHaveLength(11);
  });

  test.each(tasks)('findings: of "%s" stand under %s', (name, path) => {
    const document = { [path]: { kind: 'some', at: '2026-10-02T03:12:00Z' } };
    const history = historyFrom(numbered(task(name, document)));
    const found = findingsOf(history, path as Parameters<typeof findingsOf>[1]);
    expect(found).toMatchObject([
      { finding: { kind: 'some' }, visit: { state: name }, eventId: 4 },
    ]);
  });

  test('findings: what a document of ours says is read as it stands', () => {
    const said = 'what a witness said';
    const witnesses = {
      active: said,
      address: said,
      selfReport: said,
      standbys: said,
      versions: said,
    };
    const plain = decision();
    const given = { ...plain, evidence: { ...plain.evidence, ...witnesses } };
    const { requestNote, ...rest } = readFinding('decision', given) ?? {};
    expect(requestNote).toBeNull();
    expect(rest).toEqual(given);
  });

  test('findings: every field of a coordinator is read', () => {
    const given = coordinator('i-0000000000000000a');
    const survey = readFinding('survey', { kind: 'surveyed', coordinators: [given] });
    expect(survey?.coordinators).toEqual([given]);
  });

  test('findings: whatever is not there or is something else is null, a list empty', () => {
    const broken = {
      kind: 'fenced',
      at: 'yesterday',
      sentence: 7,
      terminated: ['i-a', 3],
      steps: {},
    };
    expect(readFinding('termination', broken)).toEqual({
      kind: 'fenced',
      at: null,
      sentence: null,
      instanceId: null,
      rule: null,
      fenced: [],
      terminated: ['i-a'],
      problems: [],
      steps: null,
    });
  });

  test('findings: a rule of another version keeps its name', () => {
    expect(readFinding('decision', { kind: 'decision', rule: 'older' })?.rule).toBe('older');
  });

  test.each([[null], [undefined], ['text'], [[]], [{}], [{ kind: '' }], [{ kind: 3 }]])(
    'findings: %j is none',
    (value) => {
      expect(readFinding('answers', value)).toBeNull();
    },
  );
});
