/**
 * The ready-made stack's parameters: what somebody sees who creates it from the console's form,
 * grouped and labelled. Limits come from the same tables as those of the construct.
 * What can go wrong: a value that CloudFormation takes and nothing else does. So each parameter has
 * a pattern, a list or bounds, and says in words what is allowed; what only two together can get
 * wrong is a rule (https-rules.ts).
 */
import { CfnParameter, type CfnParameterProps } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { probeSettingRules, settingRules } from '../../workflow/model/settings.ts';
import { defaultHttpPort, noPort } from '../props/server-props.ts';

type SettingParameterName =
  | 'haCoordinatorsCount'
  | 'graceSeconds'
  | 'badSamplesToUnhealthy'
  | 'settleSeconds'
  | 'readyWithinMinutes';

export class StackParameters extends Construct {
  readonly vpcId = this.add('VpcId', {
    type: 'AWS::EC2::VPC::Id',
    description: 'VPC of the cluster: the coordinator can be reached from within it only',
  });
  readonly subnetId = this.add('SubnetId', {
    type: 'AWS::EC2::Subnet::Id',
    description: 'Subnet of the VPC, for the coordinators',
  });
  readonly addressSubnetId = this.add('AddressSubnetId', {
    default: '',
    allowedPattern: '^$|^subnet-[0-9a-f]{8,17}$',
    description:
      "Another subnet of the VPC in the same Availability Zone, for the coordinator address only; recommended, as with both interfaces of a coordinator in one subnet answers may leave by the wrong one. Empty for the coordinators' own",
    constraintDescription: 'must be empty or the id of a subnet, such as subnet-0123456789abcdef0',
  });
  readonly clientCidr = this.add('ClientCidr', {
    default: '10.0.0.0/8',
    allowedPattern: cidrPattern,
    description: 'IPv4 range of the workers and clients that may reach the coordinator',
    constraintDescription: 'must be an IPv4 range, such as 10.0.0.0/8',
  });
  readonly sshCidr = this.add('SshCidr', {
    default: '',
    allowedPattern: `^$|${cidrPattern}`,
    description: 'IPv4 range that may reach the coordinators by SSH; empty for nobody',
    constraintDescription: 'must be empty or an IPv4 range, such as 10.1.2.0/24',
  });

  readonly haCoordinatorsCount = this.addSetting('HACoordinatorsCount', 'haCoordinatorsCount');
  readonly imageId = this.add('ImageId', {
    type: 'AWS::EC2::Image::Id',
    description: 'AMI of a coordinator, with the Presto or Trino server',
  });
  readonly rootDeviceName = this.add('RootDeviceName', {
    default: '/dev/xvda',
    allowedPattern: '^/dev/[a-z0-9]+$',
    description:
      "The AMI's root device, whose volume is made encrypted, as gp3: /dev/xvda in Amazon Linux, /dev/sda1 in Ubuntu",
    constraintDescription: 'must be a device, such as /dev/xvda',
  });
  readonly instanceTypes = this.add('InstanceTypes', {
    type: 'CommaDelimitedList',
    default: 'm7i.xlarge,m6i.xlarge,m7a.xlarge',
    // CloudFormation holds each item of a list against the pattern.
    allowedPattern: '^[a-z][a-z0-9-]*\\.[a-z0-9-]+$',
    description:
      'EC2 instance types of a coordinator, the one that is wanted first; the next is tried when capacity is short. All must fit the architecture of the AMI',
    constraintDescription:
      'must be instance types, separated by commas, such as m7i.xlarge,m6i.xlarge',
  });
  readonly keyName = this.add('KeyName', {
    default: '',
    allowedPattern: '^$|^[\\x21-\\x7e]([\\x20-\\x7e]{0,253}[\\x21-\\x7e])?$',
    description: 'EC2 key pair that opens a coordinator to SSH; empty for none',
    constraintDescription: 'must be empty or the name of a key pair of this region',
  });
  readonly keepCoordinatorNode = this.add('KeepCoordinatorNode', {
    default: 'no',
    allowedValues: ['yes', 'no'],
    description:
      'yes: never fail over automatically. People are only notified of a failure, and a person moves the address',
    constraintDescription: 'must be yes or no',
  });

  readonly httpPort = this.add('HttpPort', {
    type: 'Number',
    default: defaultHttpPort,
    minValue: 1,
    maxValue: 65_535,
    description:
      'Port of the server on a coordinator, by HTTP; with HTTPS it may be open to localhost only',
    constraintDescription: 'must be a port from 1 to 65535',
  });
  readonly httpEnabled = this.add('HttpEnabled', {
    default: 'yes',
    allowedValues: ['yes', 'no'],
    description: 'no: the server speaks no HTTP at all, not even on localhost; needs HttpsPort',
    constraintDescription: 'must be yes or no',
  });
  readonly httpsPort = this.add('HttpsPort', {
    type: 'Number',
    default: noPort,
    minValue: noPort,
    maxValue: 65_535,
    description:
      'Port of the server on a coordinator, by HTTPS; 0 for no HTTPS. Everybody outside of the host then uses HTTPS only; needs CaBundle or PinnedCertificateSha256',
    constraintDescription: 'must be a port from 1 to 65535, or 0',
  });
  readonly caBundle = this.add('CaBundle', {
    default: '',
    // JSON is made of it, so that a line end must not stand in it. 4096 characters are the limit of
    // any parameter.
    allowedPattern: caBundlePattern,
    description:
      "PEM of the authority that signed the servers' certificates, in one line: each line end as a space or \\n. Empty with a pinned certificate",
    constraintDescription:
      'must be empty, or certificates in PEM with a space or \\n in place of each line end',
  });
  readonly pinnedCertificateSha256 = this.add('PinnedCertificateSha256', {
    default: '',
    allowedPattern: pinsPattern,
    description:
      "SHA-256 fingerprint of the servers' own certificate, in place of CaBundle; up to 3, separated by commas",
    constraintDescription: 'must be empty, or 64 hex digits with or without colons',
  });
  readonly tlsServerName = this.add('TlsServerName', {
    default: '',
    allowedPattern: '^[A-Za-z0-9._-]{0,253}$',
    description:
      "DNS name in the servers' certificate, by which clients reach the coordinator; empty when it names the coordinator address as an IP",
    constraintDescription: 'must be empty or a name, such as presto.example.com',
  });

  readonly graceSeconds = this.addSetting('GraceSeconds', 'graceSeconds');
  readonly badSamplesToUnhealthy = this.addSetting(
    'BadSamplesToUnhealthy',
    'badSamplesToUnhealthy',
  );
  readonly settleSeconds = this.addSetting('SettleSeconds', 'settleSeconds');
  readonly readyWithinMinutes = this.addSetting('ReadyWithinMinutes', 'readyWithinMinutes');

  readonly notificationEmail = this.add('NotificationEmail', {
    default: '',
    // What SNS can send to at all; whether it is somebody's, the confirmation tells.
    allowedPattern: '^$|^[^@ ]+@[^@ ]+$',
    description:
      'Who gets an e-mail when something happened or a person is needed; empty for nobody',
    constraintDescription: 'must be empty or an e-mail address',
  });
  readonly logRetentionDays = this.add('LogRetentionDays', {
    type: 'Number',
    default: RetentionDays.ONE_MONTH,
    allowedValues: retentionDays.map(String),
    description:
      "Days for which the functions' logs are kept. The audit record is kept for 10 years, and longer than the stack",
    constraintDescription: `must be one of ${retentionDays.join(', ')}`,
  });

  /** As the console's form shows them: by group, each with its label. */
  readonly formMetadata = {
    ParameterGroups: groups.map(({ label, labels }) => ({
      Label: { default: label },
      Parameters: Object.keys(labels),
    })),
    ParameterLabels: Object.fromEntries(
      groups.flatMap(({ labels }) =>
        Object.entries(labels).map(([name, label]) => [name, { default: label }]),
      ),
    ),
  };

  private add(id: string, props: CfnParameterProps): CfnParameter {
    const parameter = new CfnParameter(this, id, props);
    parameter.overrideLogicalId(id);
    return parameter;
  }

  private addSetting(id: string, name: SettingParameterName): CfnParameter {
    const rule = { ...settingRules, ...probeSettingRules }[name];
    return this.add(id, {
      type: 'Number',
      default: rule.default,
      ...(rule.most <= 10
        ? // A list, because a Number with bounds would let 1.5 through.
          { allowedValues: wholeNumbers(rule.least, rule.most) }
        : { minValue: rule.least, maxValue: rule.most }),
      description: settingDescriptions[name],
      constraintDescription: `must be a whole number from ${rule.least} to ${rule.most}`,
    });
  }
}

const settingDescriptions: Readonly<Record<SettingParameterName, string>> = {
  haCoordinatorsCount:
    'Coordinators that stand: one active, the others hot standbys. With 1 there is no standby, and a failover takes minutes',
  graceSeconds: 'Seconds to wait before the first observation: the buffer against false alarms',
  badSamplesToUnhealthy:
    'Bad samples in a row, one a second, that make a coordinator unhealthy; a short pause must not be a failure',
  settleSeconds: 'Seconds for which a coordinator that has just got the address is not judged',
  readyWithinMinutes:
    'Minutes within which a new coordinator must be ready; later than that, it is replaced',
};

/** Group by group, in the order of the form; the labels by parameter. */
const groups: readonly {
  readonly label: string;
  readonly labels: Readonly<Record<string, string>>;
}[] = [
  {
    label: 'Network Configuration',
    labels: {
      VpcId: 'VPC',
      SubnetId: 'Subnet of the coordinators',
      AddressSubnetId: 'Subnet of the coordinator address (optional)',
      ClientCidr: 'Clients and workers',
      SshCidr: 'SSH (optional)',
    },
  },
  {
    label: 'EC2 Configuration',
    labels: {
      HACoordinatorsCount: 'HACoordinatorsCount',
      ImageId: 'AMI',
      RootDeviceName: 'Root device of the AMI',
      InstanceTypes: 'Instance types',
      KeyName: 'Key pair (optional)',
      KeepCoordinatorNode: 'KeepCoordinatorNode',
    },
  },
  {
    label: 'Presto Configuration',
    labels: {
      HttpPort: 'HTTP port',
      HttpEnabled: 'HTTP',
      HttpsPort: 'HTTPS port (optional)',
      CaBundle: 'CA bundle (HTTPS)',
      PinnedCertificateSha256: 'Pinned certificate (HTTPS)',
      TlsServerName: 'Name in the certificate (HTTPS)',
    },
  },
  {
    label: 'Failover Configuration',
    labels: {
      BadSamplesToUnhealthy: 'Detection',
      GraceSeconds: 'Grace',
      SettleSeconds: 'Settle time',
      ReadyWithinMinutes: 'Boot limit',
    },
  },
  {
    label: 'Notifications and Logs',
    labels: { NotificationEmail: 'E-mail (optional)', LogRetentionDays: 'Log retention' },
  },
];

/** What CloudWatch Logs takes (PutRetentionPolicy); no more than the audit record. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
] as const;

/**
 * As `readCaBundle` takes it, in one line. Written so that an engine that recurses for each turn of a
 * group (Java's) takes one turn per line, not one per character.
 */
const caBundlePattern =
  '^$|^(?:-----BEGIN CERTIFICATE-----[A-Za-z0-9+/= ]*(?:\\\\n[A-Za-z0-9+/= ]*)*-----END CERTIFICATE-----(?: |\\\\n)*)+$';
/** As `readPins` takes it. */
const pinsPattern =
  '^$|^[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}(?:, ?[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}){0,2}$';

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const cidrPattern = `^${octet}(\\.${octet}){3}/(3[0-2]|[12]?[0-9])$`;

function wholeNumbers(least: number, most: number): string[] {
  return Array.from({ length: most - least + 1 }, (_, index) => String(least + index));
}
