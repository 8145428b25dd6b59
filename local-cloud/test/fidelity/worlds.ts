/** The surroundings of checks. All end with their check, even if it fails. */

import type { LatencyName } from '../../chance/latency.ts';
import type { Ec2Options } from '../../ec2/ec2.ts';
import type { Integrations } from '../../step-functions/task-target.ts';
import { cloudWatchFixture } from '../cloudwatch/cloudwatch-fixture.ts';
import { type Ec2Fixture, ec2Fixture } from '../ec2/fixture.ts';
import { stepFunctionsFixture } from '../step-functions/step-functions-fixture.ts';

/** EC2 with these latencies, in milliseconds; those not named are 0. */
export function onEc2(
  latencies: Partial<Record<LatencyName, number>>,
  act: (fixture: Ec2Fixture) => Promise<void>,
  overrides?: Partial<Ec2Options>,
): () => Promise<void> {
  return async () => {
    const fixture = await ec2Fixture(latencies, overrides);
    try {
      await act(fixture);
    } finally {
      await fixture.ec2.stop();
    }
  };
}

export type CloudWatchFixture = ReturnType<typeof cloudWatchFixture>;

export function onCloudWatch(
  act: (fixture: CloudWatchFixture) => Promise<void>,
  seed?: number,
): () => Promise<void> {
  return async () => {
    const fixture = cloudWatchFixture(seed);
    try {
      await act(fixture);
    } finally {
      await fixture.cloudWatch.stop();
    }
  };
}

export type StepFunctionsFixture = ReturnType<typeof stepFunctionsFixture>;

/** Integrations stand in the place of SNS's. */
export function onStepFunctions(
  act: (fixture: StepFunctionsFixture) => Promise<void>,
  integrations?: Integrations,
): () => Promise<void> {
  return async () => {
    const fixture = stepFunctionsFixture(integrations);
    try {
      await act(fixture);
    } finally {
      await fixture.stepFunctions.stop();
    }
  };
}
