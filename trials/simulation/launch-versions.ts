/** A stack update that changes the launch template: its next version, and a state machine that asks for it. */

import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { Ec2, StepFunctions } from '@coordinator-failover/local-cloud';
import type { Cluster } from '../../workflow/model/cluster.ts';
import { templateVersionOf } from '../../workflow/model/tags.ts';

export interface LaunchData {
  /** Keeps what the template's launch template is made with. */
  readonly ec2: Ec2;
  /** The cluster's version, as a coordinator's tag has it. */
  wanted(cluster: Pick<Cluster, 'launchTemplateId'>): string;
  /** From now on the next version, with the same data, is the cluster's. */
  useNewVersion(
    stepFunctions: StepFunctions,
    stateMachine: StateMachine,
    cluster: Pick<Cluster, 'launchTemplateId'>,
  ): void;
}

interface StateMachine {
  readonly stateMachineArn: string;
  readonly stateMachineRoleArn: string;
  readonly definition: string;
}

export function keepLaunchData(ec2: Ec2): LaunchData {
  let data: RequestLaunchTemplateData = {};
  let launchTemplateVersion = '1';
  return {
    wanted: (cluster) => templateVersionOf({ ...cluster, launchTemplateVersion }),
    ec2: {
      ...ec2,
      createLaunchTemplate(properties) {
        data = properties.data;
        return ec2.createLaunchTemplate(properties);
      },
    },
    useNewVersion(stepFunctions, stateMachine, { launchTemplateId }) {
      const { stateMachineArn, stateMachineRoleArn: roleArn } = stateMachine;
      const { version } = ec2.createLaunchTemplateVersion({ launchTemplateId, data });
      launchTemplateVersion = version;
      const definition = withVersion(stateMachine.definition, version);
      stepFunctions.updateStateMachine({ stateMachineArn, definition, roleArn });
    },
  };
}

function withVersion(definition: string, launchTemplateVersion: string): string {
  const { States: states, ...rest } = JSON.parse(definition) as {
    States: { 'Receive request': { Parameters: { cluster: Cluster } } };
  };
  const receive = states['Receive request'];
  const cluster = { ...receive.Parameters.cluster, launchTemplateVersion };
  const Parameters = { ...receive.Parameters, cluster };
  return JSON.stringify({
    ...rest,
    States: { ...states, 'Receive request': { ...receive, Parameters } },
  });
}
