/** The synthesized template, made once per test file; and copies of it with something broken. */
import { beforeAll } from 'vitest';
import { templateInHand } from '../../simulation/template.ts';

/** Call at the top of a test file; the template is there once the tests run. */
export function useTemplate(): () => object {
  let template: object | undefined;
  beforeAll(async () => {
    ({ template } = await templateInHand());
  });
  return () => {
    if (template === undefined) throw new Error('The template is made before the tests run.');
    return template;
  };
}

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** With a schedule that comes once a day: only alarms and events start an execution then. */
export function withoutSchedule(template: object): object {
  const { Resources, ...rest } = template as Template;
  const seldom = Object.entries(Resources).map(([name, resource]) => {
    if (!('ScheduleExpression' in (resource.Properties ?? {}))) return [name, resource] as const;
    const Properties = { ...resource.Properties, ScheduleExpression: 'rate(1 day)' };
    return [name, { ...resource, Properties }] as const;
  });
  return { ...rest, Resources: Object.fromEntries(seldom) };
}

/** Whose record of a dry run that was never decided does not say that it was one. */
export function withoutUndecidedDryRuns(template: object): object {
  const said = '"outcome":"undecided","dryRun":true';
  return withDefinition(template, said, said.replace('true', 'false'));
}

/** Whose state machine takes what is attached for what works. */
export function withoutVerification(template: object): object {
  const verify = '"StringEquals":"attached","Next":"Verify coordinator"';
  return withDefinition(template, verify, verify.replace('Verify coordinator', 'Reset alarms'));
}

/** The state machine's text stands in the template as a part of a string. */
function withDefinition(template: object, from: string, to: string): object {
  const [found, instead] = [from, to].map((text) => JSON.stringify(text).slice(1, -1));
  const text = JSON.stringify(template);
  if (found === undefined || !text.includes(found)) throw new Error(`There is no ${from}.`);
  return JSON.parse(text.replace(found, instead ?? '')) as object;
}
