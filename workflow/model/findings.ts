/** The findings in an execution's document: null or empty where a state has not run or gave no answer. */
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
import { observationSeconds, surveyValidSeconds } from './timing.ts';

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

/** Null also when the survey is too old to be acted upon. `now` is ISO 8601. */
export function currentSurvey(incident: Incident, now: string): Survey | null {
  const survey = surveyOf(incident);
  if (survey === null) return null;
  return Date.parse(now) - Date.parse(survey.at) > surveyValidSeconds * 1000 ? null : survey;
}

/**
 * What earlier observations of this execution have found still counts, as they follow each other. After an
 * execution has died and is redriven, minutes later, nobody knows what was in between.
 */
export function isFollowedUp(incident: Incident, now: string): boolean {
  const { decision, verification, settings } = incident;
  const oldest = Date.parse(now) - (settings.askAgainSeconds + observationSeconds) * 1000;
  return [decision, verification].some(
    (finding) => finding !== undefined && 'at' in finding && Date.parse(finding.at) >= oldest,
  );
}

/** Empty also when the instances could not be read. */
export function coordinatorsOf(incident: Incident): readonly Coordinator[] {
  return surveyOf(incident)?.coordinators ?? [];
}

/** Empty also when nobody could be asked. */
export function answersOf({ answers }: Incident): readonly Answer[] {
  return found<Answers>(answers)?.answers ?? [];
}

/** `name`: of a check target. */
export function answerOf(incident: Incident, name: string): Answer | undefined {
  return answersOf(incident).find((answer) => answer.name === name);
}

/** Null also when a function that decides has failed. */
export function decisionOf({ decision }: Incident): Decision | null {
  return decision?.kind === 'decision' ? decision : null;
}

export function terminationOf({ termination }: Incident): Termination | null {
  return found<Termination>(termination);
}

/** The instances that this execution has fenced: retired for good, whatever descriptions still show. */
export function fencedBy(incident: Incident): readonly string[] {
  return terminationOf(incident)?.fenced ?? [];
}

export function standbyPickOf({ standbyPick }: Incident): StandbyPick | null {
  return found<StandbyPick>(standbyPick);
}

export function attachmentOf({ attachment }: Incident): AttachmentFinding | null {
  return found<AttachmentFinding>(attachment);
}

/** Null when the address was not attached. */
export function attachedBy(incident: Incident): AttachmentFinding | null {
  const attachment = attachmentOf(incident);
  return attachment?.kind === 'attached' ? attachment : null;
}

/**
 * Of this round, or of the round before: "Begin move" sets its kind to `none`, and its tries and rejected
 * instances still count.
 */
export function verificationOf({ verification }: Incident): Verification | null {
  const isOfTheRoundBefore = verification !== undefined && 'rejected' in verification;
  return isOfTheRoundBefore ? verification : found<Verification>(verification);
}

export function standbyLaunchOf({ standbyLaunch }: Incident): StandbyLaunch | null {
  return found<StandbyLaunch>(standbyLaunch);
}
