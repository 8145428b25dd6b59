import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { errorNames } from '../../../workflow/model/errors.ts';
import { longestBringUpMinutes, longestTakeDownMinutes } from '../../../workflow/model/timing.ts';
import asl from '../../../workflow/stack-operation.asl.json' with { type: 'json' };

interface State {
  readonly Type: string;
  readonly Comment: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Choices?: readonly { readonly Variable: string; readonly Next: string }[];
  readonly Default?: string;
  readonly Next?: string;
}

const states = Object.entries(asl.States as Record<string, State>);
const tasks = states.filter(([, { Type }]) => Type === 'Task');

describe('the lifecycle state machine', () => {
  it('asl: is valid by asl-validator, its placeholders replaced', () => {
    const text = JSON.stringify(asl)
      .replaceAll(/"FUNCTION ([a-z-]+)"/g, '"arn:aws:lambda:eu-west-1:123456789012:function:$1"')
      .replace('"SETTINGS"', '{}')
      .replace('"CLUSTER"', '{}');
    const { isValid, errorsText } = aslValidator(JSON.parse(text));
    expect(errorsText('\n')).toBe('');
    expect(isValid).toBe(true);
  });

  it('asl: every target exists, every state is reached, each has a comment', () => {
    const targets = states.flatMap(([, { Next, Default, Choices = [], Catch = [] }]) =>
      [Next, Default, ...Choices.map((one) => one.Next), ...Catch.map((one) => one.Next)].filter(
        (target) => target !== undefined,
      ),
    );
    expect([...new Set([asl.StartAt, ...targets])].sort()).toEqual(
      states.map(([name]) => name).sort(),
    );
    for (const [name, { Comment }] of states) {
      expect(name).toMatch(/^[A-Za-z ]+$/);
      expect(Comment, name).toMatch(/.{20,}[.]$/);
    }
  });

  it('asl: every Task has a timeout, a Retry and a Catch for everything, by known errors', () => {
    for (const [name, { TimeoutSeconds, Retry = [], Catch = [] }] of tasks) {
      expect(TimeoutSeconds, name).toBeGreaterThan(0);
      expect(Catch.flatMap(({ ErrorEquals }) => ErrorEquals)).toContain('States.ALL');
      for (const error of Retry.flatMap(({ ErrorEquals }) => ErrorEquals)) {
        expect([...errorNames, 'States.ALL']).toContain(error);
      }
    }
  });

  it('asl: whatever fails on the way is answered to CloudFormation', () => {
    for (const [name, { Catch = [], Resource }] of tasks) {
      if (Resource === 'FUNCTION answer-cloudformation') continue;
      const next = Catch[0]?.Next ?? '';
      const after = states.find(([other]) => other === next)?.[1];
      expect(['Answer CloudFormation', 'Advance stack operation'], name).toContain(after?.Next);
    }
  });

  it('limits: the longest operation ends by its own rule within the hour that CloudFormation waits', () => {
    expect(Math.max(longestBringUpMinutes, longestTakeDownMinutes) * 60).toBeLessThan(
      asl.TimeoutSeconds,
    );
    expect(asl.TimeoutSeconds).toBeLessThan(3600);
  });
});
