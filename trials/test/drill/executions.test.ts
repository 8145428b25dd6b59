import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { pickedStandby } from '../../drill/executions.ts';

const entered = (name: string, seconds: number, input: object = {}): HistoryEvent => ({
  id: seconds,
  type: 'TaskStateEntered',
  timestamp: new Date(seconds * 1000),
  stateEnteredEventDetails: { name, input: JSON.stringify(input) },
});

test('executions: the picked standby is known once it is about to get the address', () => {
  const standbyPick = { kind: 'picked', instanceId: 'i-b' };
  expect(pickedStandby([entered('Attach ENI', 2, { standbyPick })])).toBe('i-b');
  expect(pickedStandby([entered('Pick standby', 1, { standbyPick })])).toBeUndefined();
  expect(pickedStandby([entered('Attach ENI', 2)])).toBeUndefined();
});
