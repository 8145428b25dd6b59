/**
 * The steps of a stack on one resource: make, change, remove, each with its events. stack.ts
 * decides the order.
 */

import { suffixFrom } from '../chance/identifiers.ts';
import type { Random } from '../chance/random.ts';
import type { Clock } from '../time/clock.ts';
import type { ParameterValue } from './parameters.ts';
import { type Created, HalfMade, isSame, type Makers, type ToBeMade, whatIs } from './resource.ts';
import type { Made, readTemplate, TemplateReading, TemplateResource } from './template.ts';

export interface StackOptions {
  readonly template: object;
  readonly parameters: Readonly<Record<string, string>>;
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  readonly random: Random;
  /** Types without a maker are skipped. `Custom::X` is a custom resource. */
  readonly makers: Makers;
  /** For the times of events. @default every time is 0 */
  readonly clock?: Pick<Clock, 'now'>;
  /** @default readTemplate. For many stacks of one template: prepared.ts */
  readonly read?: typeof readTemplate;
  /** Gets the parameters before anything is made. */
  onParameters?(parameters: ReadonlyMap<string, ParameterValue>): void;
}

export interface StackEvent {
  readonly at: number;
  /** The name of the stack itself. */
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** `CREATE_IN_PROGRESS` and so on. */
  readonly status: string;
  readonly reason?: string;
}

export interface Standing {
  readonly resource: TemplateResource;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly made: Created;
}

export interface StackState {
  readonly options: StackOptions;
  readonly stackId: string;
  readonly standing: Map<string, Standing>;
  readonly events: StackEvent[];
  readonly unsupported: Set<string>;
  status: string;
  template: object;
  parameters: Readonly<Record<string, string>>;
  outputs: Readonly<Record<string, string>>;
}

export async function makeOrChange(
  state: StackState,
  reading: TemplateReading,
  resource: TemplateResource,
): Promise<void> {
  const now = state.standing.get(resource.logicalId);
  if (now === undefined) return make(state, reading, resource);
  if (now.resource.type !== resource.type) {
    throw new Error(
      `Update of resource type is not permitted: ${resource.logicalId} is ${now.resource.type}.`,
    );
  }
  const wanted = toBeMade(state, reading, resource);
  if (isSame(now.properties, wanted.properties)) {
    state.standing.set(resource.logicalId, { ...now, resource });
    return;
  }
  const { properties } = wanted;
  tell(state, now, 'UPDATE_IN_PROGRESS');
  // Also after a failure: a rollback must undo a change in part.
  state.standing.set(resource.logicalId, { ...now, properties });
  try {
    const change = now.made.change ?? cannot('updated', wanted);
    const changed = await change(wanted);
    const made = changed === 'replace' ? await makerOf(state, resource)?.(wanted) : changed;
    const standing = { resource, properties, made: made ?? now.made };
    state.standing.set(resource.logicalId, standing);
    tell(state, standing, 'UPDATE_COMPLETE');
  } catch (error) {
    if (error instanceof HalfMade) {
      state.standing.set(resource.logicalId, { ...now, properties, made: error.made });
    }
    tell(state, now, 'UPDATE_FAILED', messageOf(error));
    throw error;
  }
}

export async function make(
  state: StackState,
  reading: TemplateReading,
  resource: TemplateResource,
): Promise<void> {
  const maker = makerOf(state, resource);
  if (maker === undefined) return void state.unsupported.add(resource.type);
  const wanted = toBeMade(state, reading, resource);
  const { properties } = wanted;
  const nothing = { resource, properties, made: { physicalId: '' } };
  tell(state, nothing, 'CREATE_IN_PROGRESS');
  try {
    const standing = { ...nothing, made: await maker(wanted) };
    state.standing.set(resource.logicalId, standing);
    tell(state, standing, 'CREATE_COMPLETE');
  } catch (error) {
    if (error instanceof HalfMade) {
      state.standing.set(resource.logicalId, { ...nothing, made: error.made });
    }
    tell(state, nothing, 'CREATE_FAILED', messageOf(error));
    throw error;
  }
}

/** @returns why the steps end early */
export async function removeAll(
  state: StackState,
  all: readonly Standing[],
  isLeft: (standing: Standing) => boolean,
): Promise<string | undefined> {
  for (const standing of all) {
    const failure = isLeft(standing)
      ? tell(state, standing, 'DELETE_SKIPPED')
      : await remove(state, standing);
    if (failure !== undefined) return failure;
    state.standing.delete(standing.resource.logicalId);
  }
  return undefined;
}

/** @returns why the resource is still there */
export async function remove(state: StackState, standing: Standing): Promise<string | undefined> {
  tell(state, standing, 'DELETE_IN_PROGRESS');
  try {
    await (standing.made.remove ?? cannot('deleted', standing.resource))();
  } catch (error) {
    tell(state, standing, 'DELETE_FAILED', messageOf(error));
    return `${standing.resource.logicalId}: ${messageOf(error)}`;
  }
  return tell(state, standing, 'DELETE_COMPLETE');
}

function cannot(what: string, resource: Pick<ToBeMade, 'type' | 'logicalId'>): () => never {
  return () => {
    throw new Error(`${whatIs(resource)} cannot be ${what} by the local cloud.`);
  };
}

function toBeMade(
  state: StackState,
  reading: TemplateReading,
  resource: TemplateResource,
): ToBeMade {
  const { logicalId, type } = resource;
  const { stackName, random } = state.options;
  return {
    logicalId,
    type,
    properties: reading.propertiesOf(resource, madeOf(state)),
    stackTags: {
      'aws:cloudformation:stack-name': stackName,
      'aws:cloudformation:stack-id': state.stackId,
      'aws:cloudformation:logical-id': logicalId,
    },
    nameOf(mostCharacters) {
      const suffix = suffixFrom(random, 12);
      const name = `${stackName}-${logicalId}`;
      return `${name.slice(0, mostCharacters - suffix.length - 1)}-${suffix}`;
    },
  };
}

function makerOf({ options }: StackState, { type }: TemplateResource) {
  const isCustom = type.startsWith('Custom::');
  return options.makers[isCustom ? 'AWS::CloudFormation::CustomResource' : type];
}

export function madeOf({ standing }: StackState): Made {
  return (logicalId) => standing.get(logicalId)?.made;
}

export function enter(state: StackState, status: string, reason?: string): string {
  const { stackName } = state.options;
  state.status = status;
  record(
    state,
    { logicalId: stackName, type: 'AWS::CloudFormation::Stack' },
    {
      physicalId: state.stackId,
      status,
      reason,
    },
  );
  return status;
}

export function tell(
  state: StackState,
  { resource, made }: Standing,
  status: string,
  reason?: string,
) {
  record(state, resource, { physicalId: made.physicalId, status, reason });
  return undefined;
}

function record(
  { events, options }: StackState,
  { logicalId, type }: Pick<ToBeMade, 'logicalId' | 'type'>,
  { reason, ...rest }: { physicalId: string; status: string; reason: string | undefined },
): void {
  const at = options.clock?.now() ?? 0;
  events.push({ at, logicalId, type, ...rest, ...(reason === undefined ? {} : { reason }) });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
