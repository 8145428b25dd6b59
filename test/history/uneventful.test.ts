import { expect, test } from 'vitest';
import { isUneventful } from '../../history/uneventful.ts';

const healthy = { decision: { kind: 'decision', outcome: 'healthy' } };

test.each([
  ['a healthy observation', healthy, true],
  ['nobody was launched', { ...healthy, standbyLaunch: { kind: 'complete' } }, true],
  ['launched', { ...healthy, standbyLaunch: { kind: 'complete', launched: ['i-1'] } }, false],
  ['scaled in', { ...healthy, standbyLaunch: { kind: 'complete', terminated: ['i-1'] } }, false],
  ['fenced', { ...healthy, termination: { kind: 'fenced' } }, false],
  ['attached, and healthy since', { ...healthy, attachment: { kind: 'attached' } }, false],
  ['somebody else had moved it', { ...healthy, attachment: { kind: 'moved' } }, true],
  ['a pause', { decision: { kind: 'decision', outcome: 'paused' } }, false],
  ['nothing is decided yet', { survey: { kind: 'surveyed' } }, false],
  ['a document that cannot be read', undefined, false],
])('uneventful: %s', (_what, document, uneventful) => {
  expect(isUneventful(document)).toBe(uneventful);
});
