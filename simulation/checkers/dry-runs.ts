/** Dry runs: they look, and touch nothing. */
import type { CallFact, Recording } from '../recording.ts';
import { at, type Checker, fieldsOf, lastDocument, requestOf } from './reading.ts';

export const dryRunsTouchNothing: Checker = {
  name: 'dry-runs-touch-nothing',
  defends: 'A dry run says what would be done, and touches nothing.',
  check: (recording) =>
    recording.executions
      .filter((execution) => requestOf(execution).dryRun === true)
      .flatMap(({ arn }) =>
        recording.facts
          .filter((fact): fact is CallFact => fact.kind === 'call' && fact.executionArn === arn)
          .filter(({ functionName }) => !isAfterNoDecision(recording, arn, functionName))
          // A number in a metric is a note about it.
          .filter(({ error, operation }) => error === undefined && operation !== 'PutMetricData')
          .map(
            (call) =>
              `At ${at(recording, call.atMs)} the ${call.functionName} of a dry run called ${call.operation}.`,
          ),
      ),
};

/**
 * Where a deciding function could not be run, nobody has read that a dry run was asked for: as any other
 * execution that could not decide it is recorded, people are told, and what rings is rearmed. No
 * instance and no attachment is touched by that.
 */
function isAfterNoDecision({ executions }: Recording, arn: string, functionName: string): boolean {
  if (functionName !== 'record-incident' && functionName !== 'rearm-alarms') return false;
  const records = executions.filter((one) => one.arn === arn);
  return records.some(
    ({ history }) => fieldsOf(lastDocument(history).verdict).outcome === 'undecided',
  );
}
