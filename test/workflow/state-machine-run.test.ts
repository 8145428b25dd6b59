/** The state machine by running it: what becomes of a function that fails for good. */
import { describe, expect, it } from 'vitest';
import { endingOf } from '../../workflow/model/ending.ts';
import { BadInput } from '../../workflow/model/errors.ts';
import { decision, fencedBefore, incident } from '../support/incidents.ts';
import { type Functions, runMachine } from '../support/run-machine.ts';

/** A failover without a hitch: functions that only say how they ended. */
const smooth: Functions = {
  'Survey coordinators': () => ({ kind: 'surveyed', targets: [], alarmsRinging: true }),
  'Ask coordinators': () => ({ kind: 'asked', answers: [] }),
  'Confirm failure': () => ({
    kind: 'decision',
    outcome: 'failed',
    sentence: 'It has failed.',
    waitSeconds: 5,
    dryRun: false,
  }),
  'Terminate instance': () => ({ kind: 'fenced' }),
  'Pick standby': () => ({ kind: 'picked' }),
  'Attach ENI': () => ({ kind: 'attached' }),
  'Verify coordinator': () => ({ kind: 'verified' }),
  'Launch standby': () => ({ kind: 'complete' }),
  'Reset alarms': () => ({ kind: 'reset' }),
  'Record incident': () => ({ kind: 'notify', subject: 'Moved', message: 'It has moved.' }),
  'Notify people': () => ({ MessageId: '1' }),
};

/** Gives these one after the other, the last one for ever. */
function inTurn(...acts: readonly (() => unknown)[]): () => unknown {
  let count = 0;
  return () => {
    const act = acts[Math.min(count, acts.length - 1)];
    count += 1;
    return act?.();
  };
}

function fails(): never {
  throw new BadInput('It cannot work.');
}

const decisionThatGivesUp = () => ({
  kind: 'decision',
  outcome: 'incomplete',
  sentence: 'Given up.',
  waitSeconds: 5,
  dryRun: false,
});

describe('the state machine, run', () => {
  it('run: a failover goes from look to end', async () => {
    const run = await runMachine(smooth);
    expect(run.status).toBe('SUCCEEDED');
    expect(run.entered.at(-1)).toBe('Failed over');
  });

  it('run: an execution that has fenced, and then finds the address moved by others and a pause, ends as paused', async () => {
    const failed = smooth['Confirm failure'] ?? fails;
    const functions = {
      ...smooth,
      'Confirm failure': inTurn(failed, () => ({ ...Object(failed()), outcome: 'paused' })),
      'Pick standby': () => ({ kind: 'nobody' }),
    };
    const run = await runMachine(functions);
    expect(run.entered.at(-1)).toBe('Paused');
    const document = {
      decision: decision({ rule: 'paused', outcome: 'paused' }),
      termination: fencedBefore,
    };
    expect(endingOf(incident({ rest: document }))).toBe('paused');
  });

  it.each(Object.keys(smooth))(
    'run: when "%s" fails for good, the alarms are reset all the same and the end has a name',
    async (state) => {
      const decision = smooth['Confirm failure'] ?? fails;
      const run = await runMachine({
        ...smooth,
        'Confirm failure': inTurn(decision, decision, decisionThatGivesUp),
        [state]: fails,
      });
      expect(run.entered).toContain('Reset alarms');
      expect(run.entered.at(-1)).toMatch(/^(Failed over|Failover incomplete|Not decided)$/);
      expect(['FailoverIncomplete', 'NotDecided']).toContain(run.error ?? 'FailoverIncomplete');
    },
  );

  it('run: a dry run that cannot be decided says so, and touches nothing', async () => {
    const quiet = () => ({ kind: 'quiet' });
    const functions = { ...smooth, 'Confirm failure': fails, 'Record incident': quiet };
    const run = await runMachine(functions, { dryRun: true, by: 'alice' });
    expect(run).toMatchObject({ status: 'FAILED', error: 'NotDecided' });
    expect(run.entered).toContain('Note undecided dry run');
    expect(run.entered).not.toContain('Reset alarms');
  });

  it.each([{ dryRun: 'yes' }, { dryRun: false }, [], 'nonsense', null, 7])(
    'run: started with %j it is no dry run, and where it cannot be decided the alarms are reset',
    async (input) => {
      const run = await runMachine({ ...smooth, 'Confirm failure': fails }, input);
      expect(run.error).toBe('NotDecided');
      expect(run.entered).toContain('Note undecided');
      expect(run.entered).toContain('Reset alarms');
    },
  );
});
