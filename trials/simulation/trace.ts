/**
 * A recording as a person reads it: one line per thing that happened, in the order in which it did. Facts
 * know fractions of a millisecond and histories do not, and in some runs all happens within one: what a
 * function said stands after its calls and before the next state.
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { type FaultSpan, type Faults, noFaults } from './faults.ts';
import type { Fact, Recording } from './recording.ts';

interface Line {
  readonly atMs: number;
  readonly text: string;
}

/** Of a history: it comes after so many entered states. */
interface Said extends Line {
  readonly entered: number;
}

/** `faults`: those of the run, so that it is told when those begin that nobody does. */
export function traceOf(recording: Recording, faults: Faults = noFaults): string {
  const { startedAtMs } = recording;
  const lines = [...spansOf(faults, startedAtMs), ...happenings(recording)];
  return lines
    .sort((one, other) => one.atMs - other.atMs)
    .map(({ atMs, text }) => `${((atMs - startedAtMs) / 1000).toFixed(2).padStart(8)} s  ${text}`)
    .join('\n');
}

function happenings({ facts, executions }: Recording): Line[] {
  const arns = [...new Set(executions.map(({ arn }) => arn))];
  const names = new Map(arns.map((arn, index) => [arn, `execution ${index}`]));
  const logs = arns.map((arn) => {
    const parts = executions.filter((one) => one.arn === arn);
    const history = parts.flatMap((one) => one.history);
    return { arn, entered: 0, left: saidIn(history, names.get(arn) ?? '') };
  });
  const lines: Line[] = [];
  const say = (log: (typeof logs)[number], isDue: (said: Said) => boolean) => {
    for (let next = log.left[0]; next !== undefined && isDue(next); next = log.left[0]) {
      // Not before what stands above it.
      lines.push({ atMs: Math.max(next.atMs, lines.at(-1)?.atMs ?? 0), text: next.text });
      log.left.shift();
    }
  };
  for (const fact of facts.toSorted((one, other) => one.atMs - other.atMs)) {
    const nowMs = Math.floor(fact.atMs);
    for (const log of logs) {
      const isNext = fact.kind === 'state' && fact.executionArn === log.arn;
      say(
        log,
        ({ atMs, entered }) => atMs < nowMs || (isNext && atMs === nowMs && entered <= log.entered),
      );
      if (isNext) log.entered += 1;
    }
    lines.push({ atMs: fact.atMs, text: factText(fact, names) });
  }
  for (const log of logs) say(log, () => true);
  return lines;
}

/** What is wrong with AWS and with us has no moment at which it strikes: so it is told when it begins. */
function spansOf(faults: Faults, startedAtMs: number): Line[] {
  const { calls, delays, events, functions, launches, clocks } = faults;
  const spans = { calls, delays, events, functions, launches };
  return [
    ...Object.entries(spans).flatMap(([what, list]) =>
      list.map(({ fromSeconds, ...fault }: FaultSpan) => ({
        atMs: startedAtMs + fromSeconds * 1000,
        text: `! from now on, ${what}: ${JSON.stringify(fault)}`,
      })),
    ),
    ...clocks.map((fault) => ({
      atMs: startedAtMs,
      text: `! clocks: ${JSON.stringify(fault)}`,
    })),
  ];
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
  return shortly(rest);
}

/** What a history says beyond its states: the cause, failures, and the sentences of the functions. */
function saidIn(history: readonly HistoryEvent[], name: string): Said[] {
  let entered = 0;
  return history.flatMap((event) => {
    if (event.type?.endsWith('StateEntered')) entered += 1;
    const text = textOf(event);
    const atMs = event.timestamp?.getTime() ?? 0;
    return text === undefined ? [] : [{ atMs, entered, text: `${name}: ${text}` }];
  });
}

function textOf(event: HistoryEvent): string | undefined {
  const failed = event.taskFailedEventDetails ?? event.lambdaFunctionFailedEventDetails;
  if (event.type?.endsWith('TimedOut')) return '  timed out';
  if (event.type === 'ExecutionStarted') {
    return `begins with ${causeIn(event.executionStartedEventDetails?.input)}`;
  }
  if (failed !== undefined) return `  failed: ${failed.error}`;
  const sentence = sentenceIn(event.lambdaFunctionSucceededEventDetails?.output);
  return sentence === undefined ? undefined : `  "${sentence}"`;
}

/** What a person typed, or the event: its type, and what tells it apart from others of that type. */
function causeIn(input = '{}'): string {
  const given: unknown = JSON.parse(input);
  const isEvent = typeof given === 'object' && given !== null && 'detail-type' in given;
  if (!isEvent) return shortly(given);
  return `${String(given['detail-type'])} ${'detail' in given ? shortly(given.detail) : ''}`;
}

function shortly(value: unknown): string {
  return JSON.stringify(value).slice(0, 240);
}

function sentenceIn(output: string | undefined): string | undefined {
  if (output === undefined) return undefined;
  const finding: unknown = JSON.parse(output);
  if (typeof finding !== 'object' || finding === null) return undefined;
  const rule = 'rule' in finding ? `${String(finding.rule)}: ` : '';
  return 'sentence' in finding ? `${rule}${String(finding.sentence)}` : undefined;
}
