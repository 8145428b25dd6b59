/** Executions that die and are redriven: what the recording keeps of them. */
import { describe, expect, it } from 'vitest';
import { noFaults } from '../../simulation/faults.ts';
import { judge } from '../../simulation/judge.ts';
import { dies } from './planted-bug.ts';
import { useTemplate } from './template.ts';

const template = useTemplate();

describe('an execution that dies', () => {
  it('simulation: it is redriven as Step Functions does it, and recorded as what died and the rest', async () => {
    const faults = {
      ...noFaults,
      hosts: [dies],
      executions: [{ number: 0, atCall: 9, effect: true, redrivenAfterSeconds: 20 }],
    };
    const { recording, violations } = await judge({ template: template(), faults });
    const [first, second] = recording.executions.filter(
      ({ arn }) => arn === recording.executions[0]?.arn,
    );
    expect(violations).toEqual([]);
    expect(first).toMatchObject({ killed: true, redriven: false, status: 'ABORTED' });
    expect(first?.history.at(-1)?.type).toBe('ExecutionAborted');
    expect(second).toMatchObject({ killed: false, redriven: true, status: 'SUCCEEDED' });
    expect(second?.history[0]).toMatchObject({
      type: 'ExecutionRedriven',
      executionRedrivenEventDetails: { redriveCount: 1 },
    });
    expect(second?.startedAtMs).toBe((first?.endedAtMs ?? 0) + 20_000);
  });
});
