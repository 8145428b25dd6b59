import { expect, test } from 'vitest';
import { fillIn } from '../../../infra/functions/definition.ts';

const machine = {
  StartAt: 'Receive request',
  States: {
    'Receive request': { Parameters: { settings: 'SETTINGS', cluster: 'CLUSTER', kept: 'none' } },
    Survey: {
      Resource: 'FUNCTION survey-coordinators',
      Comment: 'SETTINGS are kept in words like these.',
    },
  },
};

const values = {
  SETTINGS: { graceSeconds: 5 },
  CLUSTER: { clusterName: 'presto' },
  'FUNCTION survey-coordinators': 'arn:survey',
};

test('definition: placeholders become values, everything else stays', () => {
  expect(fillIn(machine, values)).toEqual({
    StartAt: 'Receive request',
    States: {
      'Receive request': {
        Parameters: {
          settings: { graceSeconds: 5 },
          cluster: { clusterName: 'presto' },
          kept: 'none',
        },
      },
      Survey: { Resource: 'arn:survey', Comment: 'SETTINGS are kept in words like these.' },
    },
  });
});

test('definition: a placeholder that nothing provides is an error', () => {
  const { 'FUNCTION survey-coordinators': _survey, ...without } = values;
  expect(() => fillIn(machine, without)).toThrow(
    'Cannot fill in the state machine: the state machine asks for "FUNCTION survey-coordinators", which nothing provides. ' +
      'Provided: SETTINGS, CLUSTER.',
  );
});

test('definition: a value that the state machine does not ask for is an error', () => {
  expect(() => fillIn(machine, { ...values, 'FUNCTION dance': 'arn:dance' })).toThrow(
    '"FUNCTION dance" is provided, but the state machine does not ask for it',
  );
});
