/**
 * Links into the AWS console, for the partition and region of the execution. Only what the history
 * names is linked; names of log groups are not in it, the functions' pages lead to them.
 */
import type { Fields } from '../../history/values.ts';
import { fieldsOf, textOf } from '../../history/values.ts';
import type { Link } from '../report.ts';

export interface ExecutionName {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly name: string;
}

/** @throws Error that shows what is no execution's ARN, and how one is observed */
export function parseExecutionArn(executionArn: string): ExecutionName {
  const [arn, partition, service, region, accountId, kind, machine, name, ...more] =
    executionArn.split(':');
  const fits = arn === 'arn' && service === 'states' && kind === 'execution' && more.length === 0;
  if (!fits || !partition || !region || !accountId || !machine || !name) {
    throw new Error(
      `"${executionArn.slice(0, 200)}" is no ARN of an execution of a Standard state machine. ` +
        'One looks like arn:aws:states:eu-central-1:111122223333:execution:STATE_MACHINE:NAME.',
    );
  }
  const stateMachineArn = `arn:${partition}:states:${region}:${accountId}:stateMachine:${machine}`;
  return { executionArn, stateMachineArn, partition, region, accountId, name };
}

export interface Linked {
  readonly cluster: Fields | null;
  readonly instanceIds: readonly string[];
  readonly functionArns: readonly string[];
}

/** None for a partition whose console is not known. */
export function consoleLinks(execution: ExecutionName, linked: Linked): readonly Link[] {
  const host = consoleHost(execution);
  if (host === null) return [];
  const { region, executionArn, stateMachineArn } = execution;
  const page = (service: string, fragment: string) =>
    `https://${host}/${service}/home?region=${encodeURIComponent(region)}#${fragment}`;
  const id = (value: string) => encodeURIComponent(value);
  const networkInterfaceId = textOf(linked.cluster?.networkInterfaceId);
  const alarms = Object.values(fieldsOf(linked.cluster?.alarms)).flatMap(
    (name) => textOf(name) ?? [],
  );
  return [
    { label: 'Execution', url: page('states', `/v2/executions/details/${arnPath(executionArn)}`) },
    {
      label: 'State machine',
      url: page('states', `/statemachines/view/${arnPath(stateMachineArn)}`),
    },
    ...(networkInterfaceId === null
      ? []
      : [
          {
            label: `Network interface ${networkInterfaceId}`,
            url: page('ec2', `NetworkInterface:networkInterfaceId=${id(networkInterfaceId)}`),
          },
        ]),
    ...linked.instanceIds.map((instanceId) => ({
      label: `Instance ${instanceId}`,
      url: page('ec2', `InstanceDetails:instanceId=${id(instanceId)}`),
    })),
    ...alarms.map((name) => ({
      label: `Alarm ${name}`,
      url: page('cloudwatch', `alarmsV2:alarm/${id(name)}`),
    })),
    ...linked.functionArns.map((functionArn) => {
      const name = functionArn.split(':')[6] ?? functionArn;
      const url = page('lambda', `/functions/${id(name)}?tab=monitoring`);
      return { label: `Function ${name}, and from there its log group`, url };
    }),
    { label: 'Log groups', url: page('cloudwatch', 'logsV2:log-groups') },
  ];
}

function consoleHost({ partition, region }: ExecutionName): string | null {
  if (!/^[a-z0-9-]+$/.test(region)) return null;
  if (partition === 'aws') return `${region}.console.aws.amazon.com`;
  if (partition === 'aws-cn') return `${region}.console.amazonaws.cn`;
  if (partition === 'aws-us-gov') return `${region}.console.amazonaws-us-gov.com`;
  return null;
}

/** An ARN stands in the console's fragments as it is; what could end the link does not. */
function arnPath(arn: string): string {
  return encodeURIComponent(arn).replaceAll('%3A', ':');
}
