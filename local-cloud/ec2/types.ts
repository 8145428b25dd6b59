/** EC2 as the rest of the local cloud sees it. */

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
  /** AWS_ENDPOINT_URL of machines. @default nothing is served over HTTP */
  readonly awsEndpoint?: () => string;
  /**
   * The first two parts of a loopback network, `127.77`: guests are 127.77.1.x, metadata services
   * 127.77.2.x.
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
  /** What IAM asks: resources without lag. */
  readonly resources: Ec2Resources;
  addSubnet(subnet: Subnet): void;
  /** @returns the instance profile's ARN */
  addInstanceProfile(profile: {
    readonly instanceProfileName: string;
    readonly roleArn: string;
  }): string;
  /** Rejects when nothing can listen at the address. */
  createNetworkInterface(properties: {
    readonly subnetId: string;
    readonly groups: readonly string[];
    readonly description: string;
    readonly tags: readonly Tag[];
    /** Tags whose keys begin with `aws:`, which only AWS sets. */
    readonly stackTags?: Readonly<Record<string, string>>;
    readonly privateIpAddress?: string;
  }): Promise<{ networkInterfaceId: string; privateIpAddress: string }>;
  /** A stack's update: ModifyNetworkInterfaceAttribute and tags. */
  changeNetworkInterface(
    networkInterfaceId: string,
    changes: {
      readonly groups: readonly string[];
      readonly description: string;
      readonly tags: readonly Tag[];
      /** The keys to remove unless they are among `tags`. */
      readonly tagsBefore: readonly Tag[];
    },
  ): void;
  /** Rejects with InvalidParameterValue while it is attached. */
  deleteNetworkInterface(networkInterfaceId: string): Promise<void>;
  /** With all versions. Instances of the template run on. */
  deleteLaunchTemplate(launchTemplateId: string): void;
  /**
   * @throws DependencyViolation while an interface or an instance that is not terminated uses it
   */
  requireUnusedSecurityGroup(groupId: string): void;
  removeInstanceProfile(arn: string): void;
  createLaunchTemplate(properties: {
    readonly name: string;
    readonly data: RequestLaunchTemplateData;
  }): { launchTemplateId: string; version: string };
  /** Version 1 stays the default. */
  createLaunchTemplateVersion(properties: {
    readonly launchTemplateId: string;
    readonly data: RequestLaunchTemplateData;
  }): { version: string };
  /** An instance as if running for some time; resolves when its machine has booted. */
  seedInstance(properties: {
    readonly launchTemplateId: string;
    readonly launchTemplateVersion: string;
    readonly subnetId: string;
    readonly tags: readonly Tag[];
    readonly launchedSecondsAgo: number;
  }): Promise<string>;
  /** An attachment as if usable for some time, with DeleteOnTermination false. */
  seedAttachment(properties: {
    readonly networkInterfaceId: string;
    readonly instanceId: string;
    readonly attachedSecondsAgo: number;
  }): void;
  /**
   * Whether the instance answers the reachability check. The status check follows later. Unknown
   * instances are ignored.
   */
  setResponding(instanceId: string, responding: boolean): void;
  /** The role of the instance's programs; undefined without a role that EC2 may use. */
  callerOn(instanceId: string): Caller | undefined;
  /** The interfaces in the instance's metadata, which lags behind the attachments. */
  listedInterfaces(instanceId: string): readonly string[];
  /** The present, without the lag of a describe. */
  snapshot(): {
    instances: InstanceSnapshot[];
    networkInterfaces: NetworkInterfaceSnapshot[];
  };
  /** Ends every machine and all work under way. */
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
