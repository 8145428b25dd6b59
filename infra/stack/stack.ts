/**
 * The ready-made stack: the construct with CloudFormation parameters, so that one template serves
 * any account, region and cluster. Whoever needs more settings uses the construct.
 */
import {
  Annotations,
  Aws,
  CfnCondition,
  CfnOutput,
  CfnParameter,
  type CfnResource,
  Fn,
  Stack,
  type StackProps,
  Token,
} from 'aws-cdk-lib';
import {
  type IMachineImage,
  type ISubnet,
  KeyPair,
  OperatingSystemType,
  Subnet,
  UserData,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { clusterNamePattern } from '../../workflow/model/names.ts';
import { probeSettingRules, settingProblems, settingRules } from '../../workflow/model/settings.ts';
import { CoordinatorFailover } from '../coordinator-failover.ts';
import { addHttpsRules } from '../hosts/https-rules.ts';
import type { CoordinatorFailoverProps } from '../props/props.ts';
import { portRules } from '../props/server-props.ts';
import { consoleLink } from './console-link.ts';
import { StackParameters } from './stack-parameters.ts';
import { budgetText } from './time-budget.ts';

export interface CoordinatorFailoverStackProps extends StackProps {
  /**
   * Numbers in place of the defaults: a parameter's where there is one, else the construct's.
   *
   * @default - none
   */
  readonly numbers?: Numbers;
}

/** Everything of the construct that is a number. */
export type Numbers = {
  readonly [Name in keyof CoordinatorFailoverProps as CoordinatorFailoverProps[Name] extends
    | number
    | undefined
    ? Name
    : never]?: number;
};

export class CoordinatorFailoverStack extends Stack {
  /** @throws Error that names a stack name or a number which is out of its limits. */
  constructor(scope: Construct, id: string, props: CoordinatorFailoverStackProps = {}) {
    const { numbers, ...stackProps } = props;
    super(scope, id, {
      description:
        'Keeps hot standby coordinators of a Presto or Trino cluster and moves its address',
      ...stackProps,
    });
    const problems = [...nameProblems(this.stackName), ...defaultProblems(numbers)];
    if (problems.length > 0) {
      throw new Error(`CoordinatorFailoverStack ${this.node.path}:\n${problems.join('\n')}`);
    }
    const parameters = new StackParameters(this, 'Parameters');
    this.templateOptions.metadata = { 'AWS::CloudFormation::Interface': parameters.formMetadata };
    addHttpsRules(this, parameters);
    const failover = this.makeFailover(parameters, withoutParameters(parameters, numbers));
    this.onlyIf(parameters.sshCidr, failover.address.sshIngress);
    this.onlyIf(parameters.notificationEmail, failover.notification.emailSubscription);
    this.makeOutputs(failover);
  }

  private makeFailover(parameters: StackParameters, numbers: Numbers): CoordinatorFailover {
    const { addressSubnetId, keyName, subnetId } = parameters;
    return new CoordinatorFailover(this, 'Failover', {
      clusterName: Aws.STACK_NAME,
      vpc: Vpc.fromVpcAttributes(this, 'Vpc', {
        vpcId: parameters.vpcId.valueAsString,
        availabilityZones: [anyZone],
      }),
      subnet: this.subnet('Subnet', subnetId.valueAsString),
      addressSubnet: this.subnet(
        'AddressSubnet',
        this.valueOr(addressSubnetId, subnetId.valueAsString),
      ),
      machineImage: imageOf(parameters.imageId.valueAsString),
      rootDeviceName: parameters.rootDeviceName.valueAsString,
      instanceTypes: parameters.instanceTypes.valueAsList,
      keyPair: KeyPair.fromKeyPairName(this, 'KeyPair', this.valueOr(keyName, Aws.NO_VALUE)),
      httpPort: parameters.httpPort.valueAsNumber,
      httpEnabled: this.isYes('HttpIsEnabled', parameters.httpEnabled),
      httpsPort: parameters.httpsPort.valueAsNumber,
      caBundle: parameters.caBundle.valueAsString,
      pinnedCertificateSha256: parameters.pinnedCertificateSha256.valueAsString,
      tlsServerName: parameters.tlsServerName.valueAsString,
      clientCidr: parameters.clientCidr.valueAsString,
      sshCidr: parameters.sshCidr.valueAsString,
      haCoordinatorsCount: parameters.haCoordinatorsCount.valueAsNumber,
      keepCoordinatorNode: this.isYes('NodeIsKept', parameters.keepCoordinatorNode),
      graceSeconds: parameters.graceSeconds.valueAsNumber,
      badSamplesToUnhealthy: parameters.badSamplesToUnhealthy.valueAsNumber,
      settleSeconds: parameters.settleSeconds.valueAsNumber,
      notificationEmail: parameters.notificationEmail.valueAsString,
      logRetention: parameters.logRetentionDays.valueAsNumber,
      readyWithinMinutes: parameters.readyWithinMinutes.valueAsNumber,
      ...numbers,
    });
  }

  private subnet(id: string, subnetId: string): ISubnet {
    const subnet = Subnet.fromSubnetAttributes(this, id, { subnetId, availabilityZone: anyZone });
    Annotations.of(subnet).acknowledgeWarning(
      '@aws-cdk/aws-ec2:noSubnetRouteTableId',
      'Nothing here adds routes.',
    );
    return subnet;
  }

  /** Leaves a resource out where its parameter is empty. */
  private onlyIf(given: CfnParameter, resource: CfnResource | undefined): void {
    if (resource !== undefined) resource.cfnOptions.condition = this.isGiven(given);
  }

  private valueOr(parameter: CfnParameter, otherwise: string): string {
    const condition = this.isGiven(parameter).logicalId;
    return Token.asString(Fn.conditionIf(condition, parameter.valueAsString, otherwise));
  }

  private isYes(id: string, parameter: CfnParameter): CfnCondition {
    const expression = Fn.conditionEquals(parameter.valueAsString, 'yes');
    return new CfnCondition(this, id, { expression });
  }

  private isGiven(parameter: CfnParameter): CfnCondition {
    const id = `${parameter.node.id}IsGiven`;
    return new CfnCondition(this, id, {
      expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, '')),
    });
  }

  private makeOutputs(failover: CoordinatorFailover): void {
    const { coordinatorAddress, stateMachine } = failover;
    const outputs: Readonly<Record<string, readonly [value: string, description: string]>> = {
      PrestoCoordinatorURL: [
        failover.coordinatorUri,
        'Web UI and REST API, for clients; discovery.uri of the workers',
      ],
      PrestoSSH: [
        `ssh ec2-user@${coordinatorAddress}`,
        'Whoever is the coordinator; its host key changes with a failover',
      ],
      TimeBudget: [
        budgetText(failover.timeBudget),
        `Seconds from the failure until each phase has ended, 95th percentile, with GraceSeconds ${settingRules.graceSeconds.default}; what is added there is added here`,
      ],
      StateMachineConsole: [
        consoleLink(this, 'states', `/statemachines/view/${stateMachine.stateMachineArn}`),
        'Failovers, and where to start one',
      ],
      DashboardConsole: [
        consoleLink(this, 'cloudwatch', `dashboards/dashboard/${failover.dashboardName}`),
        'Health, alarms, failovers',
      ],
      StateMachineArn: [stateMachine.stateMachineArn, 'What runs a failover'],
      NetworkInterfaceId: [failover.networkInterfaceId, 'The interface with the address'],
      NotificationTopicArn: [failover.notificationTopic.topicArn, 'Subscribe to be notified'],
      ClusterName: [failover.clusterName, 'For coordinator-failover --cluster'],
    };
    for (const [id, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, id, { value, description });
    }
  }
}

/** Of the numbers that become defaults of parameters; the construct checks the others. */
function defaultProblems(numbers: Numbers = {}): string[] {
  const rules: Rules = {
    ...settingRules,
    badSamplesToUnhealthy: probeSettingRules.badSamplesToUnhealthy,
    ...portRules,
  };
  const given = Object.entries(numbers).filter(([name]) => name in rules);
  const limits = Object.entries(rules).filter(([name]) => name in numbers);
  return settingProblems(Object.fromEntries(limits), Object.fromEntries(given));
}

type Rules = Parameters<typeof settingProblems>[0];

/** Of a template that somebody names in the console's form, nobody knows it here. */
function nameProblems(stackName: string): string[] {
  if (Token.isUnresolved(stackName) || clusterNamePattern.test(stackName)) return [];
  return [
    `stackName is ${JSON.stringify(stackName)}, but must be a letter, then letters, digits and hyphens, ` +
      "at most 70 in all: it is the cluster's name.",
  ];
}

/** Sets the parameters' defaults, and returns the numbers that are no parameters. */
function withoutParameters(parameters: StackParameters, numbers: Numbers = {}): Numbers {
  const others = Object.entries(numbers).filter(([name, value]) => {
    const parameter: unknown = Reflect.get(parameters, name);
    if (!(parameter instanceof CfnParameter)) return true;
    parameter.default = value;
    return false;
  });
  return Object.fromEntries(others);
}

/** CDK wants a zone of an imported VPC and subnet; nothing here reads it. */
const anyZone = Fn.select(0, Fn.getAzs());

function imageOf(imageId: string): IMachineImage {
  const osType = OperatingSystemType.LINUX;
  return { getImage: () => ({ imageId, osType, userData: UserData.forLinux() }) };
}
