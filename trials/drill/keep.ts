/**
 * `--keep`: a cluster that stays up until Ctrl-C, on which the commands can be tried from a second
 * terminal. It says what that terminal needs, and which process is the coordinator, so that it can be
 * killed.
 */
import type { Clock } from '@coordinator-failover/local-cloud';
import type { LiveView } from './live-view.ts';
import type { DrillCluster } from './world.ts';

export interface KeepOptions {
  readonly view: LiveView;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const observeEveryMs = 1000;

/** Ends by being aborted only. */
export async function keepRunning(world: DrillCluster, options: KeepOptions): Promise<void> {
  for (const line of instructions(world)) options.view.note(line);
  let told = '';
  let messages = 0;
  while (!options.signal.aborted) {
    const active = activeOf(world);
    if (active !== told) options.view.note(active);
    told = active;
    for (const { subject } of world.cloud.sns.messages().slice(messages)) {
      options.view.note(`People are told: ${subject}`);
    }
    messages = world.cloud.sns.messages().length;
    await options.clock.sleep(observeEveryMs, options.signal).catch(() => undefined);
  }
}

/** The lines for the second terminal. Keys of the local cloud: they open nothing else. */
function instructions({ cloud, clusterName }: DrillCluster): string[] {
  const { accessKeyId, secretAccessKey } = cloud.rootCredentials;
  return [
    '',
    `The cluster ${clusterName} stays up until Ctrl-C. In a second terminal, in this folder:`,
    '',
    '  unset AWS_PROFILE AWS_SESSION_TOKEN',
    `  export AWS_ENDPOINT_URL=${cloud.endpoint} AWS_REGION=${cloud.region}`,
    `  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
    `  npm run cli -- status --cluster ${clusterName}`,
    '',
  ];
}

function activeOf({ cloud, fleet, networkInterfaceId }: DrillCluster): string {
  const { networkInterfaces } = cloud.ec2.snapshot();
  const address = networkInterfaces.find((one) => one.networkInterfaceId === networkInterfaceId);
  const instanceId = address?.attachment?.instanceId;
  if (instanceId === undefined) return 'The address is attached to nothing.';
  const process = fleet.machine(instanceId).coordinatorProcessId();
  return process === undefined
    ? `The active is ${instanceId}; its coordinator does not run.`
    : `The active is ${instanceId}. To let its coordinator die: kill -9 ${process}`;
}
