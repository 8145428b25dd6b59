/** Tasks and their errors, and what the engine would do differently from AWS. */
import { expect, vi } from 'vitest';
import { loadDefinition } from '../../../step-functions/state-machine-definition.ts';
import { task } from '../../step-functions/step-functions-fixture.ts';
import type { Area } from '../row.ts';
import { onStepFunctions } from '../worlds.ts';
import { outputOf } from './executions.ts';

const all = ['States.ALL'];
const has = (name: string) => ({ Variable: `$.${name}`, IsPresent: true });

export const stepFunctionsTasks: Area = {
  title: 'Step Functions, tasks and definitions',
  file: 'test/fidelity/step-functions/tasks.ts',
  isRealTime: true,
  rows: [
    {
      behaviour:
        'a function’s error is matched by its name; Retry first, in order, then Catch; the caught Cause is Lambda’s JSON',
      source:
        'Step Functions developer guide, error handling: error names, retrying, fallback states',
      localCloud:
        'The same; the engine’s bare text is replaced by `{errorType, errorMessage, trace}`.',
      check: onStepFunctions(async (fixture) => {
        fixture.does(() => {
          throw Object.assign(new Error('still attached'), { name: 'StillAttached', trace: ['x'] });
        });
        const arn = fixture.machine({
          Attach: {
            ...task,
            Retry: [{ ErrorEquals: ['StillAttached'], MaxAttempts: 1, IntervalSeconds: 1 }],
            Catch: [
              { ErrorEquals: ['Other'], Next: 'Wrong' },
              { ErrorEquals: all, ResultPath: '$.error', Next: 'Done' },
            ],
            Next: 'Wrong',
          },
          Done: { Type: 'Succeed' },
          Wrong: { Type: 'Fail' },
        });
        const executionArn = await fixture.start(arn, { kept: true });
        expect(await outputOf(fixture, executionArn)).toEqual({
          kept: true,
          error: {
            Error: 'StillAttached',
            Cause: '{"errorType":"StillAttached","errorMessage":"still attached","trace":["x"]}',
          },
        });
        const tried = ['LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionFailed'];
        expect((await fixture.typesOf(executionArn)).slice(2, 8)).toEqual([...tried, ...tried]);
      }),
    },
    {
      behaviour: 'errors of the Lambda service have names of their own, with text as their cause',
      source: 'Step Functions developer guide, handling Lambda service exceptions',
      localCloud: 'The same, when the function’s runtime is made to throw them.',
      check: onStepFunctions(async (fixture) => {
        fixture.does(() => {
          throw Object.assign(new Error('Slow down.'), { name: 'Lambda.TooManyRequestsException' });
        });
        const ErrorEquals = ['Lambda.TooManyRequestsException'];
        const arn = fixture.machine({
          Look: {
            ...task,
            Catch: [{ ErrorEquals, ResultPath: '$.error', Next: 'Done' }],
            End: true,
          },
          Done: { Type: 'Succeed' },
        });
        expect(await outputOf(fixture, await fixture.start(arn))).toEqual({
          error: { Error: 'Lambda.TooManyRequestsException', Cause: 'Slow down.' },
        });
      }),
    },
    {
      behaviour: 'an error that nothing matches fails the execution with its name and cause',
      source: 'Step Functions developer guide, error handling',
      localCloud: 'The same.',
      check: onStepFunctions(async (fixture) => {
        fixture.does(() => {
          throw new TypeError('a bug');
        });
        const executionArn = await fixture.start(fixture.machine({ Look: { ...task, End: true } }));
        const { status, error, cause } = await fixture.finish(executionArn);
        expect({ status, error }).toEqual({ status: 'FAILED', error: 'TypeError' });
        expect(JSON.parse(cause ?? '')).toMatchObject({ errorMessage: 'a bug' });
      }),
    },
    {
      behaviour:
        'a task’s timeout is `States.Timeout` with an empty Cause; the function goes on, and its late answer is dropped',
      source:
        'Step Functions developer guide, error names; serverless-coffee-workshop issue 15 (`"Cause":""`); Lambda developer guide',
      localCloud: 'The same.',
      check: onStepFunctions(async (fixture) => {
        const answered = Promise.withResolvers<object>();
        fixture.does(() => answered.promise);
        const arn = fixture.machine({
          Look: {
            ...task,
            TimeoutSeconds: 1,
            Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.error', Next: 'Wait' }],
            Next: 'Wait',
          },
          Wait: { Type: 'Wait', Seconds: 1, End: true },
        });
        const executionArn = await fixture.start(arn);
        await vi.waitFor(() => expect(fixture.entered).toHaveLength(2), { timeout: 100_000 });
        answered.resolve({ late: true });
        expect(await outputOf(fixture, executionArn)).toEqual({
          error: { Error: 'States.Timeout', Cause: '' },
        });
        expect((await fixture.typesOf(executionArn)).slice(2, 6)).toEqual([
          'LambdaFunctionScheduled',
          'LambdaFunctionStarted',
          'LambdaFunctionTimedOut',
          'TaskStateExited',
        ]);
      }),
    },
    {
      behaviour: '`States.ALL` retries a timeout too, each try with the whole time',
      source: 'Step Functions developer guide, error names: States.ALL, States.Timeout',
      localCloud: 'The same.',
      check: onStepFunctions(async (fixture) => {
        let tries = 0;
        fixture.does(() => {
          tries += 1;
          return tries === 1 ? new Promise(() => {}) : { tries };
        });
        const Retry = [{ ErrorEquals: all, MaxAttempts: 1, IntervalSeconds: 1 }];
        const arn = fixture.machine({ Look: { ...task, TimeoutSeconds: 1, Retry, End: true } });
        expect(await outputOf(fixture, await fixture.start(arn))).toEqual({ tries: 2 });
      }),
    },
    {
      behaviour:
        'a result or a record of more than 262,144 bytes: `States.DataLimitExceeded`, which `States.ALL` does not match',
      source: 'Step Functions developer guide, quotas; error names',
      localCloud: 'The same.',
      check: async () => {
        for (const [length, calls] of [
          [262_143, 1],
          [200_000, 2],
        ] as const) {
          await onStepFunctions(async (fixture) => {
            let called = 0;
            fixture.does(() => {
              called += 1;
              return 'x'.repeat(length);
            });
            const caught = {
              Retry: [{ ErrorEquals: all, MaxAttempts: 1, IntervalSeconds: 1 }],
              Catch: [{ ErrorEquals: all, Next: 'Done' }],
            };
            const arn = fixture.machine({
              Look: { ...task, ...caught, ResultPath: '$.one', Next: 'Again' },
              Again: { ...task, ...caught, ResultPath: '$.two', Next: 'Done' },
              Done: { Type: 'Succeed' },
            });
            expect(await fixture.finish(await fixture.start(arn))).toMatchObject({
              status: 'FAILED',
              error: 'States.DataLimitExceeded',
            });
            expect(called).toBe(calls);
          })();
        }
      },
    },
    {
      behaviour:
        '`ResultPath` lays a result beside the input; `IsPresent: false` asks whether a field is missing',
      source: 'Amazon States Language; Step Functions developer guide, Choice',
      localCloud:
        'The same; the engine’s own `IsPresent: false` never matches and is turned round.',
      check: onStepFunctions(async (fixture) => {
        fixture.does(() => ({ kind: 'healthy' }));
        const arn = fixture.machine({
          Look: { ...task, ResultPath: '$.decision', Next: 'Act' },
          Act: {
            Type: 'Choice',
            Choices: [{ Variable: '$.none', IsPresent: false, Next: 'Done' }],
            Default: 'Wrong',
          },
          Done: { Type: 'Succeed' },
          Wrong: { Type: 'Fail' },
        });
        expect(await outputOf(fixture, await fixture.start(arn, { kept: 1 }))).toEqual({
          kept: 1,
          decision: { kind: 'healthy' },
        });
      }),
    },
    {
      behaviour:
        'a Choice takes the first rule that holds, else its default: `StringEquals`, `BooleanEquals`, `IsPresent`, `And`, `Or`, `Not`; types count',
      source: 'Amazon States Language, Choice state; Step Functions developer guide, Choice',
      localCloud:
        'The same by the engine, for these. A definition that compares with anything else is refused.',
      check: async () => {
        const rules: [object, unknown, boolean][] = [
          [{ Variable: '$.a', StringEquals: 'x' }, { a: 'x' }, true],
          [{ Variable: '$.a', StringEquals: '1' }, { a: 1 }, false],
          [{ Variable: '$.a', BooleanEquals: true }, { a: true }, true],
          [{ Variable: '$.a', BooleanEquals: true }, { a: 'true' }, false],
          [{ Variable: '$.a', IsPresent: true }, { a: null }, true],
          [{ Not: { Variable: '$.a', StringEquals: 'x' } }, { a: 'y' }, true],
          [{ And: [has('a'), has('b')] }, { a: 1 }, false],
          [{ Or: [has('a'), has('b')] }, { b: 1 }, true],
        ];
        for (const [rule, input, holds] of rules) {
          await onStepFunctions(async (fixture) => {
            const arn = fixture.machine({
              Act: {
                Type: 'Choice',
                Choices: [
                  { ...rule, Next: 'Held' },
                  { Variable: '$', IsPresent: true, Next: 'Else' },
                ],
                Default: 'Wrong',
              },
              Held: { Type: 'Pass', Result: 'held', End: true },
              Else: { Type: 'Pass', Result: 'else', End: true },
              Wrong: { Type: 'Fail' },
            });
            const found = await outputOf(fixture, await fixture.start(arn, input));
            expect([rule, found]).toEqual([rule, holds ? 'held' : 'else']);
          })();
        }
      },
    },
    {
      behaviour: 'what the engine would do differently from AWS without a word',
      source: 'The code of aws-local-stepfunctions 3.0.0, beside the Amazon States Language',
      localCloud:
        'Refused when the template is loaded: JSONata, `Assign`, heartbeats, `Credentials`, `TimeoutSecondsPath`, tasks without a timeout, `States.TaskFailed`, falsy `Result`s, `$$.State`, states other than the six used, comparisons other than those above, other resources than functions and `sns:publish`.',
      check: () => {
        const reason = (state: object, more: object = {}) => {
          const definition = { StartAt: 'S', States: { S: { End: true, ...state } }, ...more };
          try {
            loadDefinition(JSON.stringify(definition));
            return 'loaded';
          } catch (error) {
            return String(error);
          }
        };
        const pass = { Type: 'Pass' };
        const greater = { Variable: '$.a', NumericGreaterThan: 1 };
        expect(reason(pass)).toBe('loaded');
        const refusals: [string, string][] = [
          [reason(pass, { QueryLanguage: 'JSONata' }), 'QueryLanguage'],
          [reason({ ...pass, Assign: {} }), 'Assign'],
          [reason({ ...pass, Result: 0 }), 'Result 0'],
          [reason({ ...pass, Parameters: { 'a.$': '$$.State.Name' } }), '$$.State.Name'],
          [reason({ ...task, HeartbeatSeconds: 2 }), 'no heartbeats'],
          [reason({ ...task, Credentials: {} }), 'Credentials'],
          [reason({ ...task, TimeoutSecondsPath: '$.t' }), 'TimeoutSecondsPath'],
          [reason({ ...task, TimeoutSeconds: undefined }), 'no timeout'],
          [reason({ ...task, Retry: [{ ErrorEquals: ['States.TaskFailed'] }] }), 'TaskFailed'],
          [
            reason({ ...task, Resource: 'arn:aws:states:::sqs:sendMessage' }),
            'only ARNs of Lambda',
          ],
          [reason({ Type: 'Parallel', Branches: [] }), 'type "Parallel"'],
          [reason({ Type: 'Map' }), 'type "Map"'],
          [reason({ Type: 'Choice', Choices: [greater] }), 'a choice by NumericGreaterThan'],
          [reason({ Type: 'Choice', Choices: [{ Not: greater }] }), 'NumericGreaterThan'],
        ];
        for (const [refusal, named] of refusals) expect(refusal).toContain(named);
      },
    },
    {
      behaviour:
        'a definition whose states lead nowhere is refused when the state machine is created',
      source: 'Step Functions API reference, CreateStateMachine: InvalidDefinition',
      localCloud: 'The same, by asl-validator.',
      check: onStepFunctions(async (fixture) => {
        expect(() => fixture.machine({ P: { Type: 'Pass', Next: 'None' } })).toThrow(
          /None|invalid/,
        );
      }),
    },
  ],
};
