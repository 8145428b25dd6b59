/** Handlers with a bug in them: the real ones, with one thing that they rest upon taken away. */
import type { FailoverCalls } from '../../../aws/calls.ts';
import type { Incident } from '../../../workflow/model/incident.ts';
import { type Handler, handlers } from '../../simulation/functions.ts';

export type Handlers = Readonly<Record<string, Handler>>;

/** The real handler; but for its document, its way to AWS, or its result. */
export interface Bug {
  readonly document?: (incident: Incident) => object;
  readonly cloud?: (cloud: FailoverCalls) => Partial<FailoverCalls>;
  readonly result?: (result: object, incident: Incident) => object;
}

export function planted(bugs: Readonly<Record<string, Bug>>): Handlers {
  const broken = Object.entries(bugs).map(([name, bug]) => [name, withBug(name, bug)] as const);
  return { ...handlers, ...Object.fromEntries(broken) };
}

function withBug(name: string, { document, cloud, result }: Bug): Handler {
  const real = handlers[name];
  if (real === undefined) throw new Error(`There is no function ${name}.`);
  return async (event, ports) => {
    const incident = event as Incident;
    const found = await real(document?.(incident) ?? event, {
      ...ports,
      cloud: cloud === undefined ? ports.cloud : { ...ports.cloud, ...cloud(ports.cloud) },
    });
    return result?.(found, incident) ?? found;
  };
}

/** A survey as it would be if something in it were not so. */
export function surveyWith(
  { survey, ...rest }: Incident,
  change: (survey: Extract<Incident['survey'], { kind: 'surveyed' }>) => object,
): object {
  return {
    ...rest,
    survey: survey?.kind === 'surveyed' ? { ...survey, ...change(survey) } : survey,
  };
}
