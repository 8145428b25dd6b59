/**
 * Reads a state machine for the engine. Where the engine silently differs from AWS, the definition
 * is corrected if that is exact (`IsPresent: false`), and else refused.
 * Source: the code of the engine, version 3.0.0, compared with the Amazon States Language.
 */
import {
  StateMachine as Engine,
  type StateMachineDefinition as EngineDefinition,
} from 'aws-local-stepfunctions';
import { isRecord } from '../service/properties.ts';
import { type TaskTarget, targetOf } from './task-target.ts';

export interface LoadedDefinition {
  readonly forEngine: EngineDefinition;
  /** By state. */
  readonly tasks: ReadonlyMap<string, TaskState>;
}

export interface TaskState {
  /** What it calls. */
  readonly target: TaskTarget;
  readonly timeoutSeconds: number;
}

type Fields = Readonly<Record<string, unknown>>;

const stateTypes = ['Task', 'Pass', 'Wait', 'Choice', 'Succeed', 'Fail'];
/** JSONata, and fields that the engine ignores. */
const refusedFields: Readonly<Record<string, string>> = {
  QueryLanguage: 'the engine knows JSONPath only and would ignore it',
  Arguments: 'it is of JSONata',
  Output: 'it is of JSONata',
  Assign: 'the engine has no variables',
  TimeoutSecondsPath: 'timeouts are read from the definition',
  HeartbeatSeconds: 'the engine has no heartbeats',
  HeartbeatSecondsPath: 'the engine has no heartbeats',
  Credentials: 'the engine has no credentials per task',
};
/** The engine leaves all other context paths empty. */
const contextPaths = [
  '$$.Execution.Id',
  '$$.Execution.Input',
  '$$.Execution.Name',
  '$$.Execution.StartTime',
  '$$.StateMachine.Id',
  '$$.StateMachine.Name',
];
/** The comparisons of a Choice, each checked to decide as AWS does. */
const comparisons = ['StringEquals', 'BooleanEquals', 'IsPresent'];
const ruleFields = ['Variable', 'Next', 'Comment', 'And', 'Or', 'Not', ...comparisons];
/** Step Functions' own limit. */
const longestStateName = 80;

const loadedBefore = new Map<string, LoadedDefinition>();
/**
 * Validation takes some 300 ms: a definition that is equal for the validator is not validated
 * again.
 */
const validBefore = new Set<string>();

/** @throws Error that names the state that cannot run here, and why */
export function loadDefinition(text: string): LoadedDefinition {
  const known = loadedBefore.get(text);
  if (known !== undefined) return known;
  const loaded = load(text);
  validate(loaded.forEngine);
  loadedBefore.set(text, loaded);
  return loaded;
}

function validate(definition: EngineDefinition): void {
  const shape = JSON.stringify(definition, (key, value: unknown) =>
    key === 'Parameters' ? shapeOf(value) : value,
  );
  if (validBefore.has(shape)) return;
  const validationOptions = { checkArn: true, checkPaths: true };
  // The constructor validates targets, reachability and paths (asl-validator).
  // It writes defaults into its argument: hence the copy.
  new Engine(structuredClone(definition), { validationOptions });
  validBefore.add(shape);
}

/**
 * In Parameters a value is constant, unless its name ends in `.$` (a path or an intrinsic
 * function).
 */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (!isRecord(value)) return typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, name.endsWith('.$') ? one : shapeOf(one)]),
  );
}

function load(text: string): LoadedDefinition {
  const definition = parsed(text);
  if (!isRecord(definition) || !isRecord(definition.States)) {
    throw new Error('The state machine definition has no States.');
  }
  refuseFields('The state machine', definition, ['QueryLanguage']);
  refuseContextPaths(definition);
  const tasks = new Map<string, TaskState>();
  const states = Object.entries(definition.States).map(([name, state]) => {
    if (!isRecord(state)) throw new Error(`The state "${name}" is not an object.`);
    checkState(name, state);
    if (state.Type === 'Task') tasks.set(name, taskOf(name, state));
    return [name, forEngine(state)];
  });
  return {
    forEngine: { ...definition, States: Object.fromEntries(states) } as EngineDefinition,
    tasks,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The state machine definition is not JSON: ${(error as Error).message}`);
  }
}

function checkState(name: string, state: Fields): void {
  const what = `The state "${name}"`;
  if (name.length > longestStateName) {
    throw new Error(`${what} has a name of more than ${longestStateName} characters.`);
  }
  if (typeof state.Type !== 'string' || !stateTypes.includes(state.Type)) {
    throw new Error(
      `${what} is of the type ${JSON.stringify(state.Type)}, but the local cloud runs only ${stateTypes.join(', ')}.`,
    );
  }
  refuseFields(what, state, Object.keys(refusedFields));
  if (state.Type === 'Pass' && 'Result' in state && !state.Result) {
    throw new Error(
      `${what} has the Result ${JSON.stringify(state.Result)}: the engine would pass its input on instead. Put the value into Parameters.`,
    );
  }
  if (JSON.stringify([state.Retry, state.Catch]).includes('"States.TaskFailed"')) {
    throw new Error(
      `${what} names States.TaskFailed, which here would match a timeout too: name States.ALL or the errors themselves.`,
    );
  }
  if (Array.isArray(state.Choices)) checkRules(what, state.Choices);
}

function checkRules(what: string, rules: readonly unknown[]): void {
  for (const rule of rules.filter(isRecord)) {
    const unknown = Object.keys(rule).find((name) => !ruleFields.includes(name));
    if (unknown !== undefined) {
      throw new Error(
        `${what} has a choice by ${unknown}, but the local cloud compares only with ${comparisons.join(', ')}, And, Or and Not.`,
      );
    }
    checkRules(what, [rule.And, rule.Or, rule.Not].flat());
  }
}

function taskOf(name: string, { Resource, TimeoutSeconds: timeoutSeconds }: Fields): TaskState {
  const target = targetOf(Resource);
  if (target === undefined) {
    throw new Error(
      `The state "${name}" has the Resource ${JSON.stringify(Resource)}, but only ARNs of Lambda functions and sns:publish can be run here.`,
    );
  }
  if (typeof timeoutSeconds === 'number' && timeoutSeconds > 0) return { target, timeoutSeconds };
  throw new Error(
    `The state "${name}" has no timeout: AWS would wait for ever, the engine for 60 s. Give it TimeoutSeconds.`,
  );
}

function refuseFields(what: string, fields: Fields, names: readonly string[]): void {
  for (const name of names) {
    if (!(name in fields) || fields[name] === 'JSONPath') continue;
    throw new Error(`${what} has ${name}, which cannot be run here: ${refusedFields[name]}.`);
  }
}

function refuseContextPaths(definition: Fields): void {
  for (const path of JSON.stringify(definition).match(/\$\$[.[][\w.]*/g) ?? []) {
    const known = contextPaths.some((known) => path === known || path.startsWith(`${known}.`));
    if (!known) {
      throw new Error(
        `The state machine reads ${path}, which the engine leaves empty. It has: ${contextPaths.join(', ')}.`,
      );
    }
  }
}

/** The task runner times tasks: the timeout of the engine has another Cause than AWS. */
const never = 2_000_000;

function forEngine(state: Fields): Fields {
  const timed = state.Type === 'Task' ? { ...state, TimeoutSeconds: never } : state;
  const withPaths = withoutWholeResultPath(timed);
  const withCatch = Array.isArray(state.Catch)
    ? { ...withPaths, Catch: state.Catch.map(withoutWholeResultPath) }
    : withPaths;
  if (!Array.isArray(state.Choices)) return withCatch;
  return { ...withCatch, Choices: state.Choices.map(positive) };
}

/** `ResultPath: "$"` is the default; the engine would make a field named `$`. */
function withoutWholeResultPath(fields: Fields): Fields {
  if (fields.ResultPath !== '$') return fields;
  const { ResultPath: _whole, ...others } = fields;
  return others;
}

/** `IsPresent: false` never matches in the engine: it becomes `Not` of `IsPresent: true`. */
function positive(rule: Fields): Fields {
  const { Next, ...test } = rule;
  const next = Next === undefined ? {} : { Next };
  if (test.IsPresent === false) return { Not: { ...test, IsPresent: true }, ...next };
  if (Array.isArray(test.And)) return { And: test.And.map(positive), ...next };
  if (Array.isArray(test.Or)) return { Or: test.Or.map(positive), ...next };
  if (isRecord(test.Not)) return { Not: positive(test.Not), ...next };
  return rule;
}
