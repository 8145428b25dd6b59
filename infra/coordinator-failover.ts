/**
 * The construct: a coordinator that is replaced when it dies, behind an address that stays.
 * It makes everything that a failover uses; the coordinators themselves are launched by the workflow
 * from the launch template, the first ones by a failover from "nobody holds the address".
 */
import { Stack } from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { ProbeConfiguration } from '../workflow/cluster.ts';
import { alarmNames, metricNamespace } from '../workflow/names.ts';
import { Address } from './address.ts';
import { Box } from './box.ts';
import { Alarms, Triggers } from './detection.ts';
import { Functions } from './functions.ts';
import { Notification } from './notification.ts';
import type { CoordinatorFailoverProps } from './props.ts';
import { userDataText } from './user-data.ts';
import { type ValidatedProps, validatedProps } from './validated-props.ts';
import { WorkflowMachine } from './workflow-machine.ts';

export class CoordinatorFailover extends Construct {
  readonly clusterName: string;
  readonly httpPort: number;
  /** The ENI whose private IP is the coordinator address. */
  readonly address: Address;
  readonly stateMachine: StateMachine;
  /** Tells people what happened, whether it is over and what to do now. */
  readonly notification: Notification;

  /** @throws Error that names every prop which is out of its limits, its value and what is allowed. */
  constructor(scope: Construct, id: string, props: CoordinatorFailoverProps) {
    super(scope, id);
    const valid = validatedProps(this, props);
    const { clusterName, httpPort } = valid;
    this.clusterName = clusterName;
    this.httpPort = httpPort;
    this.address = new Address(this, 'Address', {
      ...valid,
      vpc: props.vpc,
      subnet: props.subnet,
      clientCidr: props.clientCidr,
      sshCidr: props.sshCidr,
    });
    const alarms = new Alarms(this, 'Alarms', {
      clusterName,
      periodSeconds: valid.alarmPeriodSeconds,
      datapoints: valid.alarmDatapoints,
    });
    const box = new Box(this, 'Box', {
      clusterName,
      imageId: props.imageId,
      instanceType: props.instanceType,
      securityGroup: this.address.coordinatorSecurityGroup,
      metricNamespace: metricNamespace(clusterName),
      alarmArns: alarms.arns,
      userData: userDataText(Stack.of(this), this.probeConfiguration(valid)),
    });
    const functions = new Functions(this, 'Functions', {
      clusterName,
      vpc: props.vpc,
      subnet: props.subnet,
      subnetId: props.subnet.subnetId,
      checkSecurityGroup: this.address.checkSecurityGroup,
      coordinatorSecurityGroupId: this.address.coordinatorSecurityGroup.securityGroupId,
      networkInterfaceId: this.address.networkInterfaceId,
      launchTemplateId: box.launchTemplateId,
      instanceRoleArn: box.role.roleArn,
      alarmArns: alarms.arns,
    });
    this.notification = new Notification(this, 'Notification', {
      clusterName,
      email: props.notificationEmail,
    });
    const { stateMachine } = new WorkflowMachine(this, 'Workflow', {
      settings: valid.settings,
      cluster: {
        clusterName,
        networkInterfaceId: this.address.networkInterfaceId,
        coordinatorAddress: this.address.privateIpAddress,
        server: { protocol: 'http', port: httpPort },
        launchTemplateId: box.launchTemplateId,
        launchTemplateVersion: box.launchTemplateVersion,
        instanceTypes: [props.instanceType],
        keepCoordinatorNode: valid.keepCoordinatorNode,
        subnetId: props.subnet.subnetId,
        metricNamespace: metricNamespace(clusterName),
        alarms: alarmNames(clusterName),
      },
      functions: functions.byName,
      topic: this.notification.topic,
    });
    this.stateMachine = stateMachine;
    new Triggers(this, 'Triggers', {
      stateMachine,
      alarmArns: alarms.arns,
      scheduleMinutes: valid.scheduleMinutes,
    });
  }

  private probeConfiguration(valid: ValidatedProps): ProbeConfiguration {
    return {
      clusterName: valid.clusterName,
      region: Stack.of(this).region,
      networkInterfaceId: this.address.networkInterfaceId,
      coordinatorAddress: this.address.privateIpAddress,
      local: { host: 'localhost', protocol: 'http', port: valid.httpPort },
      server: { protocol: 'http', port: valid.httpPort },
      metricNamespace: metricNamespace(valid.clusterName),
      alarms: alarmNames(valid.clusterName),
      ...valid.probeSettings,
    };
  }
}
