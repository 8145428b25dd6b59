import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeExecutionInput, readRequest } from '../../../workflow/model/request.ts';

describe('what an execution was started with', () => {
  it.each([
    [{}, { origin: 'person', startedBy: 'a person', refusals: [] }],
    [{ reason: 'it feels slow' }, { startedBy: 'a person: it feels slow' }],
    [
      { reason: 'upgrade', by: 'alice', force: true },
      { startedBy: 'alice: upgrade', by: 'alice', force: true, refusals: [] },
    ],
    [{ dryRun: true }, { dryRun: true, force: false, refusals: [] }],
    [
      { dryRun: true, force: true, reason: 'rehearsal' },
      { dryRun: true, force: true, refusals: [] },
    ],
    [
      { switchover: true, reason: 'kernel', standby: 'i-0123456789abcdef0' },
      { switchover: true, force: false, standby: 'i-0123456789abcdef0', refusals: [] },
    ],
    [{ upgrade: true }, { upgrade: true, force: false, refusals: [] }],
    [
      { upgrade: true, dryRun: true, standby: 'i-0123456789abcdef0', reason: 'version 2' },
      { upgrade: true, dryRun: true, standby: 'i-0123456789abcdef0', refusals: [] },
    ],
    [
      { standby: 'i-0123456789abcdef0' },
      { standby: 'i-0123456789abcdef0', force: false, refusals: [] },
    ],
    [
      {
        source: 'aws.cloudwatch',
        'detail-type': 'CloudWatch Alarm State Change',
        detail: { alarmName: 'presto-coordinator-reachable' },
      },
      {
        origin: 'event',
        by: null,
        startedBy: 'CloudWatch Alarm State Change (aws.cloudwatch): presto-coordinator-reachable',
      },
    ],
    [
      {
        source: 'aws.ec2',
        'detail-type': 'EC2 Instance State-change Notification',
        detail: { 'instance-id': 'i-1', state: 'stopping' },
      },
      { startedBy: 'EC2 Instance State-change Notification (aws.ec2): i-1 is stopping' },
    ],
  ])('request: %j is understood', (input, expected) => {
    expect(readRequest(input)).toMatchObject(expected);
  });

  it.each([
    [{ reson: 'typo' }, 'The input has unknown keys ("reson"). Allowed: {} to look'],
    [{ reason: 5 }, '"reason" is 5, but must be a text of 1 to 500 characters.'],
    [{ force: true }, '"force" needs a "reason".'],
    [{ force: 'true', reason: 'x' }, '"force" is "true", but must be true or false.'],
    [{ upgrade: 'yes' }, '"upgrade" is "yes", but must be true or false.'],
    [
      { upgrade: true, force: true, reason: 'x' },
      '"force" and "upgrade" are different moves: ask for one.',
    ],
    [{ switchover: true }, '"switchover" needs a "reason".'],
    [{ switchover: 1, reason: 'x' }, '"switchover" is 1, but must be true or false.'],
    [
      { switchover: true, force: true, reason: 'x' },
      '"force" and "switchover" are different moves: ask for one.',
    ],
    [
      { switchover: true, upgrade: true, reason: 'x' },
      '"switchover" and "upgrade" are different moves: ask for one.',
    ],
    [{ dryRun: 1 }, '"dryRun" is 1, but must be true or false.'],
    [{ standby: 'the second one' }, '"standby" is "the second one", but must be an instance id'],
    [{ force: true, reason: '  ' }, '"reason" is "  ", but must be a text'],
    [
      { source: 'aws.ec2', 'detail-type': 'x', force: true, reason: 'x' },
      'The input is an event and asks for reason, force: it can be one of both.',
    ],
  ])('request: %j is refused, and forces nothing', (input, sentence) => {
    const read = readRequest(input);
    expect(read.refusals.join(' ')).toContain(sentence);
    const nothing = { force: false, switchover: false, upgrade: false };
    expect(read).toMatchObject({ ...nothing, standby: null, dryRun: false });
  });

  it.each(['nonsense', null, 5, [1], true])(
    'request: %j is no object, taken as an observation, and noted',
    (input) => {
      const read = readRequest(input);
      expect(read.refusals).toEqual([]);
      expect(read.note).toContain('is not an object and was taken as {}');
    },
  );

  it('request: nothing that can arrive throws, forces without a reason, or fills the record', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        const read = readRequest(input);
        expect((read.force || read.switchover) && read.reason === null).toBe(false);
        const said = [read.startedBy, read.note ?? '', ...read.refusals].join('');
        expect(said.length).toBeLessThan(6000);
      }),
    );
  });

  it('request: what is made for StartExecution is read back as it was meant', () => {
    const made = makeExecutionInput({
      reason: 'upgrade',
      force: true,
      standby: 'i-0123456789abcdef0',
      dryRun: false,
      by: 'alice',
    });
    expect(made.kind === 'input' && readRequest(JSON.parse(made.input))).toMatchObject({
      reason: 'upgrade',
      force: true,
      standby: 'i-0123456789abcdef0',
      dryRun: false,
      by: 'alice',
      refusals: [],
    });
  });

  it('request: what would be refused is not made', () => {
    expect(makeExecutionInput({ force: true })).toMatchObject({ kind: 'refused' });
    expect(makeExecutionInput({ switchover: true })).toMatchObject({ kind: 'refused' });
  });
});
