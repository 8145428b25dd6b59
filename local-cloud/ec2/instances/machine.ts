/**
 * The border between the cloud and what runs on its instances. The cloud decides when a machine
 * starts and ends and which packets reach it; the caller decides what a machine is: real processes
 * in a drill, objects in a simulation.
 */
export interface MachineSpec {
  readonly instanceId: string;
  /** The instance's address in the VPC: where others reach it, through the network. */
  readonly privateIpAddress: string;
  /** Where the machine's own programs listen: its "localhost". A loopback address of its own. */
  readonly guestAddress: string;
  /** The AMI that it was launched from. */
  readonly imageId: string;
  /** From the launch template, decoded from base64. */
  readonly userData: string;
  /** For AWS_EC2_METADATA_SERVICE_ENDPOINT. Empty where no IMDS is served (in process). */
  readonly metadataEndpoint: string;
  /** For AWS_ENDPOINT_URL. Empty where nothing is served over HTTP. */
  readonly awsEndpoint: string;
  readonly region: string;
  /** What a process on the machine tells the network: is anything listening on the port? */
  setPort(state: 'open' | 'closed'): void;
}

export interface BootedMachine {
  /** The instance is shutting down: everything on it ends. Called once; must not throw. */
  terminate(): Promise<void>;
}

export type BootMachine = (spec: MachineSpec) => Promise<BootedMachine>;
