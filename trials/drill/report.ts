/** What is said at the end, for people and for programs. Pure. */
import { outageLimitSeconds } from './expectations.ts';
import type { Phase } from './phases.ts';

export interface ScenarioResult {
  readonly name: string;
  /** What had to happen. */
  readonly must: string;
  readonly ok: boolean;
  /** As the client saw it: the longest one; null when there was none, or it was never over. */
  readonly outageSeconds: number | null;
  /** In the order in which they were given, over all executions. */
  readonly decisions: readonly DecisionLine[];
  /** Instances that were terminated, by whomever. */
  readonly terminated: readonly string[];
  /** One list per failure. */
  readonly phases: readonly (readonly Phase[])[];
  /** What did not hold, a sentence each. */
  readonly why: readonly string[];
  /** Where the logs are kept; only when something did not hold. */
  readonly logs?: string;
}

export interface DecisionLine {
  readonly rule: string;
  readonly outcome: string;
  readonly sentence: string;
}

/** The document that `--json` writes. */
export function jsonReport(templateHash: string, results: readonly ScenarioResult[]): string {
  const document = {
    templateHash,
    scenarios: results.map(({ name, ok, outageSeconds, decisions, terminated, phases, why }) => ({
      name,
      ok,
      outageSeconds,
      decisions: decisions.map(({ rule }) => rule),
      terminated,
      phases: phases.flatMap((failure, index) =>
        failure.map((phase) => ({ ...phase, name: `${failurePrefix(index)}${phase.name}` })),
      ),
      why,
    })),
  };
  return JSON.stringify(document, undefined, 2);
}

/** The report for people. */
export function textReport(templateHash: string, results: readonly ScenarioResult[]): string {
  const blocks = results.map(scenarioBlock);
  return [`Template ${templateHash}`, ...blocks, summary(results)].join('\n\n');
}

function scenarioBlock(result: ScenarioResult): string {
  const lines = [`${result.name}: ${result.ok ? 'held' : 'DID NOT HOLD'} (${result.must})`];
  for (const [index, phases] of result.phases.entries()) {
    if (index > 0) lines.push(`  ${failurePrefix(index)}`.trimEnd());
    lines.push(...phaseLines(phases));
  }
  for (const { rule, outcome, sentence } of withoutRepeats(result.decisions)) {
    lines.push(`  rule ${rule} -> ${outcome}: ${sentence}`);
  }
  lines.push(`  terminated: ${result.terminated.join(', ') || 'nobody'}`);
  for (const sentence of result.why) lines.push(`  NOT HELD: ${sentence}`);
  if (result.logs !== undefined) lines.push(`  logs: ${result.logs}`);
  return lines.join('\n');
}

function phaseLines(phases: readonly Phase[]): string[] {
  const width = Math.max(0, ...phases.map(({ name }) => name.length));
  return phases.map(({ name, seconds }, index) => {
    const took = seconds - (phases[index - 1]?.seconds ?? 0);
    const step = index === 0 ? '' : `+${took.toFixed(1)} s`;
    return `  ${name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${step.padStart(8)}`.trimEnd();
  });
}

function summary(results: readonly ScenarioResult[]): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  const lines = results.map(({ name, ok, outageSeconds, decisions }) => {
    const outage = outageSeconds === null ? 'none' : `${outageSeconds.toFixed(1)} s`;
    const rules = withoutRepeats(decisions).map(({ rule }) => rule);
    return `  ${name.padEnd(width)}  ${ok ? 'held        ' : 'DID NOT HOLD'}  ${outage.padStart(7)}  ${rules.join(', ')}`;
  });
  const held = results.filter(({ ok }) => ok).length;
  return [
    `Outage as a client saw it (with a hot standby it must be under ${outageLimitSeconds} s), and the rules that fired`,
    ...lines,
    `${held} of ${results.length} scenarios held.`,
  ].join('\n');
}

/** A rule that fires again and again is shown once, with its last sentence. */
function withoutRepeats(decisions: readonly DecisionLine[]): DecisionLine[] {
  return decisions.filter((decision, index) => decision.rule !== decisions[index + 1]?.rule);
}

function failurePrefix(index: number): string {
  return index === 0 ? '' : index === 1 ? 'second failure: ' : `failure ${index + 1}: `;
}
