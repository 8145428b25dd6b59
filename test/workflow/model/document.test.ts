import { describe, expect, it } from 'vitest';
import { readIncident, readTargets } from '../../../workflow/model/document.ts';
import { cluster, incident } from '../../support/incidents.ts';

describe('the document', () => {
  it.each([
    ['no object at all', 'nonsense', '$ is "nonsense", but must be an object.'],
    ['no execution', { ...incident(), execution: null }, '$.execution is null'],
    [
      'a start that is no time',
      { ...incident(), execution: { id: 'x', startedAt: 'soon' } },
      '$.execution.startedAt is "soon", but must be an ISO 8601 time.',
    ],
    [
      'a number that arrived as a text',
      incident({ settings: { graceSeconds: '5' as never } }),
      'graceSeconds is "5", but must be a whole number from 0 to 300.',
    ],
    [
      'a port that is none',
      { ...incident(), cluster: { ...cluster, server: { protocol: 'http', port: 0 } } },
      '$.cluster.server.port is 0, but must be a port from 1 to 65535.',
    ],
    [
      'no instance type',
      { ...incident(), cluster: { ...cluster, instanceTypes: [] } },
      '$.cluster.instanceTypes is [], but must be a list of at least one instance type.',
    ],
    [
      'a KeepCoordinatorNode that is neither',
      { ...incident(), cluster: { ...cluster, keepCoordinatorNode: true } },
      '$.cluster.keepCoordinatorNode is true, but must be "yes" or "no".',
    ],
    [
      'an alarm without a name',
      { ...incident(), cluster: { ...cluster, alarms: { activeHealth: '' } } },
      '$.cluster.alarms.activeHealth is "", but must be a text.',
    ],
  ])('document: %s is BadInput with one sentence', (_case, document, sentence) => {
    expect(() => readIncident(document)).toThrow(sentence);
    expect(() => readIncident(document)).toThrow(expect.objectContaining({ name: 'BadInput' }));
  });

  it('document: more targets than a cluster can have are refused', () => {
    const target = { name: 'i-1', host: '10.0.0.1' };
    expect(readTargets([target])).toEqual([target]);
    expect(() => readTargets(Array.from({ length: 31 }, () => target))).toThrow(
      'at most 30 targets',
    );
  });
});
