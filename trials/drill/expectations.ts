/**
 * What must hold after a scenario. Pure: facts in, one sentence out for each thing that did not hold.
 */
import { endingOfState, endStates } from '../../workflow/model/ending.ts';
import type { ClientOutage } from './client.ts';
import type { Expectation } from './scenarios/scenario.ts';

export interface Facts {
  /** HACoordinatorsCount. */
  readonly coordinatorsWanted: number;
  /** The coordinators of the beginning, the active first. */
  readonly seeded: readonly string[];
  /** Those that the scenario made to fail. */
  readonly failed: readonly string[];
  /** Who the address is attached to, as EC2 has it. */
  readonly holder: Holder | undefined;
  readonly addressIsThere: boolean;
  /** This cluster's instances that are neither retired nor on their way out. */
  readonly coordinators: readonly CoordinatorFact[];
  /** Instances that are shutting down or terminated, of whatever cluster. */
  readonly terminated: readonly string[];
  /** What stands beside the cluster, as text that changes when anything about it does. */
  readonly bystanders: readonly BystanderFact[];
  /** One per fault that started an outage. */
  readonly outages: readonly ClientOutage[];
  /** The client's answers that were not ready although nothing was failing. */
  readonly unserved: readonly { readonly secondsIn: number; readonly what: string }[];
  /** Which process the client was answered by last. */
  readonly answeredBy: string | undefined;
  readonly executions: readonly ExecutionFact[];
  readonly alarms: readonly { readonly name: string; readonly state: string }[];
  /** Subjects of the messages that people were told. */
  readonly told: readonly string[];
}

export interface Holder {
  readonly instanceId: string;
  readonly status: string;
  readonly deleteOnTermination: boolean;
}

export interface CoordinatorFact {
  readonly instanceId: string;
  readonly state: string;
  readonly ready: boolean;
  /** Which process answers on it. */
  readonly identity: string | undefined;
}

export interface BystanderFact {
  readonly instanceId: string;
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

export interface ExecutionFact {
  readonly arn: string;
  readonly status: string;
  /** The state it ended in, or is in. */
  readonly state: string;
}

/** What the starting document promises: "well under a minute". */
export const outageLimitSeconds = 60;

export function whatDidNotHold(expectation: Expectation, facts: Facts): string[] {
  if (expectation.holder === 'nobody') {
    return [...remainingProblems(facts), ...bystanderProblems(facts)];
  }
  return [
    ...holderProblems(expectation, facts),
    ...coordinatorProblems(facts),
    ...terminationProblems(expectation, facts),
    ...bystanderProblems(facts),
    ...outageProblems(expectation, facts),
    ...executionProblems(expectation, facts),
    ...alarmProblems(facts),
    ...messageProblems(expectation, facts),
  ];
}

/** After the stack was deleted. */
function remainingProblems({ coordinators, addressIsThere, holder }: Facts): string[] {
  const left = coordinators.map(({ instanceId, state }) => `${instanceId} is still ${state}.`);
  if (holder !== undefined) left.push(`The address is still held by ${holder.instanceId}.`);
  if (addressIsThere) left.push('The network interface of the address is still there.');
  return left;
}

function holderProblems(expectation: Expectation, facts: Facts): string[] {
  const { holder } = facts;
  if (holder === undefined) return ['The address is attached to nothing.'];
  const problems: string[] = [];
  const { instanceId } = holder;
  const coordinator = facts.coordinators.find((one) => one.instanceId === instanceId);
  if (holder.status !== 'attached') problems.push(`The address is ${holder.status}, not attached.`);
  if (holder.deleteOnTermination) {
    problems.push(`The address would be deleted with ${instanceId}: DeleteOnTermination is true.`);
  }
  if (coordinator === undefined) {
    problems.push(`The address is held by ${instanceId}, which is no living coordinator.`);
  } else if (coordinator.identity !== facts.answeredBy) {
    problems.push(
      `The address is held by ${instanceId} (${coordinator.identity ?? 'silent'}), ` +
        `but the client was answered by ${facts.answeredBy ?? 'nobody'}.`,
    );
  }
  const allowed = allowedHolders(expectation, facts);
  if (!allowed.fits(instanceId)) {
    problems.push(`The address is held by ${instanceId}, but should be held by ${allowed.words}.`);
  }
  return problems;
}

function allowedHolders(
  expectation: Expectation,
  { seeded, failed }: Facts,
): { readonly words: string; fits(instanceId: string): boolean } {
  if (expectation.holder === 'same') {
    const first = seeded[0] ?? 'nobody';
    return { words: `${first}, as at the beginning`, fits: (id) => id === first };
  }
  const left = seeded.slice(1).filter((id) => !failed.includes(id));
  if (left.length > 0 && expectation.holder !== 'launched') {
    return {
      words: `a standby that stood there: ${left.join(', ')}`,
      fits: (id) => left.includes(id),
    };
  }
  return { words: 'a coordinator launched since', fits: (id) => !seeded.includes(id) };
}

function coordinatorProblems({ coordinators, coordinatorsWanted }: Facts): string[] {
  const problems: string[] = [];
  if (coordinators.length !== coordinatorsWanted) {
    problems.push(
      `There are ${coordinators.length} coordinators, but HACoordinatorsCount is ${coordinatorsWanted}.`,
    );
  }
  for (const { instanceId, state, ready } of coordinators) {
    if (!ready) problems.push(`${instanceId} is ${state}, but its coordinator is not ready.`);
  }
  return problems;
}

function terminationProblems(expectation: Expectation, facts: Facts): string[] {
  const { terminated, seeded, failed } = facts;
  const mayGo = (id: string) => {
    if (expectation.terminated === 'nobody') return false;
    if (expectation.terminated === 'anybody') return true;
    return expectation.terminated === 'failed' ? failed.includes(id) : !seeded.includes(id);
  };
  const mustGo = expectation.terminated === 'failed' ? failed : [];
  return [
    ...terminated
      .filter((id) => !mayGo(id))
      .map((id) => `${id} was terminated, but should have been left alone.`),
    ...mustGo
      .filter((id) => !terminated.includes(id))
      .map((id) => `${id} was made to fail, but has not been terminated.`),
  ];
}

function bystanderProblems({ bystanders }: Facts): string[] {
  return bystanders
    .filter(({ before, after }) => before !== after)
    .map(
      ({ instanceId, what, before, after }) =>
        `${instanceId} (${what}) was touched: it was ${before}, now it is ${after}.`,
    );
}

function outageProblems(expectation: Expectation, facts: Facts): string[] {
  const hotStandby = facts.seeded.length > 1;
  if (expectation.outage === 'none') {
    const taken = facts.outages.filter((outage) => outage.kind === 'over');
    const [first] = facts.unserved;
    return [
      ...taken.map((outage) => `Another process took over after ${outage.seconds.toFixed(1)} s.`),
      ...(first === undefined
        ? []
        : [
            `${facts.unserved.length} answers were not ready although nothing was failing, ` +
              `the first at ${first.secondsIn.toFixed(1)} s: ${first.what}.`,
          ]),
    ];
  }
  return facts.outages.flatMap((outage) => {
    if (outage.kind === 'lasting') {
      const seconds = outage.sinceSeconds.toFixed(1);
      return [`The address has not been served for ${seconds} s: ${outage.unanswered}.`];
    }
    if (outage.kind === 'none') return ['No other coordinator has answered at the address.'];
    if (expectation.outage === 'short' && hotStandby && outage.seconds >= outageLimitSeconds) {
      return [
        `The outage lasted ${outage.seconds.toFixed(1)} s, but must be under ${outageLimitSeconds} s.`,
      ];
    }
    return [];
  });
}

function executionProblems(expectation: Expectation, { executions }: Facts): string[] {
  const problems: string[] = [];
  if (executions.length === 0) problems.push('No execution has started.');
  const least = expectation.leastExecutions ?? 0;
  if (executions.length < least) {
    problems.push(`There were ${executions.length} executions, but should have been ${least}.`);
  }
  problems.push(...executions.flatMap((execution) => endProblems(expectation, execution)));
  const ends = executions.map(({ state }) => state);
  for (const ending of expectation.reached ?? []) {
    if (executions.some(({ state }) => endingOfState(state) === ending)) continue;
    problems.push(
      `No execution ended in ${endStates[ending]}, but in ${[...new Set(ends)].join(', ')}.`,
    );
  }
  return problems;
}

function endProblems(
  { ending, reached, stopsExecutions, asksForTooMuch }: Expectation,
  { arn, status, state }: ExecutionFact,
): string[] {
  const name = arn.split(':').at(-1);
  if (status === 'RUNNING') return [`Execution ${name} has not ended: it is in ${state}.`];
  const found = endingOfState(state);
  if (found !== null && reached?.includes(found)) return [];
  if (stopsExecutions && status === 'ABORTED') return [];
  if (asksForTooMuch && status === 'FAILED') return [];
  if (status !== 'SUCCEEDED') return [`Execution ${name} ${status} in ${state}.`];
  if (ending === undefined || found === ending) return [];
  return [`Execution ${name} ended in ${state}, not in ${endStates[ending]}.`];
}

function messageProblems({ told }: Expectation, facts: Facts): string[] {
  // The subject that a person sees is what is judged: here a message is read.
  if (told === undefined || facts.told.some((subject) => subject.includes(told))) return [];
  return [`People were not told "${told}", but: ${facts.told.join('; ') || 'nothing'}.`];
}

function alarmProblems({ alarms }: Facts): string[] {
  return alarms
    .filter(({ state }) => state === 'ALARM')
    .map(({ name }) => `The alarm ${name} is stuck in ALARM: it would never fire again.`);
}
