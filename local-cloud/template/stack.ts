/**
 * A stack as CloudFormation runs it: created, updated and deleted resource by resource, with
 * events, and rolled back when a step fails.
 * What can go wrong: a resource fails half-way. The rollback includes it. A rollback or deletion
 * that fails leaves the rest standing, and can be repeated.
 * Source of the states: CloudFormation user guide, stack status codes; CDK, its CLOUDFORMATION.md.
 */
import { isSame } from './resource.ts';
import {
  enter,
  madeOf,
  make,
  makeOrChange,
  messageOf,
  remove,
  removeAll,
  type StackEvent,
  type StackOptions,
  type StackState,
  type Standing,
  tell,
} from './stack-steps.ts';
import { readTemplate, type TemplateReading } from './template.ts';

export type { StackEvent } from './stack-steps.ts';

export interface StackChange {
  /** @default as before */
  readonly template?: object;
  /** Replaces these values; the others stay. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface Stack {
  /** `NOT_CREATED` before the first creation. */
  status(): string;
  /** Oldest first (DescribeStackEvents: newest first). */
  events(): readonly StackEvent[];
  /** By logical id. */
  resources(): ReadonlyMap<string, { readonly type: string; readonly physicalId: string }>;
  /** Outputs of the last completed creation or update. */
  outputs(): Readonly<Record<string, string>>;
  /** Types that were skipped. */
  unsupported(): readonly string[];
  /**
   * Resolves with the final status: CREATE_COMPLETE, ROLLBACK_COMPLETE, ROLLBACK_FAILED. Rejects
   * when CloudFormation would not begin.
   */
  create(change?: StackChange): Promise<string>;
  /** UPDATE_COMPLETE, UPDATE_ROLLBACK_COMPLETE or UPDATE_ROLLBACK_FAILED; rejects as `create`. */
  update(change: StackChange): Promise<string>;
  /**
   * DELETE_COMPLETE, or DELETE_FAILED, after which a deletion can be repeated. Rejects as `create`.
   */
  delete(): Promise<string>;
}

export function createStack(options: StackOptions): Stack {
  const { region, accountId, stackName, template, parameters } = options;
  const state: StackState = {
    options,
    stackId: `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`,
    standing: new Map(),
    events: [],
    unsupported: new Set(),
    status: 'NOT_CREATED',
    template,
    parameters,
    outputs: {},
  };
  return {
    status: () => state.status,
    events: () => state.events,
    resources: () =>
      new Map(
        [...state.standing].map(([logicalId, { resource, made }]) => [
          logicalId,
          { type: resource.type, physicalId: made.physicalId },
        ]),
      ),
    outputs: () => state.outputs,
    unsupported: () => [...state.unsupported],
    create: (change = {}) => create(state, change),
    update: (change) => update(state, change),
    delete: () => deleteStack(state),
  };
}

/** @throws Error that says what is in the way */
export async function createNow(stack: Stack): Promise<void> {
  const status = await stack.create();
  if (status === 'CREATE_COMPLETE') return;
  const why = stack.events().find(({ reason }) => reason !== undefined);
  throw new Error(why?.reason ?? `The stack is ${status}.`);
}

async function create(state: StackState, change: StackChange): Promise<string> {
  requireStatus(state, 'created', ['NOT_CREATED', 'DELETE_COMPLETE']);
  const reading = readChange(state, change);
  enter(state, 'CREATE_IN_PROGRESS');
  try {
    for (const resource of reading.resources) await make(state, reading, resource);
  } catch (error) {
    enter(state, 'ROLLBACK_IN_PROGRESS', messageOf(error));
    const isLeft = (standing: Standing) => standing.resource.deletionPolicy === 'Retain';
    const failure = await removeAll(state, inReverse(state), isLeft);
    return enter(state, failure === undefined ? 'ROLLBACK_COMPLETE' : 'ROLLBACK_FAILED', failure);
  }
  state.outputs = reading.outputs(madeOf(state));
  return enter(state, 'CREATE_COMPLETE');
}

async function deleteStack(state: StackState): Promise<string> {
  const { status } = state;
  if (status === 'NOT_CREATED' || status === 'DELETE_COMPLETE') return status;
  if (status.endsWith('_IN_PROGRESS')) requireStatus(state, 'deleted', []);
  enter(state, 'DELETE_IN_PROGRESS');
  const isLeft = ({ resource }: Standing) => resource.deletionPolicy !== 'Delete';
  const failure = await removeAll(state, inReverse(state), isLeft);
  return enter(state, failure === undefined ? 'DELETE_COMPLETE' : 'DELETE_FAILED', failure);
}

async function update(state: StackState, change: StackChange): Promise<string> {
  const updatable = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];
  requireStatus(state, 'updated', updatable);
  const before = { template: state.template, parameters: state.parameters };
  const reading = readChange(state, change);
  if (isSame(before, { template: state.template, parameters: state.parameters })) {
    throw new Error('No updates are to be performed.');
  }
  const stoodBefore = new Map(state.standing);
  enter(state, 'UPDATE_IN_PROGRESS');
  try {
    for (const resource of reading.resources) await makeOrChange(state, reading, resource);
  } catch (error) {
    enter(state, 'UPDATE_ROLLBACK_IN_PROGRESS', messageOf(error));
    Object.assign(state, before);
    const failure = await rollBack(state, stoodBefore);
    if (failure !== undefined) return enter(state, 'UPDATE_ROLLBACK_FAILED', failure);
    enter(state, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    return enter(state, 'UPDATE_ROLLBACK_COMPLETE');
  }
  enter(state, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
  await cleanUp(state, reading, stoodBefore);
  state.outputs = reading.outputs(madeOf(state));
  return enter(state, 'UPDATE_COMPLETE');
}

/**
 * Removes replaced resources and those that left the template. A failure here does not fail the
 * update.
 */
async function cleanUp(
  state: StackState,
  reading: TemplateReading,
  stoodBefore: ReadonlyMap<string, Standing>,
): Promise<void> {
  const wanted = new Set(reading.resources.map(({ logicalId }) => logicalId));
  for (const [logicalId, old] of [...stoodBefore].reverse()) {
    const isGone = !wanted.has(logicalId);
    const policy = isGone ? old.resource.deletionPolicy : old.resource.updateReplacePolicy;
    const now = state.standing.get(logicalId);
    if (!isGone && now?.made.physicalId === old.made.physicalId) continue;
    if (policy !== 'Delete') tell(state, old, 'DELETE_SKIPPED');
    else await remove(state, old);
    if (isGone) state.standing.delete(logicalId);
  }
}

/** Restores the old template in its order, then removes what is new. */
async function rollBack(
  state: StackState,
  stoodBefore: ReadonlyMap<string, Standing>,
): Promise<string | undefined> {
  const reading = readChange(state, {});
  const added = [...state.standing.values()].filter(
    ({ resource, made }) =>
      stoodBefore.get(resource.logicalId)?.made.physicalId !== made.physicalId,
  );
  for (const resource of reading.resources) {
    const old = stoodBefore.get(resource.logicalId);
    const now = state.standing.get(resource.logicalId);
    // Replaced: the old resource still exists.
    if (old !== undefined && now?.made.physicalId !== old.made.physicalId) {
      state.standing.set(resource.logicalId, old);
    }
    try {
      await makeOrChange(state, reading, resource);
    } catch (error) {
      return messageOf(error);
    }
  }
  for (const one of added.reverse()) {
    await remove(state, one);
    const now = state.standing.get(one.resource.logicalId);
    if (now?.made === one.made) state.standing.delete(one.resource.logicalId);
  }
  return undefined;
}

/** A resource is removed after all resources that refer to it. */
function inReverse(state: StackState): Standing[] {
  const { resources } = readChange(state, {});
  return resources.flatMap(({ logicalId }) => state.standing.get(logicalId) ?? []).toReversed();
}

function readChange(state: StackState, change: StackChange): TemplateReading {
  const template = change.template ?? state.template;
  const parameters = { ...state.parameters, ...change.parameters };
  const { read = readTemplate } = state.options;
  const reading = read(template, parameters, { ...state.options, stackId: state.stackId });
  if (state.status === 'NOT_CREATED') state.options.onParameters?.(reading.parameters);
  state.template = template;
  state.parameters = parameters;
  return reading;
}

function requireStatus(state: StackState, what: string, allowed: readonly string[]): void {
  if (allowed.includes(state.status)) return;
  const { stackName } = state.options;
  throw new Error(`Stack ${stackName} is in ${state.status} state and can not be ${what}.`);
}
