import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { budgetText, timeBudget } from '../../../infra/stack/time-budget.ts';
import { defaultProbeSettings, defaultSettings } from '../../../workflow/model/settings.ts';

const byDefault = {
  settings: defaultSettings,
  probeSettings: defaultProbeSettings,
  keepCoordinatorNode: false,
} as const;

function warningsOf(stack: Stack): string[] {
  return Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => JSON.stringify(entry.data).slice(1, -1));
}

test('time budget: the defaults keep the promise, and say how long each kind of failure may take', () => {
  const stack = new Stack(new App());
  const budget = timeBudget(stack, byDefault);
  expect(Object.values(budget).every(({ totalSeconds }) => totalSeconds < 60)).toBe(true);
  expect(budgetText(budget)).toMatch(
    /^process-exit: first bad sample 1, .*, verified 42\.4 s; process-hang: .*, verified 46\.3 s; /,
  );
  expect(warningsOf(stack)).toEqual([]);
});

test('time budget: a promise that is broken is a warning whose id names the prop', () => {
  const stack = new Stack(new App());
  const settings = { ...defaultSettings, graceSeconds: 60 };
  timeBudget(stack, { ...byDefault, settings });
  expect(warningsOf(stack)).toEqual([
    expect.stringMatching(
      /above the promised 60 s\. graceSeconds is 60: with 5 it would be 42\.4 s\. \[ack: coordinator-failover:graceSeconds\]$/,
    ),
  ]);
});

test("time budget: a probe's setting is called as the prop that sets it", () => {
  const stack = new Stack(new App());
  const probeSettings = { ...defaultProbeSettings, intervalSeconds: 20 };
  timeBudget(stack, { ...byDefault, probeSettings });
  expect(warningsOf(stack)).toEqual([
    expect.stringMatching(/probeIntervalSeconds is 20.*coordinator-failover:probeIntervalSeconds/),
  ]);
});

test('time budget: without a hot standby no minute is promised', () => {
  const stack = new Stack(new App());
  const settings = { ...defaultSettings, haCoordinatorsCount: 1 };
  timeBudget(stack, { ...byDefault, settings });
  expect(warningsOf(stack)).toEqual([expect.stringContaining('there is no hot standby')]);
});

test('time budget: who moves the address by hand is promised nothing', () => {
  const stack = new Stack(new App());
  const settings = { ...defaultSettings, graceSeconds: 300 };
  timeBudget(stack, { ...byDefault, settings, keepCoordinatorNode: true });
  expect(warningsOf(stack)).toEqual([]);
});

test('time budget: what only CloudFormation knows counts with its default', () => {
  const stack = new Stack(new App());
  const number = new CfnParameter(stack, 'Grace', { type: 'Number' }).valueAsNumber;
  const settings = { ...defaultSettings, graceSeconds: number, haCoordinatorsCount: number };
  expect(timeBudget(stack, { ...byDefault, settings })).toEqual(timeBudget(stack, byDefault));
  expect(warningsOf(stack)).toEqual([]);
});
