/**
 * A row of the fidelity table: one behaviour of AWS, its source, how the local cloud behaves, and the
 * check. The check is the row's test, so no row is without one, and none goes unrun. `npm run docs` at
 * the root makes fidelity.md from these rows.
 */
import { describe, expect, test } from 'vitest';

export interface FidelityRow {
  /** What AWS does. One sentence; also the name of the test. */
  readonly behaviour: string;
  /** A page of the documentation, an issue, a measurement; or "Estimate", and why. */
  readonly source: string;
  /** "The same", or how it differs and why that is safe. */
  readonly localCloud: string;
  readonly check: () => void | Promise<void>;
}

export interface Area {
  readonly title: string;
  /** Where the checks are, from the folder of the local cloud. */
  readonly file: string;
  /** Its checks wait for real time, real sockets or real processes. */
  readonly isRealTime?: true;
  readonly rows: readonly FidelityRow[];
}

/** Runs the checks of areas. A check that asserts nothing fails. */
export function checkAreas(areas: readonly Area[]): void {
  for (const { title, rows } of areas) {
    describe(`fidelity: ${title}`, () => {
      for (const { behaviour, check } of rows) {
        test(`${behaviour}`, async () => {
          expect.hasAssertions();
          await check();
        });
      }
    });
  }
}

/** The call is answered with that error. */
export function refused(answer: Promise<unknown>, code: string, message?: RegExp): Promise<void> {
  return expect(answer).rejects.toMatchObject({
    name: code,
    ...(message === undefined ? {} : { message: expect.stringMatching(message) }),
  });
}
