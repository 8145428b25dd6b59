/** I12, dry runs: they look, and touch nothing. */
import type { CallFact } from '../recording.ts';
import { at, type Checker, requestOf } from './reading.ts';

export const dryRunsTouchNothing: Checker = {
  name: 'dry-runs-touch-nothing',
  invariant: 'I12',
  defends: 'A dry run says what would be done, and touches nothing.',
  check: (recording) =>
    recording.executions
      .filter((execution) => requestOf(execution).dryRun === true)
      .flatMap(({ arn }) =>
        recording.facts
          .filter((fact): fact is CallFact => fact.kind === 'call' && fact.executionArn === arn)
          // A number in a metric is a note about it.
          .filter(({ error, operation }) => error === undefined && operation !== 'PutMetricData')
          .map(
            (call) =>
              `At ${at(recording, call.atMs)} the ${call.functionName} of a dry run called ${call.operation}.`,
          ),
      ),
};
