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
  type CfnParameterProps,
  type CfnResource,
  Fn,
  Stack,
  type StackProps,
} from 'aws-cdk-lib';
import { type ISubnet, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { settingRules } from '../workflow/settings.ts';
import { CoordinatorFailover } from './coordinator-failover.ts';
import type { CoordinatorFailoverProps } from './props.ts';
import { defaultHttpPort } from './validated-props.ts';

export interface CoordinatorFailoverStackProps extends StackProps {
  /**
   * Numbers in place of the construct's defaults and of the parameters' values.
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
  constructor(scope: Construct, id: string, props: CoordinatorFailoverStackProps = {}) {
    const { numbers, ...stackProps } = props;
    super(scope, id, {
      description:
        'Keeps hot standby coordinators of a Presto or Trino cluster and moves its address',
      ...stackProps,
    });
    const parameters = this.makeParameters();
    const failover = new CoordinatorFailover(this, 'Failover', {
      clusterName: Aws.STACK_NAME,
      vpc: Vpc.fromVpcAttributes(this, 'Vpc', {
        vpcId: parameters.vpcId.valueAsString,
        availabilityZones: [anyZone],
      }),
      subnet: this.subnet(parameters.subnetId.valueAsString),
      imageId: parameters.imageId.valueAsString,
      instanceType: parameters.instanceType.valueAsString,
      httpPort: parameters.httpPort.valueAsNumber,
      clientCidr: parameters.clientCidr.valueAsString,
      sshCidr: parameters.sshCidr.valueAsString,
      haCoordinatorsCount: parameters.haCoordinatorsCount.valueAsNumber,
      graceSeconds: parameters.graceSeconds.valueAsNumber,
      notificationEmail: parameters.notificationEmail.valueAsString,
      ...numbers,
    });
    this.onlyWhereGiven(parameters.sshCidr, failover.address.sshIngress);
    this.onlyWhereGiven(parameters.notificationEmail, failover.notification.emailSubscription);
    this.makeOutputs(failover);
  }

  private subnet(subnetId: string): ISubnet {
    const subnet = Subnet.fromSubnetAttributes(this, 'Subnet', {
      subnetId,
      availabilityZone: anyZone,
    });
    Annotations.of(subnet).acknowledgeWarning(
      '@aws-cdk/aws-ec2:noSubnetRouteTableId',
      'Nothing here adds routes.',
    );
    return subnet;
  }

  private makeParameters() {
    return {
      vpcId: this.parameter('VpcId', {
        type: 'AWS::EC2::VPC::Id',
        description: 'VPC of the cluster',
      }),
      subnetId: this.parameter('SubnetId', {
        type: 'AWS::EC2::Subnet::Id',
        description: 'Subnet of the VPC, for the coordinators and their address',
      }),
      imageId: this.parameter('ImageId', {
        type: 'AWS::EC2::Image::Id',
        description: 'AMI of a coordinator, with the Presto or Trino server',
      }),
      instanceType: this.parameter('InstanceType', {
        default: 'm7i.xlarge',
        description: 'EC2 instance type of a coordinator; it must fit the architecture of the AMI',
      }),
      httpPort: this.parameter('HttpPort', {
        type: 'Number',
        default: defaultHttpPort,
        minValue: 1,
        maxValue: 65_535,
        description: 'Port of the server on a coordinator, by HTTP',
      }),
      haCoordinatorsCount: this.settingParameter('HACoordinatorsCount', 'haCoordinatorsCount'),
      graceSeconds: this.settingParameter('GraceSeconds', 'graceSeconds'),
      clientCidr: this.parameter('ClientCidr', {
        default: '10.0.0.0/8',
        allowedPattern: cidrPattern,
        description: 'IPv4 range of the workers and clients that may reach the coordinator',
      }),
      sshCidr: this.parameter('SshCidr', {
        default: '',
        allowedPattern: `^$|${cidrPattern}`,
        description: 'IPv4 range that may reach the coordinators by SSH; empty for nobody',
      }),
      notificationEmail: this.parameter('NotificationEmail', {
        default: '',
        allowedPattern: emailPattern,
        description: 'Who gets an e-mail when a person is needed; empty for nobody',
      }),
    };
  }

  private parameter(id: string, props: CfnParameterProps): CfnParameter {
    return new CfnParameter(this, id, props);
  }

  private settingParameter(id: string, name: 'haCoordinatorsCount' | 'graceSeconds'): CfnParameter {
    const rule = settingRules[name];
    return this.parameter(id, {
      type: 'Number',
      default: rule.default,
      ...(name === 'haCoordinatorsCount'
        ? // A list, because a Number with bounds would let 1.5 through.
          { allowedValues: wholeNumbers(rule.least, rule.most) }
        : { minValue: rule.least, maxValue: rule.most }),
      description: rule.reason,
      constraintDescription: `must be a whole number from ${rule.least} to ${rule.most}`,
    });
  }

  /** Leaves a resource out where its parameter is empty. */
  private onlyWhereGiven(parameter: CfnParameter, resource: CfnResource | undefined): void {
    if (resource === undefined) return;
    resource.cfnOptions.condition = new CfnCondition(this, `${parameter.node.id}IsGiven`, {
      expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, '')),
    });
  }

  private makeOutputs(failover: CoordinatorFailover): void {
    const address = failover.address.privateIpAddress;
    const outputs = {
      PrestoCoordinatorURL: `http://${address}:${failover.httpPort}`,
      PrestoSSH: `ssh ec2-user@${address}`,
      StateMachineArn: failover.stateMachine.stateMachineArn,
      NetworkInterfaceId: failover.address.networkInterfaceId,
      NotificationTopicArn: failover.notification.topic.topicArn,
      ClusterName: failover.clusterName,
    };
    for (const [id, value] of Object.entries(outputs)) new CfnOutput(this, id, { value });
  }
}

/** CDK wants a zone of an imported VPC and subnet; nothing here reads it. */
const anyZone = Fn.select(0, Fn.getAzs());

/** What SNS can send to at all; whether it is somebody's, the confirmation tells. */
const emailPattern = '^$|^[^@ ]+@[^@ ]+$';

const cidrPattern = '^[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2}$';

function wholeNumbers(least: number, most: number): string[] {
  return Array.from({ length: most - least + 1 }, (_, index) => String(least + index));
}
