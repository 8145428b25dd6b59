/**
 * The construct: a coordinator that is replaced when it dies, behind an address that stays.
 * It makes everything that a failover uses; the coordinators themselves are launched by the workflow
 * from the launch template, the first ones by a failover from "nobody holds the address".
 */
import { Annotations, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Connections, type IConnectable, Port } from 'aws-cdk-lib/aws-ec2';
import type { Grant, IGrantable, IRole } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Cluster, ProbeConfiguration } from '../workflow/model/cluster.ts';
import { alarmNames, dimensionNames, metricNamespace } from '../workflow/model/names.ts';
import { addAlarmsAndDashboard } from './alarms/alarms-and-dashboard.ts';
import { Alarms, Triggers } from './alarms/detection.ts';
import { clusterMetric } from './alarms/metrics.ts';
import { NotificationTopic } from './alarms/notification.ts';
import { Functions, type Logs } from './functions/functions.ts';
import { StackOperationResource } from './functions/stack-operation.ts';
import { WorkflowMachine } from './functions/state-machine.ts';
import { grantOperate, grantPause, grantRead, grantStart } from './grants.ts';
import { Address } from './hosts/address.ts';
import { Host } from './hosts/host.ts';
import { checkOwnTemplate, ownTemplateOf } from './hosts/own-launch-template.ts';
import { chosenText, Servers } from './hosts/servers.ts';
import type { CoordinatorFailoverProps } from './props/props.ts';
import { serverWarnings } from './props/server-props.ts';
import { type ValidatedProps, validatedProps } from './props/validated-props.ts';
import { type TimeBudget, timeBudget } from './stack/time-budget.ts';
import { takeName } from './unique-name.ts';

export class CoordinatorFailover extends Construct implements IConnectable {
  readonly clusterName: string;
  /** The fixed private IP: whoever holds it is the coordinator. */
  readonly coordinatorAddress: string;
  /** Where clients connect to, and what workers have as `discovery.uri`. */
  readonly coordinatorUri: string;
  /** The ENI whose private IP is the coordinator address. */
  readonly networkInterfaceId: string;
  /** Of the coordinators and their address; the default port is the server's. */
  readonly connections: Connections;
  readonly stateMachine: StateMachine;
  /** Of the cluster's dashboard in CloudWatch. */
  readonly dashboardName: string;
  /** Seconds that a failover may take, by kind of failure; see docs/time-budget.md. */
  readonly timeBudget: TimeBudget;
  /**
   * Installs the probe: a piece of a shell script, for the user data of an own launch template. It
   * neither ends the script around it nor changes its shell; afterwards the variable
   * `coordinator_failover_probe` is `installed` or `missing`.
   */
  readonly probeUserData: string;
  /** Of every coordinator: what it needs besides, such as software in a bucket, is granted to it. */
  readonly instanceRole: IRole;
  /** Where people are notified of what happened, whether it is over and what to do now. */
  readonly notificationTopic: ITopic;
  /** The parts that the ready-made stack puts conditions on. */
  readonly address: Address;
  readonly notification: NotificationTopic;
  private readonly servers: Servers;

  /** @throws Error that names every prop which is out of its limits, its value and what is allowed. */
  constructor(scope: Construct, id: string, props: CoordinatorFailoverProps) {
    super(scope, id);
    const valid = validatedProps(this, props);
    const { clusterName } = valid;
    this.clusterName = clusterName;
    takeName(this, clusterName);
    this.timeBudget = timeBudget(this, valid);
    this.servers = new Servers(this, 'Servers', props);
    for (const warning of serverWarnings(props, new Date())) {
      Annotations.of(this).addWarningV2('coordinator-failover:caBundle', warning);
    }
    this.address = new Address(this, 'Address', {
      clusterName,
      port: this.servers.port,
      vpc: props.vpc,
      subnet: props.addressSubnet ?? props.subnet,
      clientCidr: props.clientCidr,
      sshCidr: props.sshCidr,
    });
    this.networkInterfaceId = this.address.networkInterfaceId;
    this.coordinatorAddress = this.address.privateIpAddress;
    this.coordinatorUri = this.servers.uri(this.coordinatorAddress);
    this.connections = new Connections({
      securityGroups: [this.address.coordinatorSecurityGroup],
      defaultPort: Port.tcp(this.servers.port),
    });
    const alarms = new Alarms(this, 'Alarms', {
      clusterName,
      periodSeconds: valid.alarmPeriodSeconds,
      datapoints: valid.alarmDatapoints,
    });
    const host = this.makeHost(props, valid, alarms);
    this.probeUserData = host.probeUserData;
    this.instanceRole = host.role;
    const functions = this.makeFunctions(props, host, alarms);
    this.notification = new NotificationTopic(this, 'Notification', {
      clusterName,
      topic: props.notificationTopic,
      email: props.notificationEmail,
    });
    this.notificationTopic = this.notification.topic;
    const cluster = this.clusterOf(props, valid, host);
    this.stateMachine = this.makeWorkflow(props, valid, { cluster, functions });
    // Short: CloudFormation cuts the names of functions and roles, and their end tells what they are for.
    const stackOperation = new StackOperationResource(this, 'Stack', {
      settings: valid.settings,
      cluster,
      failover: this.stateMachine,
      checkInfo: functions.byName['check-info'],
      logs: this.logsOf(props),
      address: this.address,
      after: [host, functions, alarms],
    });
    const triggers = new Triggers(this, 'Triggers', {
      stateMachine: this.stateMachine,
      alarmArns: alarms.arns,
      scheduleMinutes: valid.scheduleMinutes,
    });
    const { coordinatorUri, stateMachine, notificationTopic: topic } = this;
    const { logGroupName: recordLogGroupName } = functions.byName['record-incident'].logGroup;
    const made = { alarms, triggers, coordinatorUri, stateMachine, topic, recordLogGroupName };
    this.dashboardName = addAlarmsAndDashboard(this, { valid, ...made });
    // Created after the coordinators stand, deleted before anything of them goes.
    triggers.node.addDependency(stackOperation.resource);
  }

  /** Lets somebody start an execution: an observation, a forced failover, a dry run. */
  grantStart(grantee: IGrantable): Grant {
    return grantStart(this.grantable, grantee);
  }

  /** What `status`, `history`, `report` and `doctor` of the command line call: all of it only reads. */
  grantRead(grantee: IGrantable): Grant {
    return grantRead(this.grantable, grantee);
  }

  /** Lets somebody pause automatic failover and end the pause. */
  grantPause(grantee: IGrantable): Grant {
    return grantPause(this.grantable, grantee);
  }

  /** Everything an operator types: reading, starting, pausing, acknowledging. */
  grantOperate(grantee: IGrantable): Grant {
    return grantOperate(this.grantable, grantee);
  }

  /** 1 = ready, 0 = not, as a coordinator's own probe sees it. */
  metricHealth(instanceId: string, options?: MetricOptions): Metric {
    const dimensionsMap = { [dimensionNames.instanceId]: instanceId };
    return clusterMetric(this.clusterName, 'health', { ...options, dimensionsMap });
  }

  /** The same, of whoever holds the address. */
  metricActiveHealth(options?: MetricOptions): Metric {
    return clusterMetric(this.clusterName, 'activeHealth', options);
  }

  /** 1 = the standbys get a ready answer at the coordinator address, 0 = one does not. */
  metricReachable(options?: MetricOptions): Metric {
    return clusterMetric(this.clusterName, 'reachable', options);
  }

  /** Coordinators that answer ready and do not hold the address: a failover finds one of them. */
  metricReadyStandbys(options?: MetricOptions): Metric {
    return clusterMetric(this.clusterName, 'readyStandbys', options);
  }

  /** Coordinators that answer ready, the active one among them. */
  metricReadyCoordinators(options?: MetricOptions): Metric {
    return clusterMetric(this.clusterName, 'readyCoordinators', options);
  }

  /** What a coordinator's image lacks, counted by its own probe; its log says what to do. */
  metricImageProblems(instanceId: string, options?: MetricOptions): Metric {
    const dimensionsMap = { [dimensionNames.instanceId]: instanceId };
    return clusterMetric(this.clusterName, 'imageProblems', { ...options, dimensionsMap });
  }

  /** How many failovers ended with a verified coordinator. */
  metricFailovers(options?: MetricOptions): Metric {
    return clusterMetric(this.clusterName, 'failoverSeconds', {
      statistic: 'SampleCount',
      ...options,
    });
  }

  /** Seconds from the start of the execution to the verified coordinator, of those that moved it. */
  metricFailoverDuration(options?: MetricOptions): Metric {
    return clusterMetric(this.clusterName, 'failoverSeconds', options);
  }

  private get grantable() {
    const { stateMachine, networkInterfaceId } = this;
    return { scope: this, stateMachine, networkInterfaceId };
  }

  private makeHost(props: CoordinatorFailoverProps, valid: ValidatedProps, alarms: Alarms): Host {
    const { coordinatorSecurityGroup: securityGroup } = this.address;
    const host = new Host(this, 'Host', {
      clusterName: valid.clusterName,
      securityGroup,
      metricNamespace: metricNamespace(valid.clusterName),
      alarmArns: alarms.arns,
      probeConfiguration: this.probeConfiguration(valid),
      launch: ownTemplateOf(props) ?? {
        imageId: props.machineImage?.getImage(this).imageId ?? '',
        instanceTypes: valid.instanceTypes,
        keyPair: props.keyPair,
        rootDeviceName: props.rootDeviceName ?? '/dev/xvda',
        rootVolumeGib: props.rootVolumeGib,
        userDataBefore: props.userDataBefore,
        userData: props.userData,
      },
    });
    if (props.launchTemplate !== undefined) {
      checkOwnTemplate(this, props.launchTemplate, securityGroup.securityGroupId);
    }
    return host;
  }

  private makeFunctions(props: CoordinatorFailoverProps, host: Host, alarms: Alarms): Functions {
    return new Functions(this, 'Functions', {
      clusterName: this.clusterName,
      vpc: props.vpc,
      subnet: props.subnet,
      subnetId: props.subnet.subnetId,
      checkSecurityGroup: this.address.checkSecurityGroup,
      coordinatorSecurityGroupId: this.address.coordinatorSecurityGroup.securityGroupId,
      checkSecurityGroupId: this.address.checkSecurityGroup.securityGroupId,
      networkInterfaceId: this.networkInterfaceId,
      launchTemplateId: host.launchTemplateId,
      instanceTypes: props.instanceTypes,
      instanceRoleArn: host.role.roleArn,
      ownLaunchTemplate: props.launchTemplate !== undefined,
      alarmArns: alarms.arns,
      logs: this.logsOf(props),
    });
  }

  private logsOf(props: CoordinatorFailoverProps): Logs {
    return {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      auditRemovalPolicy: props.auditRemovalPolicy ?? RemovalPolicy.RETAIN,
    };
  }

  private clusterOf(props: CoordinatorFailoverProps, valid: ValidatedProps, host: Host): Cluster {
    const { clusterName } = valid;
    return {
      clusterName,
      networkInterfaceId: this.networkInterfaceId,
      coordinatorAddress: this.coordinatorAddress,
      server: this.servers.endpoint(this.coordinatorAddress),
      launchTemplateId: host.launchTemplateId,
      launchTemplateVersion: host.launchTemplateVersion,
      instanceTypes: valid.instanceTypes,
      keepCoordinatorNode: chosenText(valid.keepCoordinatorNode, 'yes', 'no') as 'yes' | 'no',
      subnetId: props.subnet.subnetId,
      metricNamespace: metricNamespace(clusterName),
      alarms: alarmNames(clusterName),
    };
  }

  private makeWorkflow(
    props: CoordinatorFailoverProps,
    valid: ValidatedProps,
    { cluster, functions }: { readonly cluster: Cluster; readonly functions: Functions },
  ): StateMachine {
    return new WorkflowMachine(this, 'Workflow', {
      settings: valid.settings,
      cluster,
      functions: functions.byName,
      topic: this.notificationTopic,
      logRemovalPolicy: this.logsOf(props).auditRemovalPolicy,
    }).stateMachine;
  }

  private probeConfiguration(valid: ValidatedProps): ProbeConfiguration {
    return {
      clusterName: valid.clusterName,
      region: Stack.of(this).region,
      networkInterfaceId: this.networkInterfaceId,
      coordinatorAddress: this.coordinatorAddress,
      local: this.servers.local(this.coordinatorAddress),
      server: this.servers.endpoint(this.coordinatorAddress),
      metricNamespace: metricNamespace(valid.clusterName),
      alarms: alarmNames(valid.clusterName),
      ...valid.probeSettings,
    };
  }
}
