import { describe, expect, test } from 'vitest';
import { loadDefinition } from '../../../local-cloud/step-functions/state-machine-definition.ts';

const functionArn = 'arn:aws:lambda:eu-central-1:123456789012:function:work';
const task = { Type: 'Task', Resource: functionArn, TimeoutSeconds: 5 };

function load(states: object, more: object = {}) {
  return loadDefinition(
    JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...more }),
  );
}

describe('state machine: definition', () => {
  test.each([
    ['JSONata', { Done: { Type: 'Pass', End: true } }, { QueryLanguage: 'JSONata' }, /QueryLang/],
    ['a branch', { P: { Type: 'Parallel', Branches: [], End: true } }, {}, /type "Parallel", but/],
    ['a heartbeat', { T: { ...task, HeartbeatSeconds: 2, End: true } }, {}, /no heartbeats/],
    ['no timeout', { T: { ...task, TimeoutSeconds: undefined, End: true } }, {}, /has no timeout/],
    [
      'a timeout from the document',
      { T: { ...task, TimeoutSeconds: undefined, TimeoutSecondsPath: '$.t', End: true } },
      {},
      /has TimeoutSecondsPath, which cannot be run here/,
    ],
    [
      'States.TaskFailed',
      { T: { ...task, Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'T' }], End: true } },
      {},
      /would match a timeout too/,
    ],
    ['a falsy result', { P: { Type: 'Pass', Result: 0, End: true } }, {}, /has the Result 0/],
    [
      'a context path that stays empty',
      { P: { Type: 'Pass', Parameters: { 'a.$': '$$.State.Name' }, End: true } },
      {},
      /reads \$\$\.State\.Name, which the engine leaves empty/,
    ],
    [
      'no function',
      { T: { ...task, Resource: 'arn:aws:states:::sns:publish', End: true } },
      {},
      /only ARNs of Lambda/,
    ],
  ])('is refused with %s', (_what, states, more, message) => {
    expect(() => load(states, more)).toThrow(message);
  });

  test('is refused when it is not JSON', () => {
    expect(() => loadDefinition('{')).toThrow('The state machine definition is not JSON');
  });

  test('names the function of every task, and its timeout', () => {
    const loaded = load({ Look: { ...task, Next: 'Done' }, Done: { Type: 'Succeed' } });
    expect([...loaded.tasks]).toEqual([['Look', { functionArn, timeoutSeconds: 5 }]]);
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
