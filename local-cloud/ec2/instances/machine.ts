/**
 * The border between the cloud and what runs on instances. The cloud decides when a machine starts,
 * when it ends and which packets reach it. The caller decides what a machine is: processes, or
 * objects in memory.
 */
export interface MachineSpec {
  readonly instanceId: string;
  /** The instance's address in the VPC. The network leads others from it to the machine. */
  readonly privateIpAddress: string;
  /** Where the machine's programs listen: a loopback address of its own, as "localhost". */
  readonly guestAddress: string;
  /** The AMI of the launch. */
  readonly imageId: string;
  /** From the launch template, decoded from base64. */
  readonly userData: string;
  /** For AWS_EC2_METADATA_SERVICE_ENDPOINT. Empty in process: no IMDS is served. */
  readonly metadataEndpoint: string;
  /** For AWS_ENDPOINT_URL. Empty when nothing is served over HTTP. */
  readonly awsEndpoint: string;
  readonly region: string;
  /** A process tells the network whether something listens on the port. */
  setPort(state: 'open' | 'closed'): void;
}

export interface BootedMachine {
  /** Ends everything on the machine when the instance shuts down. Called once; must not throw. */
  terminate(): Promise<void>;
}

export type BootMachine = (spec: MachineSpec) => Promise<BootedMachine>;
