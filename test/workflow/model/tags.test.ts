import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acknowledgedTagValue,
  addFailoverTime,
  failoversWithin,
  isCounted,
  notifiedMark,
  notifiedTagValue,
  notifiedTopic,
  operatorTagProblems,
  pausedTagValue,
  readAcknowledgement,
  readFailoverTimes,
  readNotified,
  readPause,
  readSmallNumber,
  readTemplateVersion,
  stackDeletingTagValue,
  templateVersionOf,
  withoutAcknowledged,
} from '../../../workflow/model/tags.ts';
import { now, secondsAgo } from '../../support/incidents.ts';

const since = secondsAgo(600);
const pause = { until: secondsAgo(-600), since, by: 'alice', reason: 'kernel upgrade' };

describe('the pause', () => {
  it('pause: the tag is one line that a person can read', () => {
    expect(pausedTagValue(pause)).toBe(
      'until 2026-10-02T12:10:00Z since 2026-10-02T11:50:00Z by alice: kernel upgrade',
    );
    expect(pausedTagValue({ ...pause, until: null })).toContain('until resumed since');
  });

  it('pause: it says who, why and until when', () => {
    expect(readPause(pausedTagValue(pause), now)).toMatchObject({
      kind: 'paused',
      by: 'alice',
      reason: 'kernel upgrade',
      sentence:
        'Paused by alice since 2026-10-02T11:50:00Z until 2026-10-02T12:10:00Z: kernel upgrade',
    });
  });

  it('pause: one whose end has passed is no pause', () => {
    const value = pausedTagValue({ ...pause, until: secondsAgo(1) });
    expect(readPause(value, now).kind).toBe('ended');
  });

  it('pause: one without an end lasts', () => {
    const value = pausedTagValue({ ...pause, until: null });
    expect(readPause(value, '2027-01-01T00:00:00.000Z')).toMatchObject({
      kind: 'paused',
      until: null,
    });
  });

  it.each(['', 'true', 'until tomorrow since today by alice: x', 'until 2026-99-99T00:00Z'])(
    'pause: a tag %j that says nothing pauses, and says so',
    (value) => {
      const read = readPause(value, now);
      expect(read.kind).toBe('unreadable');
      expect(read.kind === 'unreadable' && read.sentence).toContain('cannot be read');
    },
  );

  it('pause: no tag is no pause', () => {
    expect(readPause(null, now).kind).toBe('none');
    expect(readPause(undefined, now).kind).toBe('none');
  });

  it('pause: whatever is written comes back, within the 256 characters of a tag', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (by, reason) => {
        fc.pre(operatorTagProblems({ by, reason }).length === 0);
        const value = pausedTagValue({ ...pause, by, reason });
        expect(value.length).toBeLessThanOrEqual(256);
        const acknowledged = acknowledgedTagValue({ at: since, by, reason });
        expect(acknowledged.length).toBeLessThanOrEqual(256);
        expect(readPause(value, now).kind).toBe('paused');
        expect(readAcknowledgement(acknowledged, now).kind).toBe('acknowledged');
      }),
    );
  });

  it('pause: an ARN is shortened to its end, which says who', () => {
    const by = `arn:aws:sts::123456789012:assumed-role/${'x'.repeat(80)}/alice@example.com`;
    const value = pausedTagValue({ ...pause, by, reason: 'r'.repeat(120) });
    expect(value.length).toBeLessThanOrEqual(256);
    expect(value).toContain('/alice@example.com: rrr');
  });

  it('pause: without a reason or with too long a one it is not written', () => {
    expect(operatorTagProblems({ by: 'alice', reason: ' ' })).toEqual([
      'The reason is empty, but must say why.',
    ]);
    expect(operatorTagProblems({ by: 'alice', reason: 'x'.repeat(121) })).toEqual([
      'The reason has 121 characters, but may have at most 120.',
    ]);
  });
});

describe('the acknowledgement', () => {
  const failovers = [secondsAgo(300), secondsAgo(200), secondsAgo(100)];
  const acknowledged = (at: string) =>
    readAcknowledgement(acknowledgedTagValue({ at, by: 'alice', reason: 'bad image' }), now);

  it('acknowledgement: failovers until then do not count, later ones do', () => {
    expect(withoutAcknowledged(failovers, acknowledged(secondsAgo(200)))).toEqual([
      secondsAgo(100),
    ]);
    expect(withoutAcknowledged(failovers, { kind: 'none' })).toEqual(failovers);
  });

  it.each(['', 'yes', '2026-10-02 by alice: x'])(
    'acknowledgement: a tag %j that says nothing acknowledges nothing',
    (value) => {
      const read = readAcknowledgement(value, now);
      expect(read.kind).toBe('unreadable');
      expect(withoutAcknowledged(failovers, read)).toEqual(failovers);
    },
  );

  it('acknowledgement: a time in the future would switch the limit off, and is not taken', () => {
    expect(acknowledged(secondsAgo(-3600)).kind).toBe('unreadable');
    expect(acknowledged(secondsAgo(-60)).kind).toBe('acknowledged');
  });
});

describe('the times of recent failovers', () => {
  it('failover times: twenty fit into one tag, and come back as they went in', () => {
    let value = '';
    for (let index = 0; index < 30; index += 1) {
      value = addFailoverTime(readFailoverTimes(value), secondsAgo(20 * (30 - index)), 60);
    }
    expect(value.length).toBeLessThanOrEqual(256);
    expect(readFailoverTimes(value)).toHaveLength(20);
    expect(readFailoverTimes(value).at(-1)).toBe(secondsAgo(20));
  });

  it('failover times: what is older than the window is dropped', () => {
    const value = addFailoverTime([secondsAgo(4000), secondsAgo(100)], now, 60);
    expect(readFailoverTimes(value)).toEqual([secondsAgo(100), now]);
    expect(failoversWithin([secondsAgo(3601), secondsAgo(3599)], now, 60)).toHaveLength(1);
  });

  it('failover times: two executions of one incident are one failover', () => {
    const value = addFailoverTime([secondsAgo(3)], now, 60);
    expect(readFailoverTimes(value)).toEqual([now]);
  });

  it('failover times: a time after the attachment is that of its own failover', () => {
    const times = [secondsAgo(60)];
    expect(isCounted(times, secondsAgo(71))).toBe(true);
    expect(isCounted(times, secondsAgo(69))).toBe(false);
    expect(isCounted([], secondsAgo(600))).toBe(false);
  });

  it('failover times: a tag that a person has edited does not stop a failover', () => {
    expect(readFailoverTimes('none, really')).toEqual([]);
  });
});

describe('what a coordinator was launched as', () => {
  it('template version: it comes back as it was written', () => {
    const version = { launchTemplateId: 'lt-0123456789abcdef0', launchTemplateVersion: '3' };
    expect(templateVersionOf(version)).toBe('lt-0123456789abcdef0:3');
    expect(readTemplateVersion('lt-0123456789abcdef0:3')).toEqual(version);
  });

  it.each([null, '', '3', 'lt-0123:', 'lt-0123:$Latest', 'ami-0123:3', 'lt-0123:3 4'])(
    'template version: %j is none',
    (value) => expect(readTemplateVersion(value)).toBeNull(),
  );

  it.each([
    ['1', 1],
    ['128', 128],
    [undefined, null],
    ['', null],
    ['0', null],
    ['01', null],
    ['-1', null],
    ['1.5', null],
    ['9999999999', null],
  ])('slot, generation: %j is read as %j', (value, number) => {
    expect(readSmallNumber(value)).toBe(number);
  });
});

describe('what people were told', () => {
  const at = '2026-10-02T12:00:00Z';
  const mark = notifiedMark(
    'arn:aws:states:eu-west-1:123456789012:execution:presto-failover:run-1',
  );

  it('notified: it comes back as it was written', () => {
    const told = { topic: notifiedTopic('no successor found'), at, mark };
    expect(notifiedTagValue(told)).toBe('no-successor-found 2026-10-02T12:00:00Z run-1');
    expect(readNotified(notifiedTagValue(told))).toEqual(told);
  });

  it('notified: the longest topic and mark fit into a tag, and come back', () => {
    const told = {
      topic: notifiedTopic('ab '.repeat(200)),
      at,
      mark: notifiedMark('x'.repeat(200)),
    };
    expect(notifiedTagValue(told).length).toBeLessThanOrEqual(256);
    expect(readNotified(notifiedTagValue(told))).toEqual(told);
  });

  it('notified: a tag without a mark is read, too', () => {
    expect(readNotified(`topic ${at}`)).toEqual({ topic: 'topic', at, mark: '' });
  });

  it.each([null, '', 'topic', 'topic yesterdayZ mark', 'two words 2026-10-02T12:00:00Z mark'])(
    'notified: %j says nothing',
    (value) => expect(readNotified(value)).toBeNull(),
  );
});

describe('that the stack is being deleted', () => {
  it('stack-deleting: it says since when, and for which request', () => {
    expect(stackDeletingTagValue(now, 'request-1')).toBe(`since ${now} for request-1`);
  });
});
