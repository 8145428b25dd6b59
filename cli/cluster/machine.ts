/**
 * Reads the settings and resources with which the next failover works, from the definition of the state
 * machine.
 */
import type { OperatorCalls } from '../../aws/calls.ts';
import { fieldsOf, isFields, parseJson } from '../../history/values.ts';
import type { Cluster } from '../../workflow/model/cluster.ts';
import { readCluster } from '../../workflow/model/document.ts';
import { type Settings, settingProblems, settingRules } from '../../workflow/model/settings.ts';

export interface Machine {
  readonly cluster: Cluster;
  readonly settings: Settings;
}

/** @throws Error that says what in the definition is not as expected */
export async function readMachine(cloud: OperatorCalls, stateMachineArn: string): Promise<Machine> {
  const { definition } = await cloud.describeStateMachine({ stateMachineArn });
  const states = fieldsOf(fieldsOf(parseJson(definition)).States);
  const { settings, cluster } = fieldsOf(fieldsOf(states['Receive request']).Parameters);
  if (!isFields(settings)) throw new Error('The state machine has no settings in its definition.');
  const problems = settingProblems(settingRules, settings);
  if (problems.length > 0) {
    throw new Error(`The settings in the state machine are not as expected: ${problems.join(' ')}`);
  }
  return { cluster: readCluster(cluster), settings: settings as Settings };
}
