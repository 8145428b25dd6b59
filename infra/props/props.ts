/**
 * What a user of the construct can say. Everything is flat and in AWS's words; what is wrong is an
 * error at synth that names the prop, its value and what is allowed (validated-props.ts).
 */
import type { CfnCondition, RemovalPolicy } from 'aws-cdk-lib';
import type {
  IKeyPair,
  ILaunchTemplate,
  IMachineImage,
  ISubnet,
  IVpc,
  UserData,
} from 'aws-cdk-lib/aws-ec2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { ServerProps } from './server-props.ts';
import type { TimingProps } from './timing-props.ts';

export interface CoordinatorFailoverProps extends ServerProps, TimingProps {
  /** The VPC of the cluster. */
  readonly vpc: IVpc;

  /**
   * Where the coordinators are launched. One subnet, because an address moves only within one
   * Availability Zone.
   */
  readonly subnet: ISubnet;

  /**
   * Where the coordinator address is: a subnet of the same VPC and the same Availability Zone.
   * Recommended, as small as EC2 allows (/28): with both interfaces of a host in one subnet, an answer
   * may leave by the other interface than the question came in by, and be dropped. A zone that is
   * known and another one is an error at synth.
   *
   * @default - the coordinators' own subnet
   */
  readonly addressSubnet?: ISubnet;

  /**
   * What a coordinator boots from: with the Presto or Trino server in it, or with user data that
   * installs one. `MachineImage.latestAmazonLinux2023()`, or one's own by its id; what an own image
   * must provide: docs/image.md. It follows AWS's newest image at every deployment, and a newer image
   * is a new version of the launch template: pin one where that is not wanted.
   *
   * @default - `launchTemplate` says it; one of the two must be given
   */
  readonly machineImage?: IMachineImage;

  /**
   * An own launch template, with a version that is a number. Then everything of a coordinator is in
   * it: image, user data with `probeUserData`, the security group of `connections`, an instance profile
   * with `instanceRole`, IMDS. No network interfaces. The tags come with every launch. One made by the
   * same app is checked at synth.
   *
   * @default - one is made, with `machineImage`
   */
  readonly launchTemplate?: ILaunchTemplate;

  /**
   * The role of the instance profile in `launchTemplate`: it gets what the probe needs.
   *
   * @default - the role of a `LaunchTemplate` of the same app
   */
  readonly instanceRole?: IRole;

  /**
   * The image's root device, whose volume is made encrypted, as gp3. A wrong name is an error of EC2 at
   * the first launch.
   *
   * @default /dev/xvda, as in Amazon Linux; Ubuntu and Debian have /dev/sda1 and /dev/xvda
   */
  readonly rootDeviceName?: string;

  /**
   * Size of the root volume in GiB.
   *
   * @default - the image's own
   */
  readonly rootVolumeGib?: number;

  /**
   * EC2 instance types of a coordinator, such as `m7i.xlarge`: the first is what is wanted, the next
   * is tried when capacity is short. 1 to 10, and all must fit the image's architecture.
   */
  readonly instanceTypes: readonly string[];

  /**
   * What a new coordinator runs at its first boot, to install or configure the server; after the
   * probe is installed, and whether it is or not. A part by itself: it begins with `#!`,
   * `#cloud-config` or another beginning that cloud-init knows. With the rest at most 16 KB: what is
   * long belongs into S3.
   *
   * @default - nothing: the image starts the server by itself
   */
  readonly userData?: UserData;

  /**
   * The same, before the probe is installed: a proxy, a mirror of packages, disks.
   *
   * @default - nothing
   */
  readonly userDataBefore?: UserData;

  /**
   * The key pair that opens a coordinator to SSH.
   *
   * @default - none
   */
  readonly keyPair?: IKeyPair;

  /**
   * Name of the cluster: in tags, the metric namespace and alarm names. A letter, then letters,
   * digits and hyphens, at most 70. Unique in the account and region.
   *
   * @default - the stack's name; a nested stack's is long and not known before, so give one there
   */
  readonly clusterName?: string;

  /**
   * How many coordinators stand: one active, the others hot standbys.
   *
   * @default 2
   */
  readonly haCoordinatorsCount?: number;

  /**
   * Never fail over automatically. People are notified of a failure, and a person moves the address
   * (`coordinator-failover failover --force`; `switchover` while it works). An address that nobody
   * holds is still given to a standby, and standbys are still launched. A condition where only
   * CloudFormation knows.
   *
   * @default false
   */
  readonly keepCoordinatorNode?: boolean | CfnCondition;

  /**
   * Who may reach the server: workers and clients, as an IPv4 range. Others by `connections`.
   *
   * @default - nobody but the coordinators themselves and the check
   */
  readonly clientCidr?: string;

  /**
   * Who may reach the coordinators by SSH, as an IPv4 range.
   *
   * @default - nobody
   */
  readonly sshCidr?: string;

  /**
   * Where people are notified of what happened. It must let `cloudwatch.amazonaws.com` publish, and must not
   * be encrypted by the key `aws/sns`, which CloudWatch cannot use.
   *
   * @default - a topic is made: `notificationTopic`
   */
  readonly notificationTopic?: ITopic;

  /**
   * Who gets an e-mail when something happened or a person is needed. The address must be confirmed
   * once, by a link in the first e-mail.
   *
   * @default - nobody; subscribe to `notificationTopic`
   */
  readonly notificationEmail?: string;

  /**
   * How long the functions' logs are kept. The audit record and the state machine's log are kept for
   * longer: 10 years and one year.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;

  /**
   * What becomes of the audit record and the state machine's log when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly auditRemovalPolicy?: RemovalPolicy;
}
