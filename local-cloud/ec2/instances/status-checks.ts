/**
 * The status checks: initializing until the machine has booted, then ok. Impaired minutes after the
 * operating system stops answering, ok again minutes after it answers.
 * What can go wrong: a caller waits for the checks. They are minutes late in both directions.
 */
import type { InstanceStatus, InstanceStatusDetails } from '@aws-sdk/client-ec2';
import { describeState } from '../describe.ts';
import type { Ec2State, Instance } from '../state.ts';

export function statusOf(instance: Instance): InstanceStatus {
  return {
    InstanceId: instance.instanceId,
    AvailabilityZone: instance.subnet.availabilityZone,
    InstanceState: describeState(instance.state),
    InstanceStatus: summaryOf(instance, instance.impairedSince),
    // The host of the system check: it never breaks here.
    SystemStatus: summaryOf(instance, undefined),
  };
}

export function setResponding(ec2: Ec2State, instanceId: string, responding: boolean): void {
  const room = ec2.rooms.get(instanceId);
  if (room === undefined || room.responding === responding) return;
  room.responding = responding;
  ec2.background.after(ec2.options.latencies('statusCheck'), () => {
    // The machine answers again, or is another machine.
    if (ec2.rooms.get(instanceId) !== room || room.responding !== responding) return;
    if (ec2.instances.get(instanceId)?.state !== 'running') return;
    const impairedSince = responding ? undefined : new Date(ec2.options.clock.now());
    ec2.instances.change(instanceId, { impairedSince });
  });
}

function summaryOf(
  { state, booted }: Instance,
  impairedSince: Date | undefined,
): {
  Status: 'ok' | 'impaired' | 'initializing' | 'not-applicable';
  Details?: InstanceStatusDetails[];
} {
  if (state !== 'running') return { Status: 'not-applicable' };
  if (!booted) return { Status: 'initializing', Details: [reachability('initializing')] };
  if (impairedSince === undefined) return { Status: 'ok', Details: [reachability('passed')] };
  return {
    Status: 'impaired',
    Details: [{ ...reachability('failed'), ImpairedSince: impairedSince }],
  };
}

function reachability(Status: 'passed' | 'failed' | 'initializing'): InstanceStatusDetails {
  return { Name: 'reachability', Status };
}
