/**
 * What `pause`, `resume` and `acknowledge` share: tags on the ENI, which the workflow reads before every
 * decision. A tag is not read back: descriptions lag by seconds.
 */
import { operatorTagProblems } from '../../workflow/model/tags.ts';
import { type Target, whoAsks } from '../cluster/targets.ts';
import type { recordOptions } from '../common-options.ts';
import { type Context, nextLine } from '../context.ts';
import { badInput, type ExitCode, exitCodes } from '../exit.ts';
import type { Given } from '../terminal/command-line.ts';
import type { Line } from '../terminal/lines.ts';

export function whoAndWhy(context: Context<Given<typeof recordOptions>>): {
  by: string;
  reason: string;
} {
  const by = whoAsks(context);
  const { reason } = context.options;
  const [problem] = operatorTagProblems({ by, reason });
  if (problem !== undefined) throw badInput(problem);
  return { by, reason };
}

export async function setTag(
  { cloud }: Context,
  { networkInterfaceId }: Target,
  Key: string,
  Value: string,
): Promise<void> {
  await cloud.createTags({ Resources: [networkInterfaceId], Tags: [{ Key, Value }] });
}

export function done(
  context: Context,
  { document, lines, next }: { document: object; lines: readonly Line[]; next: string },
): ExitCode {
  context.screen.json(document);
  context.screen.print([...lines, nextLine(context, next)]);
  return exitCodes.fine;
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
