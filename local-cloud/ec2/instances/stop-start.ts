/** StopInstances and StartInstances. A stopped instance keeps its interfaces. */
import type {
  InstanceStateChange,
  StartInstancesRequest,
  StopInstancesRequest,
} from '@aws-sdk/client-ec2';
import { type Operation, ServiceError } from '../../service/service.ts';
import { describeState } from '../describe.ts';
import { operation, required } from '../operation.ts';
import { type Ec2State, type Instance, instancesOf, visibleInstances } from '../state.ts';
import type { InstanceState } from '../types.ts';
import { restartInstance, shutDownInstance } from './lifecycle.ts';

export function stopStartOperations(ec2: Ec2State): Record<string, Operation> {
  return {
    StopInstances: operation<StopInstancesRequest>(
      ['InstanceIds[]', 'Force', 'SkipOsShutdown'],
      (input) => {
        const found = inState(
          ec2,
          input.InstanceIds,
          ['running', 'stopping', 'stopped'],
          'stopped',
        );
        const quick = input.SkipOsShutdown === true;
        for (const { instanceId, state } of found) {
          if (state !== 'stopped') shutDownInstance(ec2, instanceId, quick, 'stopping');
        }
        return { StoppingInstances: changesOf(ec2, found) };
      },
    ),
    StartInstances: operation<StartInstancesRequest>(['InstanceIds[]'], (input) => {
      const found = inState(ec2, input.InstanceIds, ['stopped', 'pending', 'running'], 'started');
      for (const { instanceId, state } of found) {
        if (state === 'stopped') restartInstance(ec2, instanceId);
      }
      return { StartingInstances: changesOf(ec2, found) };
    }),
  };
}

/** All instances, or none when one is in another state. */
function inState(
  ec2: Ec2State,
  ids: readonly string[] | undefined,
  allowed: readonly InstanceState[],
  wanted: 'stopped' | 'started',
): Instance[] {
  const found = instancesOf(visibleInstances(ec2), required('InstanceIds', ids));
  const wrong = found.find(({ state }) => !allowed.includes(state));
  if (wrong === undefined) return found;
  throw new ServiceError(
    'IncorrectInstanceState',
    `The instance '${wrong.instanceId}' is not in a state from which it can be ${wanted}.`,
  );
}

function changesOf(ec2: Ec2State, before: readonly Instance[]): InstanceStateChange[] {
  return before.map(({ instanceId, state }) => ({
    InstanceId: instanceId,
    PreviousState: describeState(state),
    CurrentState: describeState(ec2.instances.get(instanceId)?.state ?? state),
  }));
}
