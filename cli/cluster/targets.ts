/** What a command that changes something must know for certain first. */
import type { NetworkInterface } from '@aws-sdk/client-ec2';
import type { Context } from '../context.ts';
import { badInput, CommandFailure, exitCodes } from '../exit.ts';
import { type FoundCluster, findCluster } from './find-cluster.ts';
import type { ReadResult } from './read-result.ts';

export interface Target {
  readonly found: FoundCluster;
  readonly eni: NetworkInterface;
  readonly networkInterfaceId: string;
  readonly stateMachineArn: string;
}

/** @throws CommandFailure when the address or the state machine cannot be read */
export async function readTarget({ cloud, options }: Context): Promise<Target> {
  const found = await findCluster(cloud, options);
  const eni = certain(found.address);
  return {
    found,
    eni,
    networkInterfaceId: eni.NetworkInterfaceId ?? '',
    stateMachineArn: certain(found.stateMachineArn),
  };
}

function certain<Value>(result: ReadResult<Value>): Value {
  if (result.kind === 'read') return result.value;
  throw new CommandFailure(
    exitCodes.noAws,
    `It cannot be read what would be changed. ${result.why}`,
  );
}

/** Who asks, for the record. */
export function whoAsks({
  options,
  userName,
}: Context<{ readonly by: string | undefined }>): string {
  const by = options.by ?? userName;
  if (by === undefined) {
    throw badInput('This system does not tell the name of its user: say who asks with --by NAME.');
  }
  return by;
}
