/**
 * The coordinator address and who may reach it.
 * What can go wrong: an attachment made by CloudFormation (AWS::EC2::NetworkInterfaceAttachment)
 * deletes the interface, and with it the address, together with the instance that holds it. So the
 * interface is attached by the workflow only, never here.
 */
import { CfnDeletionPolicy, Token, Validations } from 'aws-cdk-lib';
import {
  CfnNetworkInterface,
  CfnSecurityGroupIngress,
  type ISubnet,
  type IVpc,
  Port,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { tagKeys } from '../../workflow/model/names.ts';

interface AddressProps {
  readonly vpc: IVpc;
  /** Of the address. The coordinators may be in another subnet of its Availability Zone. */
  readonly subnet: ISubnet;
  readonly clusterName: string;
  /** Of the server, as everybody outside of a host asks it. */
  readonly port: number;
  readonly clientCidr: string | undefined;
  readonly sshCidr: string | undefined;
}

export class Address extends Construct {
  readonly networkInterfaceId: string;
  /** The coordinator address. */
  readonly privateIpAddress: string;
  /** Of every coordinator, and of the address itself. */
  readonly coordinatorSecurityGroup: SecurityGroup;
  /** Of the function that asks coordinators: it reaches them and nothing else. */
  readonly checkSecurityGroup: SecurityGroup;
  /** Lets SSH in, where a range was given. */
  readonly sshIngress: CfnSecurityGroupIngress | undefined;

  constructor(scope: Construct, id: string, props: AddressProps) {
    super(scope, id);
    this.coordinatorSecurityGroup = new SecurityGroup(this, 'CoordinatorSecurityGroup', {
      vpc: props.vpc,
      description: 'Coordinators and the coordinator address',
    });
    this.checkSecurityGroup = new SecurityGroup(this, 'CheckSecurityGroup', {
      vpc: props.vpc,
      description: 'The function that asks coordinators whether they are ready',
      allowAllOutbound: false,
    });
    const server = Port.tcp(props.port);
    this.checkSecurityGroup.connections.allowTo(
      this.coordinatorSecurityGroup,
      server,
      'Ask coordinators for /v1/info',
    );
    this.coordinatorSecurityGroup.addIngressRule(
      this.coordinatorSecurityGroup,
      server,
      'Standbys ask the active',
    );
    if (props.clientCidr !== undefined) {
      this.allowIn('ClientIngress', props.clientCidr, props.port, 'Workers and clients');
    }
    if (props.sshCidr !== undefined) {
      this.sshIngress = this.allowIn('SshIngress', props.sshCidr, 22, 'Operators by SSH');
    }

    const networkInterface = new CfnNetworkInterface(this, 'NetworkInterface', {
      subnetId: props.subnet.subnetId,
      groupSet: [this.coordinatorSecurityGroup.securityGroupId],
      description: `Coordinator address of ${props.clusterName}`,
      tags: [
        { key: tagKeys.cluster, value: props.clusterName },
        { key: 'Name', value: `${props.clusterName}-coordinator-address` },
      ],
    });
    // Workers know the old address until somebody tells them: a replacement must not delete it.
    networkInterface.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    networkInterface.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
    this.networkInterfaceId = networkInterface.ref;
    this.privateIpAddress = networkInterface.attrPrimaryPrivateIpAddress;
  }

  private allowIn(
    id: string,
    cidrIp: string,
    port: number,
    description: string,
  ): CfnSecurityGroupIngress {
    const ingress = new CfnSecurityGroupIngress(this, id, {
      groupId: this.coordinatorSecurityGroup.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      cidrIp,
      description,
    });
    // One that is known at synth is checked.
    if (Token.isUnresolved(cidrIp)) {
      Validations.of(ingress).acknowledge({
        id: 'AwsSolutions-EC23',
        reason:
          'The range is a parameter of the stack: private addresses unless somebody widens it, and for SSH nobody.',
      });
    }
    return ingress;
  }
}
