/** What the other parts of the local cloud see of EC2. */

import type { RequestLaunchTemplateData, Tag } from '@aws-sdk/client-ec2';
import type { Ec2Resources } from '../iam/ec2-requests.ts';
import type { Callers } from '../service/callers.ts';
import type { Caller, Service } from '../service/service.ts';
import type { ServiceOptions } from '../service/service-options.ts';
import type { CloudEvent } from '../service/signals.ts';
import type { BootMachine } from './instances/machine.ts';
import type { Network } from './network/network.ts';

export interface Ec2Options extends ServiceOptions {
  readonly network: Network;
  readonly boot: BootMachine;
  readonly callers: Callers;
  /** Whether the role of an instance's profile trusts EC2. @default it does */
  readonly mayAssume?: (instanceArn: string, roleArn: string) => boolean;
  onEvent(event: CloudEvent): void;
  /** What machines are given as AWS_ENDPOINT_URL. @default none is served */
  readonly awsEndpoint?: () => string;
  /**
   * The first two parts of a loopback network, `127.77`: guests get 127.77.1.x and their metadata
   * services 127.77.2.x.
   * @default guests are at their VPC address and have no metadata service (in process)
   */
  readonly loopback?: string;
}

export interface Subnet {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  /** A /24; over a real network within 127.0.0.0/8. */
  readonly cidrBlock: string;
}

export interface Ec2 {
  readonly service: Service;
  /** What policies are held against: how resources are, without lag. */
  readonly resources: Ec2Resources;
  addSubnet(subnet: Subnet): void;
  /** @returns the instance profile's ARN */
  addInstanceProfile(profile: {
    readonly instanceProfileName: string;
    readonly roleArn: string;
  }): string;
  /** Rejects when the address cannot be listened at. */
  createNetworkInterface(properties: {
    readonly subnetId: string;
    readonly groups: readonly string[];
    readonly description: string;
    readonly tags: readonly Tag[];
    /** Those that begin with `aws:`, which only AWS may set. */
    readonly stackTags?: Readonly<Record<string, string>>;
    readonly privateIpAddress?: string;
  }): Promise<{ networkInterfaceId: string; privateIpAddress: string }>;
  /** ModifyNetworkInterfaceAttribute and tags, as a stack's update changes them. */
  changeNetworkInterface(
    networkInterfaceId: string,
    changes: {
      readonly groups: readonly string[];
      readonly description: string;
      readonly tags: readonly Tag[];
      /** Those that are taken away unless they are among `tags`. */
      readonly tagsBefore: readonly Tag[];
    },
  ): void;
  /** Rejects with InvalidParameterValue while it is attached. */
  deleteNetworkInterface(networkInterfaceId: string): Promise<void>;
  /** With all its versions. What was launched from it runs on. */
  deleteLaunchTemplate(launchTemplateId: string): void;
  /** @throws DependencyViolation while an interface or an instance that is not terminated uses it */
  requireUnusedSecurityGroup(groupId: string): void;
  removeInstanceProfile(arn: string): void;
  createLaunchTemplate(properties: {
    readonly name: string;
    readonly data: RequestLaunchTemplateData;
  }): { launchTemplateId: string; version: string };
  /** What is launched without a version keeps to version 1: it stays the default. */
  createLaunchTemplateVersion(properties: {
    readonly launchTemplateId: string;
    readonly data: RequestLaunchTemplateData;
  }): { version: string };
  /** An instance that has been running for so long; resolves when its machine is booted. */
  seedInstance(properties: {
    readonly launchTemplateId: string;
    readonly launchTemplateVersion: string;
    readonly subnetId: string;
    readonly tags: readonly Tag[];
    readonly launchedSecondsAgo: number;
  }): Promise<string>;
  /** An attachment that has been usable for so long, with DeleteOnTermination false. */
  seedAttachment(properties: {
    readonly networkInterfaceId: string;
    readonly instanceId: string;
    readonly attachedSecondsAgo: number;
  }): void;
  /**
   * Whether the instance answers to EC2's reachability check, as a hung operating system does not.
   * The status check follows after its time. Unknown instances are passed over.
   */
  setResponding(instanceId: string, responding: boolean): void;
  /** As whom an instance's programs call; undefined without a role that EC2 may use. */
  callerOn(instanceId: string): Caller | undefined;
  /** The interfaces that the instance's metadata lists: it lags behind the attachments. */
  listedInterfaces(instanceId: string): readonly string[];
  /** How things are, not how a describe that lags shows them. */
  snapshot(): {
    instances: InstanceSnapshot[];
    networkInterfaces: NetworkInterfaceSnapshot[];
  };
  /** Ends every machine and all that is under way. */
  stop(): Promise<void>;
}

export type InstanceState =
  | 'pending'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'shutting-down'
  | 'terminated';
export type AttachmentStatus = 'attaching' | 'attached' | 'detaching';

export interface InstanceSnapshot {
  readonly instanceId: string;
  readonly state: InstanceState;
  readonly privateIpAddress: string;
  readonly guestAddress: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface NetworkInterfaceSnapshot {
  readonly networkInterfaceId: string;
  readonly privateIpAddress: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly attachment?: {
    readonly attachmentId: string;
    readonly instanceId: string;
    readonly status: AttachmentStatus;
    readonly deleteOnTermination: boolean;
    /** Packets reach the guest through the interface. */
    readonly usable: boolean;
  };
}
