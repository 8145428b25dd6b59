/** Calls of CloudWatch and Step Functions that are run against moto too. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricDatum,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  RedriveExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ComparedAccount, MachineName } from './account.ts';
import type { Comparison } from './comparison.ts';
import { count } from './ec2-steps.ts';

export const otherComparisons: readonly Comparison[] = [
  ...(['Minimum', 'Maximum', 'Average', 'Sum', 'SampleCount'] as const).map(
    (stat): Comparison => ({
      what: `PutMetricData and GetMetricData: ${stat} of a period`,
      run: (account) => statisticOf(account, stat, [{ Value: 1 }, { Value: 0 }, { Value: 5 }]),
    }),
  ),
  {
    what: 'PutMetricData with values and counts',
    run: (account) => statisticOf(account, 'Average', [{ Values: [2, 4], Counts: [3, 1] }]),
  },
  {
    what: 'GetMetricData of a metric that nobody has published',
    run: (account) => statisticOf(account, 'Minimum', []),
  },
  {
    what: 'DescribeAlarms by name, after SetAlarmState',
    aside: {
      StateTransitionedTimestamp: 'moto does not have it',
    },
    run: async (account) => {
      const name = await alarm(account);
      await set(account, name, 'ALARM');
      return account.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
    },
  },
  {
    what: 'DescribeAlarms by state',
    run: async (account) => {
      const [one, other] = [await alarm(account), await alarm(account)];
      await set(account, one, 'ALARM');
      await set(account, other, 'OK');
      const command = new DescribeAlarmsCommand({ StateValue: 'ALARM' });
      const { MetricAlarms = [] } = await account.cloudWatch.send(command);
      const names = MetricAlarms.map(({ AlarmName }) => AlarmName);
      return [names.includes(one), names.includes(other)];
    },
  },
  {
    what: 'DescribeAlarms: a new alarm',
    run: async (account) => {
      const command = new DescribeAlarmsCommand({ AlarmNames: [await alarm(account)] });
      const { MetricAlarms } = await account.cloudWatch.send(command);
      return MetricAlarms?.[0]?.StateValue;
    },
    motoIsWrong: {
      why: 'moto says OK of an alarm that was never evaluated',
      here: { answer: 'INSUFFICIENT_DATA' },
      inMoto: { answer: 'OK' },
    },
  },
  {
    what: 'DescribeAlarms by a name that does not exist',
    run: ({ cloudWatch }) => cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: ['nobody'] })),
  },
  {
    what: 'SetAlarmState of an alarm that does not exist',
    run: (account) => set(account, 'nobody', 'OK'),
  },
  {
    what: 'SetAlarmState to a state that is none',
    run: async (account) => set(account, await alarm(account), 'FINE' as StateValue),
  },
  {
    what: 'SetAlarmState with reason data that are no JSON',
    run: async (account) => set(account, await alarm(account), 'OK', 'no JSON'),
  },
  {
    what: 'DescribeAlarmHistory',
    motoIsWrong: {
      why: 'moto has no history of alarms and answers 500',
      here: { answer: 'Alarm updated from INSUFFICIENT_DATA to ALARM' },
      inMoto: { error: 'SyntaxError' },
    },
    run: async (account) => {
      const AlarmName = await alarm(account);
      await set(account, AlarmName, 'ALARM');
      const command = new DescribeAlarmHistoryCommand({ AlarmName });
      const { AlarmHistoryItems } = await account.cloudWatch.send(command);
      return AlarmHistoryItems?.[0]?.HistorySummary;
    },
  },
  {
    what: 'an execution, described',
    aside: {
      inputDetails: 'moto does not have it',
      redriveCount: 'moto does not have it',
      redriveStatus: 'moto does not have it',
      redriveStatusReason: 'moto does not have it',
    },
    run: async (account) => {
      const { sfn, executionArn } = await execute(account, 'pass', { a: 1 });
      return sfn.send(new DescribeExecutionCommand({ executionArn }));
    },
  },
  {
    what: 'the history of an execution that succeeds: types, ids, details',
    run: async (account) => historyOf(await execute(account, 'choosing', { a: 1 })),
  },
  {
    what: 'the history of an execution that fails',
    run: async (account) => historyOf(await execute(account, 'choosing', { fail: 1 })),
  },
  {
    what: 'an execution with input that is not an object',
    run: async (account) => {
      const { sfn, executionArn } = await execute(account, 'choosing', 'nonsense');
      return (await sfn.send(new DescribeExecutionCommand({ executionArn }))).output;
    },
  },
  {
    what: 'StartExecution with the name and other input of one that runs',
    run: async (account) => {
      const { sfn, ...machines } = await account.freshStepFunctions();
      const stateMachineArn = machines.stateMachineArn('lasting');
      const start = (input: string) =>
        sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'same', input }));
      await start('{}');
      return start('{"other":1}');
    },
  },
  {
    what: 'StartExecution with input that is no JSON',
    motoIsWrong: {
      why: 'moto answers with an error that the SDK cannot read',
      here: { error: 'InvalidExecutionInput' },
      inMoto: { error: 'TypeError' },
    },
    run: async (account) => {
      const { sfn, ...machines } = await account.freshStepFunctions();
      const stateMachineArn = machines.stateMachineArn('pass');
      return sfn.send(new StartExecutionCommand({ stateMachineArn, input: '{' }));
    },
  },
  {
    what: 'StartExecution of a state machine that does not exist',
    run: async (account) => {
      const { sfn } = await account.freshStepFunctions();
      const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:nobody';
      return sfn.send(new StartExecutionCommand({ stateMachineArn }));
    },
  },
  {
    what: 'DescribeExecution of an execution that does not exist',
    run: async (account) => {
      const { sfn } = await account.freshStepFunctions();
      const executionArn = 'arn:aws:states:us-east-1:123456789012:execution:nobody:one';
      return sfn.send(new DescribeExecutionCommand({ executionArn }));
    },
  },
  {
    what: 'DescribeStateMachine, and the state machines listed',
    aside: {
      name: 'the case has another for each account',
      type: 'moto does not list it',
    },
    run: async (account) => {
      const { sfn, ...machines } = await account.freshStepFunctions();
      const stateMachineArn = machines.stateMachineArn('pass');
      const { stateMachines } = await sfn.send(new ListStateMachinesCommand({}));
      return [
        await sfn.send(new DescribeStateMachineCommand({ stateMachineArn })),
        stateMachines?.find((one) => one.stateMachineArn === stateMachineArn),
      ];
    },
  },
  {
    what: 'RedriveExecution of an execution that fails',
    motoIsWrong: {
      why: 'moto has no redrive and answers 500',
      here: { answer: ['FAILED', 1] },
      inMoto: { error: 'SyntaxError', status: 500 },
    },
    run: async (account) => {
      const { sfn, executionArn } = await execute(account, 'choosing', { fail: 1 });
      await sfn.send(new RedriveExecutionCommand({ executionArn }));
      await ended(sfn, executionArn);
      const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return [described.status, described.redriveCount];
    },
  },
  {
    what: 'StopExecution, and the executions listed',
    aside: { redriveCount: 'moto does not have it' },
    run: async (account) => {
      const { sfn, ...machines } = await account.freshStepFunctions();
      const stateMachineArn = machines.stateMachineArn('lasting');
      const start = new StartExecutionCommand({ stateMachineArn, name: 'stopped' });
      const { executionArn } = await sfn.send(start);
      await sfn.send(new StopExecutionCommand({ executionArn, error: 'Enough' }));
      await ended(sfn, executionArn ?? '');
      const list = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'ABORTED' });
      return sfn.send(list);
    },
  },
];

/** Of data put at one moment, which is far enough in the past to be in one period with itself. */
async function statisticOf(
  { cloudWatch }: ComparedAccount,
  Stat: string,
  data: readonly Omit<MetricDatum, 'MetricName'>[],
) {
  const Namespace = `Statistics${count()}`;
  const atMs = Math.floor(Date.now() / 60_000) * 60_000 - 120_000;
  for (const datum of data) {
    const MetricData = [{ ...datum, MetricName: 'Health', Timestamp: new Date(atMs) }];
    await cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
  }
  const Metric = { Namespace, MetricName: 'Health' };
  const answer = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(atMs - 60_000),
      EndTime: new Date(atMs + 60_000),
      MetricDataQueries: [{ Id: 'one', MetricStat: { Metric, Period: 60, Stat } }],
    }),
  );
  const [result] = answer.MetricDataResults ?? [];
  return {
    times: result?.Timestamps?.map((time) => time.getTime() - atMs),
    values: result?.Values,
  };
}

async function alarm(account: ComparedAccount): Promise<string> {
  const name = `alarm-${count()}`;
  await account.createAlarm(name, name);
  return name;
}

async function set(
  { cloudWatch }: ComparedAccount,
  AlarmName: string,
  StateValue: StateValue,
  StateReasonData = '{"by":"hand"}',
) {
  const StateReason = 'By hand.';
  return cloudWatch.send(
    new SetAlarmStateCommand({ AlarmName, StateValue, StateReason, StateReasonData }),
  );
}

interface Executed {
  readonly sfn: SFNClient;
  readonly executionArn: string;
}

/** Resolves once the execution has ended. */
async function execute(
  account: ComparedAccount,
  name: MachineName,
  input: unknown,
): Promise<Executed> {
  const { sfn, ...machines } = await account.freshStepFunctions();
  const stateMachineArn = machines.stateMachineArn(name);
  const start = { stateMachineArn, name: 'run', input: JSON.stringify(input) };
  const { executionArn = '' } = await sfn.send(new StartExecutionCommand(start));
  await ended(sfn, executionArn);
  return { sfn, executionArn };
}

async function ended(sfn: SFNClient, executionArn: string): Promise<void> {
  for (let asked = 0; asked < 100; asked += 1) {
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING') return;
    await wait(100);
  }
  throw new Error(`${executionArn} does not end.`);
}

async function historyOf({ sfn, executionArn }: Executed) {
  const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  return events;
}
