import { execFileSync } from 'node:child_process';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildReport } from '../../report/build-report.ts';
import { renderHtml } from '../../report/render/html.ts';
import { renderMarkdown } from '../../report/render/markdown.ts';
import {
  asAwsCliWrites,
  failoverHistory,
  longHistory,
  reportOf,
  withoutData,
} from './histories.ts';
import { executionArn } from './rehearsal.ts';
import { expectTrueTo } from './true-to.ts';

let events: readonly HistoryEvent[];
beforeAll(async () => {
  events = await failoverHistory();
});

const now = '2026-10-03T00:00:00.000Z';

describe('checksum', () => {
  test('checksum: the command in the report gets the same from what the AWS CLI writes', () => {
    const { value, commands } = reportOf(events).history.checksum;
    const recomputed = execFileSync(
      'sh',
      ['-c', (commands[1] ?? '').replace('< history.json', '')],
      {
        input: asAwsCliWrites(events),
        encoding: 'utf8',
      },
    );
    expect(recomputed.trim()).toBe(value);
    expect(commands[0]).toContain(`--execution-arn ${executionArn} `);
  });

  test('checksum: the same for pages in any order, another one for any change', () => {
    const { value } = reportOf(events).history.checksum;
    expect(reportOf([...events].reverse()).history.checksum.value).toBe(value);
    expect(reportOf(events.slice(0, -1)).history.checksum.value).not.toBe(value);
    const changed = structuredClone([...events]);
    Object.assign(changed[3] ?? {}, { timestamp: new Date(0) });
    expect(reportOf(changed).history.checksum.value).not.toBe(value);
  });
});

describe('a history that is not whole', () => {
  test('history: newest first (read with reverseOrder) tells the same', () => {
    const report = reportOf([...events].reverse());
    expect(report).toEqual(reportOf(events));
    expectTrueTo(report, events);
  });

  test('history: without its data (what happened when is told, what was found is missing)', () => {
    const report = reportOf(withoutData(events));
    expect(report.history.complete).toBe(false);
    expect(report.history.gaps.join(' ')).toContain('includeExecutionData: false');
    expect(report.outcome.kind).toBe('Failed over');
    expect(report.visits).toEqual(reportOf(events).visits);
    expect(report.observations[0]?.decision).toBeNull();
    expect(report.observations[0]?.gaps.join(' ')).toContain('its finding is not in the history');
    expect([report.cluster, report.settings, report.outcome.from]).toEqual([null, null, null]);
    expect(report.trigger.sentence).toContain('not in the history');
    expect(report.outage.kind).toBe('unknown');
    expect(renderHtml(report)).toContain('The history is not complete, so this report is not');
    expect(renderMarkdown(report)).toContain('The history is not complete');
  });

  test('history: cut at any event gives a report that says so', () => {
    for (let length = 0; length < events.length; length += 1) {
      const report = reportOf(events.slice(0, length));
      expect(report.history.complete, `${length} events`).toBe(false);
      expect(renderHtml(report).length).toBeGreaterThan(1000);
      expect(report.visits.length).toBe(
        events.slice(0, length).filter(({ stateEnteredEventDetails: entered }) => entered).length,
      );
    }
  });

  test('history: the beginning and a page in the middle are missing', () => {
    const report = reportOf([...events.slice(4, 20), ...events.slice(30)]);
    expect(report.history.gaps).toEqual([
      `The beginning is missing: the first event is ${events[4]?.type} (event 5).`,
      'Events 1 to 4 are missing.',
      'Events 21 to 30 are missing.',
    ]);
  });

  test('history: data that Step Functions cut off (named by event, and read from elsewhere)', () => {
    const cut = structuredClone([...events]);
    const exited = cut.find(
      ({ stateExitedEventDetails: details }) => details?.name === 'Confirm failure',
    );
    if (!exited) throw new Error('There is no such event.');
    exited.stateExitedEventDetails = {
      name: 'Confirm failure',
      output: '{"request": {"det',
      outputDetails: { truncated: true },
    };
    const report = reportOf(cut);
    expect(report.history.gaps).toEqual([
      `Step Functions cut off the data of 1 events: ${exited.id}.`,
    ]);
    expect(report.observations).toEqual(reportOf(events).observations);
  });

  test("history: another state machine's", () => {
    const foreign: HistoryEvent[] = [
      at(1, 'ExecutionStarted', { executionStartedEventDetails: { input: '{"order": 7}' } }),
      at(2, 'PassStateEntered', { stateEnteredEventDetails: { name: 'Ship', input: '{}' } }),
      at(3, 'PassStateExited', { stateExitedEventDetails: { name: 'Ship', output: '{}' } }),
      at(4, 'ExecutionSucceeded', { executionSucceededEventDetails: { output: '{}' } }),
    ];
    expect(reportOf(foreign).history.gaps.join(' ')).toContain('another state machine');
  });

  test('history: continued after its end (redriven) has the end of its last part', () => {
    const whole = [...events];
    const redriven = [
      ...whole.slice(0, 20),
      at(21, 'ExecutionAborted', {}),
      at(22, 'ExecutionRedriven', {}),
      ...whole.slice(20).map((event) => ({ ...event, id: (event.id ?? 0) + 2 })),
    ];
    const report = reportOf(redriven);
    expect(report.outcome.kind).toBe('Failed over');
    expect(report.failures.map(({ outcome }) => outcome)).toContain(
      'somebody continued the execution from here',
    );
  });

  test('history: what is no ARN of an execution is refused', () => {
    const wrong = 'arn:aws:states:eu-central-1:210987654321:stateMachine:presto';
    expect(() => buildReport({ executionArn: wrong, events, now })).toThrow(
      `"${wrong}" is no ARN of an execution of a Standard state machine. One looks like `,
    );
  });
});

describe('a long history', () => {
  test('report: of 500 events in all its forms, of less than 2 MB', async () => {
    const long = await longHistory();
    expect(long.length).toBeGreaterThan(500);
    const report = reportOf(long);
    const size = renderHtml(report).length + renderMarkdown(report).length;
    JSON.stringify(report);
    expect(size).toBeLessThan(2_000_000);
    expectTrueTo(report, long);
  });
});

describe('links into the console', () => {
  test.each([
    ['aws', 'eu-central-1', 'https://eu-central-1.console.aws.amazon.com/'],
    ['aws-cn', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
    ['aws-us-gov', 'us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
  ])('links: partition %s has its own console', (partition, region, beginning) => {
    const arn = executionArn
      .replace('arn:aws:', `arn:${partition}:`)
      .replace('eu-central-1', region);
    const { links } = buildReport({ executionArn: arn, events, now });
    for (const { url } of links) expect(url.startsWith(beginning)).toBe(true);
    expect(links.map(({ url }) => url).join(' ')).toContain(`region=${region}#`);
    expect(links.map(({ label }) => label).join(', ')).toMatch(
      /^Execution, State machine, Network interface eni-.*, Instance i-.*, Alarm presto-/,
    );
  });

  test('links: none for a partition whose console is not known', () => {
    const arn = executionArn.replace('arn:aws:', 'arn:aws-iso:');
    expect(buildReport({ executionArn: arn, events, now }).links).toEqual([]);
  });
});

function at(id: number, type: HistoryEvent['type'], details: Partial<HistoryEvent>): HistoryEvent {
  return { id, type, timestamp: new Date('2026-10-02T03:13:00.000Z'), ...details };
}
