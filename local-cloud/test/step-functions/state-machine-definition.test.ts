import { describe, expect, test } from 'vitest';
import { loadDefinition } from '../../step-functions/state-machine-definition.ts';

const functionArn = 'arn:aws:lambda:eu-central-1:123456789012:function:work';
const task = { Type: 'Task', Resource: functionArn, TimeoutSeconds: 5 };

function load(states: object, more: object = {}) {
  return loadDefinition(
    JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...more }),
  );
}

describe('state machine: definition', () => {
  test('is refused when it is not JSON', () => {
    expect(() => loadDefinition('{')).toThrow('The state machine definition is not JSON');
  });

  test('names what every task calls, and its timeout', () => {
    const publish = { ...task, Resource: 'arn:aws:states:::sns:publish', TimeoutSeconds: 7 };
    const loaded = load({
      Look: { ...task, Next: 'Tell' },
      Tell: { ...publish, Next: 'Done' },
      Done: { Type: 'Succeed' },
    });
    const sns = { kind: 'service', service: 'sns', operation: 'publish' };
    expect([...loaded.tasks]).toEqual([
      ['Look', { target: { kind: 'function', functionArn }, timeoutSeconds: 5 }],
      ['Tell', { target: sns, timeoutSeconds: 7 }],
    ]);
  });

  test('is given to the engine so that it means what it means in AWS', () => {
    const absent = { Variable: '$.a', IsPresent: false };
    const loaded = load({
      Look: {
        ...task,
        ResultPath: '$',
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$', Next: 'Act' }],
        Next: 'Act',
      },
      Act: {
        Type: 'Choice',
        Choices: [{ And: [absent, { Not: absent }], Next: 'Done' }],
        Default: 'Done',
      },
      Done: { Type: 'Succeed' },
    });
    const present = { Variable: '$.a', IsPresent: true };
    expect(loaded.forEngine.States).toEqual({
      Look: {
        ...task,
        TimeoutSeconds: 2_000_000,
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Act' }],
        Next: 'Act',
      },
      Act: {
        Type: 'Choice',
        Choices: [{ And: [{ Not: present }, { Not: { Not: present } }], Next: 'Done' }],
        Default: 'Done',
      },
      Done: { Type: 'Succeed' },
    });
  });
});
