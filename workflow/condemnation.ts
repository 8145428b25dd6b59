/**
 * What the tag of a condemned instance says: why, by which execution and, of a standby, when. Pure.
 * What can go wrong: a reader that takes one reason for another. A bad image and a person's wish both
 * end coordinators, and only the first one says anything about the image; so who writes the tag and
 * who reads it share these words.
 */
import type { RuleName } from './incident.ts';

export const surplusReason = 'surplus';
const forcedReason = 'forced';
const upgradeReason = 'outdated';
const askedReasons: readonly string[] = [forcedReason, upgradeReason];

/** Counted together: each is a standby that has been replaced. */
const sickReasons = ['not ready in time', 'reached by nobody'] as const;
export type SickReason = (typeof sickReasons)[number];

export type TrimReason = typeof surplusReason | SickReason;

/** `surplus: EXECUTION 2026-10-02T12:00:00Z`. */
export function trimmedTag(why: TrimReason, executionId: string, now: string): string {
  return `${why}: ${executionId} ${now}`;
}

/**
 * Of the active: the execution. Where a person moved the address off it, the rule before that, and behind
 * it the standby that was asked for: `outdated: EXECUTION`, `forced: EXECUTION to i-0123456789abcdef0`.
 */
export function fencedTag(rule: RuleName, executionId: string, standby: string | null): string {
  if (!isAskedFor(rule)) return executionId;
  return `${rule}: ${executionId}${standby === null ? '' : ` to ${standby}`}`;
}

/** A person asked for the move: it says nothing about how often the cluster fails. */
export function isAskedFor(rule: RuleName): boolean {
  return askedReasons.includes(rule);
}

/** An upgrade that somebody asked for moved the address off it. */
export function isUpgraded(condemned: string | null): boolean {
  return saysOneOf(condemned, [upgradeReason]);
}

/** The standby to which a person moved the address off it; null where none was asked for. */
export function standbyAskedFor(condemned: string | null): string | null {
  return saysOneOf(condemned, askedReasons)
    ? (/ to (i-[0-9a-f]+)$/.exec(condemned ?? '')?.[1] ?? null)
    : null;
}

/** When a standby was replaced as sick, in milliseconds since the epoch; null when it was not. */
export function replacedAt(condemned: string | null): number | null {
  return saysOneOf(condemned, sickReasons) ? Date.parse(condemned?.split(' ').at(-1) ?? '') : null;
}

/** It was healthy for all that is known: one too many, or moved away from at a person's wish. */
export function isNoFailure(condemned: string | null): boolean {
  return saysOneOf(condemned, [surplusReason, ...askedReasons]);
}

function saysOneOf(condemned: string | null, reasons: readonly string[]): boolean {
  return reasons.some((why) => condemned?.startsWith(`${why}: `));
}
