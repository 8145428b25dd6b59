/**
 * What the states of an execution have found so far: the part of the document that a reader wants, or
 * nothing where the state has not run or gave no answer.
 */
import type {
  Answer,
  Answers,
  AttachmentFinding,
  Coordinator,
  Decision,
  Failure,
  Incident,
  None,
  StandbyLaunch,
  StandbyPick,
  Survey,
  Termination,
  Verification,
} from './incident.ts';

type Given<Finding> = Finding | Failure | None | undefined;

function found<Finding extends { readonly kind: string }>(given: Given<Finding>): Finding | null {
  return given === undefined || isEmpty(given) ? null : given;
}

function isEmpty(given: { readonly kind: string }): given is Failure | None {
  return given.kind === 'none' || given.kind === 'no-answer';
}

export function surveyOf({ survey }: Incident): Survey | null {
  return found<Survey>(survey);
}

/** Empty also where the instances could not be read. */
export function coordinatorsOf(incident: Incident): readonly Coordinator[] {
  return surveyOf(incident)?.coordinators ?? [];
}

/** Empty also where nobody could be asked. */
export function answersOf({ answers }: Incident): readonly Answer[] {
  return found<Answers>(answers)?.answers ?? [];
}

/** `name`: of a check target. */
export function answerOf(incident: Incident, name: string): Answer | undefined {
  return answersOf(incident).find((answer) => answer.name === name);
}

/** Null also where a function that decides has failed. */
export function decisionOf({ decision }: Incident): Decision | null {
  return decision?.kind === 'decision' ? decision : null;
}

export function terminationOf({ termination }: Incident): Termination | null {
  return found<Termination>(termination);
}

/** Whom this execution has fenced so far: retired for good, whatever descriptions still show. */
export function fencedBy(incident: Incident): readonly string[] {
  return terminationOf(incident)?.fenced ?? [];
}

export function promotionOf({ standbyPick }: Incident): StandbyPick | null {
  return found<StandbyPick>(standbyPick);
}

export function attachmentOf({ attachment }: Incident): AttachmentFinding | null {
  return found<AttachmentFinding>(attachment);
}

/** Null where the address could not be given away. */
export function attachedBy(incident: Incident): AttachmentFinding | null {
  const attachment = attachmentOf(incident);
  return attachment?.kind === 'attached' ? attachment : null;
}

/**
 * Of this round or of the one before: "Begin move" sets the kind of the latter to `none`, and what it
 * says of tries and rejected instances still counts.
 */
export function verificationOf({ verification }: Incident): Verification | null {
  const isOfTheRoundBefore = verification !== undefined && 'rejected' in verification;
  return isOfTheRoundBefore ? verification : found<Verification>(verification);
}

export function restorationOf({ standbyLaunch }: Incident): StandbyLaunch | null {
  return found<StandbyLaunch>(standbyLaunch);
}
