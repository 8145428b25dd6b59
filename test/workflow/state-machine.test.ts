import { readdirSync } from 'node:fs';
import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import asl from '../../workflow/failover.asl.json' with { type: 'json' };
import { errorNames } from '../../workflow/model/errors.ts';

interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Choices?: readonly ChoiceRule[];
  readonly Default?: string;
  readonly Next?: string;
}

interface ChoiceRule {
  readonly Variable?: string;
  readonly And?: readonly ChoiceRule[];
  readonly Or?: readonly ChoiceRule[];
  readonly Not?: ChoiceRule;
  readonly Next?: string;
}

const states = Object.entries(asl.States as Record<string, State>);
const tasks = states.filter(([, { Type }]) => Type === 'Task');

/** Errors of AWS that a Retry or Catch may name (Step Functions developer guide). */
const errorsOfAws = ['States.ALL', 'States.Timeout', 'States.TaskFailed'];

describe('the state machine', () => {
  it('asl: is valid by asl-validator, its placeholders replaced by ARNs', () => {
    const text = JSON.stringify(asl)
      .replaceAll(/"FUNCTION ([a-z-]+)"/g, '"arn:aws:lambda:eu-west-1:123456789012:function:$1"')
      .replace('"SETTINGS"', '{}')
      .replace('"CLUSTER"', '{}')
      .replace('"PUBLISH"', '"arn:aws:states:::sns:publish"');
    const { isValid, errorsText } = aslValidator(JSON.parse(text));
    expect(errorsText('\n')).toBe('');
    expect(isValid).toBe(true);
  });

  it('asl: state names are plain words, and each state has a comment for the console', () => {
    for (const [name, { Comment }] of states) {
      expect(name).toMatch(/^[A-Za-z ]+$/);
      expect(Comment, name).toMatch(/^[A-Z0-9a-z/].{20,}[.]$/);
    }
  });

  it('asl: every state is reached, and every target exists', () => {
    const reached = new Set([asl.StartAt]);
    for (const [name, state] of states) {
      for (const target of targetsOf(state)) {
        expect(Object.keys(asl.States), `${name} leads to ${target}`).toContain(target);
        reached.add(target);
      }
    }
    expect([...reached].sort()).toEqual(states.map(([name]) => name).sort());
  });

  it('asl: every Task has a timeout and its own Retry', () => {
    for (const [name, { TimeoutSeconds, Retry }] of tasks) {
      expect(TimeoutSeconds, name).toBeGreaterThan(0);
      expect(Retry?.length, name).toBeGreaterThan(0);
    }
  });

  it('asl: every function of a Task exists in handlers/, and every handler is a Task', () => {
    const named = tasks
      .filter(([, { Resource }]) => Resource !== 'PUBLISH')
      .map(([, { Resource = '' }]) => Resource.replace('FUNCTION ', ''));
    const shared = ['entry', 'retire-and-terminate'];
    // Those of the other state machine: stack-operation-machine.test.ts.
    shared.push('observe-stack-operation', 'put-answer');
    shared.push('receive-stack-event', 'advance-stack-operation', 'answer-cloudformation');
    const files = readdirSync(new URL('../../handlers', import.meta.url))
      .map((file) => file.replace('.ts', ''))
      .filter((file) => !shared.includes(file));
    expect([...new Set(named)].sort()).toEqual(files.sort());
  });

  it('asl: every ErrorEquals names an error of ours or of AWS, and each of ours is thrown by name', () => {
    const named = tasks.flatMap(([, { Retry = [], Catch = [] }]) =>
      [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals),
    );
    const known: readonly string[] = [...errorNames, ...errorsOfAws];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('asl: every path that a Choice reads is there from the first state on', () => {
    const given = Object.keys(asl.States['Receive request'].Parameters).map((key) =>
      key.replace('.$', ''),
    );
    // Survey is always there before a Choice: as found, or as "Note unread survey" leaves it.
    expect(asl.States['Note unread survey'].Parameters).toHaveProperty('alarmsRinging', true);
    const leaves = ['kind', 'outcome', 'dryRun', 'alarmsRinging'];
    for (const [name, { Choices = [] }] of states) {
      for (const variable of Choices.flatMap(variablesOf)) {
        const [, root = '', leaf = ''] = variable.split('.');
        expect([...given, 'survey'], `${name} reads ${variable}`).toContain(root);
        expect(leaves, `${name} reads ${variable}`).toContain(leaf);
      }
    }
  });

  it('asl: no Task can make the execution fail unrecorded: each has a Catch for everything', () => {
    for (const [name, { Catch = [] }] of tasks) {
      expect(
        Catch.flatMap(({ ErrorEquals }) => ErrorEquals),
        name,
      ).toContain('States.ALL');
    }
  });

  it('asl: no end is reached around the record', () => {
    const open = [asl.StartAt];
    const reached = new Set(open);
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const state = states.find(([other]) => other === name)?.[1];
      // "Is it recorded" goes past the record only where it is there already.
      const past = ['Record incident', 'Is it recorded'].includes(name);
      for (const target of state && !past ? targetsOf(state) : []) {
        if (!reached.has(target)) open.push(target);
        reached.add(target);
      }
    }
    expect(reached).toContain('Record incident');
    expect(reached).not.toContain('How did it end');
    const ends = states.filter(([, { Type }]) => ['Succeed', 'Fail'].includes(Type));
    const fromEnd = targetsOf(asl.States['How did it end']);
    expect(ends.map(([name]) => name).sort()).toEqual([...new Set(fromEnd)].sort());
  });
});

function variablesOf({ Variable, And = [], Or = [], Not }: ChoiceRule): string[] {
  const nested = [...And, ...Or, ...(Not ? [Not] : [])].flatMap(variablesOf);
  return Variable === undefined ? nested : [Variable, ...nested];
}

function targetsOf({ Next, Default, Choices = [], Catch = [] }: State): string[] {
  return [Next, Default, ...Choices.map((one) => one.Next), ...Catch.map((one) => one.Next)].filter(
    (target) => target !== undefined,
  );
}
