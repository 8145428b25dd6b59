/**
 * Which JVM answered where, before and after the move: the coordinatorId (Trino since 477) is new
 * for every start of the server, the uptime tells the rest.
 */
import { addressTargetName } from '../../workflow/model/incident.ts';
import { sameCoordinator } from '../../workflow/model/info.ts';
import type { Identity, Observation, Report } from '../report.ts';
import { duration } from '../words.ts';
import { type AnswerFinding, addressAnswer, ownAnswer } from './observations.ts';

type Sighting = Identity['sightings'][number];

export function identityOf(
  observations: readonly Observation[],
  verifications: Report['verifications'],
  promotedId: string | null,
): Identity {
  const before = observations.flatMap((observation) => sightingsAt(observation));
  const after = verifications
    .filter(({ kind }) => kind === 'verified')
    .flatMap(({ at, answers, instanceId }) =>
      answers.flatMap((answer) => sighting('Verify coordinator', at, answer, instanceId)),
    );
  return {
    sightings: changesOnly([...before, ...after]),
    sentence: conclude(before, after, promotedId),
  };
}

/** Of answers that said who they are. */
function sightingsAt(observation: Observation): Sighting[] {
  const { number, survey, answers } = observation;
  const at = answers?.at ?? null;
  const sightingOf = (answer: AnswerFinding | null, instanceId: string | null) =>
    answer === null ? [] : sighting(`observation ${number}`, at, answer, instanceId);
  return [
    ...sightingOf(addressAnswer(observation), survey?.address?.attachment?.instanceId ?? null),
    ...(survey?.coordinators ?? []).flatMap((one) =>
      sightingOf(ownAnswer(observation, one), one.instanceId),
    ),
  ];
}

function sighting(
  when: string,
  at: string | null,
  { name, host, identity, uptimeSeconds }: AnswerFinding,
  instanceId: string | null,
): Sighting[] {
  if (identity === null && uptimeSeconds === null) return [];
  const asked = name === addressTargetName ? name : `own IP ${host ?? ''}`.trim();
  return [{ when, at, asked, instanceId, identity, uptimeSeconds }];
}

/** Observations that saw the same JVM at the same place again add nothing. */
function changesOnly(sightings: readonly Sighting[]): Sighting[] {
  const last = new Map<string, string | null>();
  return sightings.filter(({ when, asked, instanceId, identity }) => {
    const key = `${when === 'Verify coordinator'} ${asked} ${instanceId}`;
    const known = last.has(key) && last.get(key) === identity && identity !== null;
    last.set(key, identity);
    return !known;
  });
}

function conclude(
  before: readonly Sighting[],
  after: readonly Sighting[],
  promotedId: string | null,
): string {
  const atAddress = after.findLast(({ asked }) => asked === addressTargetName);
  const oldOne = before.findLast(({ asked }) => asked === addressTargetName);
  const old = oldOne
    ? `Before, ${words(oldOne)} answered at the address.`
    : 'Who answered at the address before is not in the history: no answer of it said who it was.';
  if (atAddress === undefined) {
    return `${old} The history holds no verified answer after a move.`;
  }
  const standby = before.findLast(
    ({ asked, instanceId }) => asked !== addressTargetName && instanceId === promotedId,
  );
  if (standby === undefined) {
    return `${old} After, ${words(atAddress)} answers there; it had not said before who it is.`;
  }
  const same = sameCoordinator(factsOf(standby), factsOf(atAddress));
  const judgement = {
    true: `it is the one that answered at ${promotedId}'s own IP before`,
    false: `it is NOT the one that answered at ${promotedId}'s own IP before`,
    undefined: `whether it is the one of ${promotedId} before cannot be told`,
  }[`${same}`];
  return `${old} After, ${words(atAddress)} answers there: ${judgement}.`;
}

function words({ identity, uptimeSeconds }: Sighting): string {
  const id = identity === null ? 'a JVM without a coordinatorId' : `the JVM ${identity}`;
  return uptimeSeconds === null ? id : `${id} (up ${duration(uptimeSeconds)})`;
}

function factsOf({ identity, uptimeSeconds }: Sighting) {
  return { identity: identity ?? undefined, uptimeSeconds: uptimeSeconds ?? undefined };
}
