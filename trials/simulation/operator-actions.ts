/** What people do while something goes wrong: operator tags on the address, and executions that they start. */

import { tagKeys } from '../../workflow/model/names.ts';
import { acknowledgedTagValue, pausedTagValue } from '../../workflow/model/tags.ts';
import type { OperatorAction } from './faults.ts';
import type { SimulatedCluster } from './world.ts';

/** `index` tells this operator action from the others of the run. */
export function act(world: SimulatedCluster, operatorAction: OperatorAction, index: number): void {
  world.facts.push({
    kind: 'fault',
    atMs: world.time.now(),
    sentence: `a person: ${operatorAction.does}`,
    operatorAction: operatorAction.does,
    before: world.truth(),
  });
  if (operatorAction.does === 'pause') {
    const since = nowIn(world);
    const value = pausedTagValue({ until: null, since, by: 'a person', reason: 'by simulation' });
    const end = tag(world, tagKeys.paused, value);
    world.time.after(operatorAction.forSeconds * 1000, end);
    return;
  }
  if (operatorAction.does === 'close') {
    const end = tag(world, tagKeys.stackDeleting, `since ${nowIn(world)}`);
    world.time.after(operatorAction.forSeconds * 1000, end);
    return;
  }
  if (operatorAction.does === 'new version') {
    world.deployment.launchFromNewVersion();
    return;
  }
  if (operatorAction.does === 'acknowledge') {
    const lever = { at: nowIn(world), by: 'a person', reason: 'by simulation' };
    tag(world, tagKeys.acknowledged, acknowledgedTagValue(lever));
    return;
  }
  const { stepFunctions, stateMachineArn } = world.deployment;
  const input = inputs[operatorAction.does](world);
  void stepFunctions.startExecution(stateMachineArn, `person-${index}`, input);
}

function nowIn({ time }: SimulatedCluster): string {
  return new Date(time.now()).toISOString();
}

/** Sets a tag of the address; returns how to take it away. */
function tag({ aws, deployment }: SimulatedCluster, key: string, value: string): () => void {
  const { networkInterfaceId } = deployment.cluster;
  const input = { Resources: [networkInterfaceId], Tags: [{ Key: key, Value: value }] };
  void aws.byHand('CreateTags', input);
  return () => void aws.byHand('DeleteTags', input);
}

type Input = (world: SimulatedCluster) => string;

type Asked = Exclude<OperatorAction['does'], 'pause' | 'acknowledge' | 'new version' | 'close'>;

const inputs: Readonly<Record<Asked, Input>> = {
  start: () => '{}',
  'start with garbage': () => '"nonsense"',
  'dry run': () => '{"dryRun":true}',
  upgrade: () => '{"upgrade":true,"reason":"by simulation"}',
  force: () => '{"force":true,"reason":"by simulation"}',
  'force to a standby': ({ fleet }) =>
    JSON.stringify({
      force: true,
      reason: 'by simulation',
      standby: fleet.hosts().at(-1)?.instanceId ?? 'i-0123456789abcdef0',
    }),
};
