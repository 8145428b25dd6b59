/** A recording as a person reads it: one line per thing that happened. */
import { parseJson } from '../local-cloud/json.ts';
import type { Fact, Recording } from './recording.ts';

interface Line {
  readonly atMs: number;
  readonly text: string;
}

export function traceOf(recording: Recording): string {
  const { startedAtMs, executions } = recording;
  const names = new Map(
    [...new Set(executions.map(({ arn }) => arn))].map((arn, index) => [arn, `execution ${index}`]),
  );
  const lines = [
    ...recording.facts.map((fact) => ({ atMs: fact.atMs, text: factText(fact, names) })),
    ...executions.flatMap((execution) => sentencesOf(execution, names.get(execution.arn) ?? '')),
  ].sort((one, other) => one.atMs - other.atMs);
  return lines
    .map(({ atMs, text }) => `${((atMs - startedAtMs) / 1000).toFixed(2).padStart(8)} s  ${text}`)
    .join('\n');
}

function factText(fact: Fact, names: ReadonlyMap<string, string>): string {
  switch (fact.kind) {
    case 'fault':
      return `! ${fact.sentence}`;
    case 'service':
      return `* the address is served by ${fact.identity === null ? 'nobody' : `${fact.instanceId} (${fact.identity})`}`;
    case 'alarm':
      return `~ ${fact.alarmName} is ${fact.state}`;
    case 'state':
      return `${names.get(fact.executionArn)}: ${fact.name}`;
    case 'call': {
      const outcome = fact.error === undefined ? '' : ` -> ${fact.error}`;
      return `${names.get(fact.executionArn)}:   ${fact.operation} ${subjectOf(fact.input)}${outcome}`;
    }
  }
}

function subjectOf(input: Readonly<Record<string, unknown>>): string {
  const { ClientToken: _token, LaunchTemplate: _template, ...rest } = input;
  return JSON.stringify(rest).slice(0, 240);
}

/** What the functions said: the sentences in the documents of the execution. */
function sentencesOf({ history }: Recording['executions'][number], name: string): Line[] {
  return history.flatMap(
    ({
      timestamp,
      lambdaFunctionSucceededEventDetails: succeeded,
      lambdaFunctionFailedEventDetails: functionFailed,
      taskFailedEventDetails: failed = functionFailed,
      type,
    }) => {
      const atMs = timestamp?.getTime() ?? 0;
      if (type?.endsWith('TimedOut')) return [{ atMs, text: `${name}:   timed out` }];
      if (failed !== undefined) return [{ atMs, text: `${name}:   failed: ${failed.error}` }];
      const sentence = sentenceIn(succeeded?.output);
      return sentence === undefined ? [] : [{ atMs, text: `${name}:   "${sentence}"` }];
    },
  );
}

function sentenceIn(output: string | undefined): string | undefined {
  if (output === undefined) return undefined;
  const finding: unknown = parseJson(output);
  if (typeof finding !== 'object' || finding === null) return undefined;
  const rule = 'rule' in finding ? `${String(finding.rule)}: ` : '';
  return 'sentence' in finding ? `${rule}${String(finding.sentence)}` : undefined;
}
