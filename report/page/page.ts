/** The report as a page: its sections in the order in which a reader asks. */

import { commandText } from '../../workflow/notify/advice.ts';
import type { Report } from '../report.ts';
import { count, duration, listed, moment, notInTheHistory } from '../words.ts';
import {
  attachmentSection,
  failuresSection,
  fencingSection,
  identitySection,
  standbyLaunchSection,
  standbyPickSection,
} from './actions.ts';
import {
  type Block,
  facts,
  notice,
  type Page,
  paragraph,
  type Section,
  subtitle,
  table,
} from './blocks.ts';
import { observationsSection } from './observations.ts';

export function pageOf(report: Report): Page {
  return {
    title: `Coordinator failover: ${report.outcome.kind}`,
    lead: report.outcome.headline,
    sections: [
      glance(report),
      advice(report),
      timeline(report),
      trigger(report),
      observationsSection(report),
      fencingSection(report),
      standbyPickSection(report),
      attachmentSection(report),
      identitySection(report),
      outage(report),
      standbyLaunchSection(report),
      failuresSection(report),
      states(report),
      settings(report),
      links(report),
      missing(report),
      checksum(report),
    ],
    footer:
      `Made at ${report.madeAt} by coordinator-failover from ${count(report.history.events, 'event')} of ` +
      `${report.execution.executionArn}, and from nothing else. All times are UTC; ` +
      'those in brackets count from the start of the execution.',
  };
}

function glance(report: Report): Section {
  const { execution, outcome, cluster, history, failures } = report;
  return {
    id: 'glance',
    title: 'At a glance',
    blocks: [
      ...incomplete(report),
      facts(
        ['Outcome', `${outcome.kind} (${execution.status})`],
        ['Cluster', text(cluster?.clusterName)],
        ['Coordinator address', text(cluster?.coordinatorAddress)],
        ['Network interface (ENI)', text(cluster?.networkInterfaceId)],
        ['What started it', report.trigger.sentence],
        ['Started', execution.startedAt],
        ['Ended', execution.endedAt],
        ['Took', duration(execution.seconds)],
        [
          'Decided by',
          outcome.rule &&
            `rule "${outcome.rule}" (last of ${count(report.observations.length, 'observation')})`,
        ],
        ['Its sentence', outcome.sentence],
        ['The address was held by', outcome.from],
        ['It was given to', givenTo(report)],
        ['Terminated', listed(outcome.terminated)],
        ['Launched', listed(outcome.launched)],
        [
          'Outage',
          report.outage.seconds === null
            ? report.outage.sentence
            : `about ${duration(report.outage.seconds)}`,
        ],
        ['Failed tries and errors', String(failures.length)],
        ['Execution', execution.executionArn],
        [
          'History',
          `${count(history.events, 'event')}, ${history.complete ? 'complete' : 'NOT complete'}`,
        ],
        ['Checksum of the history', `${history.checksum.algorithm} ${history.checksum.value}`],
      ),
    ],
  };
}

/** As somebody reads it in the night of the incident. */
function advice({ execution, outcome, cluster }: Report): Section {
  const { sentence, commands } = outcome.advice;
  const name = text(cluster?.clusterName);
  const where = `${name === null ? '' : ` --cluster ${name}`} --region ${execution.region}`;
  return {
    id: 'advice',
    title: 'What to do after it',
    blocks: [
      paragraph(sentence),
      {
        kind: 'code',
        text: commands
          .map((command) => `coordinator-failover ${commandText(command, execution.name)}${where}`)
          .join('\n'),
      },
    ],
  };
}

function givenTo({ outcome, verifications }: Report): string {
  if (outcome.to === null) return 'nobody: it was not moved';
  const verified = verifications.some(
    ({ kind, instanceId }) => kind === 'verified' && instanceId === outcome.to,
  );
  return verified ? outcome.to : `${outcome.to}, which was not verified`;
}

function incomplete({ history }: Report): Block[] {
  if (history.complete) return [];
  return [
    notice(`The history is not complete, so this report is not either. ${history.gaps.join(' ')}`),
  ];
}

function timeline({ moments, execution }: Report): Section {
  const { startedAt } = execution;
  return {
    id: 'timeline',
    title: 'Timeline',
    blocks: [
      { kind: 'drawing' },
      table(
        'Marked moments',
        ['No.', 'Moment', 'When', 'What'],
        moments.map(({ name, at, what }, index) => [
          String(index + 1),
          name,
          moment(at, startedAt),
          what,
        ]),
      ),
    ],
  };
}

function states({ visits, execution }: Report): Section {
  const { startedAt } = execution;
  return {
    id: 'states',
    title: 'Every state that was visited',
    blocks: [
      table(
        'The states in their order; events by their ids in the history',
        ['State', 'Entered', 'Took', 'Tries', 'Events'],
        visits.map(({ state, type, enteredAt, seconds, tries, firstEventId, lastEventId }) => [
          `${state} (${type})`,
          moment(enteredAt, startedAt),
          seconds === null ? 'not left' : duration(seconds),
          type === 'Task' ? triesWords(tries) : null,
          firstEventId === lastEventId ? String(firstEventId) : `${firstEventId}–${lastEventId}`,
        ]),
      ),
    ],
  };
}

function triesWords(tries: Report['visits'][number]['tries']): string {
  const failed = tries.filter(({ error }) => error !== null).length;
  return failed === 0 ? String(tries.length) : `${tries.length}, of which ${failed} failed`;
}

function trigger({ trigger: started, execution }: Report): Section {
  const { alarm } = started;
  const { startedAt } = execution;
  return {
    id: 'trigger',
    title: 'What started it',
    blocks: [
      paragraph(started.sentence),
      ...started.notes.map(notice),
      ...requestBlocks(started.request),
      ...(alarm === null
        ? []
        : [
            facts(
              ['Alarm', alarm.name],
              ['Went to ALARM', moment(alarm.changedAt, startedAt)],
              ['Its reason', alarm.reason],
              ['First bad sample', moment(alarm.firstBadSampleAt, startedAt)],
              ['According to', alarm.source],
            ),
          ]),
      ...(started.input === null
        ? []
        : [
            subtitle(`The input as it was given (event ${started.eventId})`),
            { kind: 'code', text: started.input } as const,
          ]),
    ],
  };
}

function requestBlocks(request: Report['trigger']['request']): Block[] {
  if (request === null) return [];
  return [
    facts(
      ['Who asked, by their own word', request.by],
      ['Why', request.reason ?? 'not said'],
      ['To move a coordinator that works (switchover)', request.switchover ? 'yes' : 'no'],
      ['To move it although the rules do not (force)', request.force ? 'yes' : 'no'],
      ['Preferred standby', request.standby ?? 'none'],
      ['Dry run', request.dryRun ? 'yes: nothing may be touched' : 'no'],
    ),
  ];
}

function outage({ outage: seen, execution }: Report): Section {
  const sign = (one: Report['outage']['firstBad']) =>
    one === null ? null : `${moment(one.at, execution.startedAt)}: ${one.what}`;
  return {
    id: 'outage',
    title: 'The outage, as far as the history can tell',
    blocks: [
      paragraph(seen.sentence),
      facts(
        ['Last good sign before', sign(seen.lastGoodBefore)],
        ['First bad sign', sign(seen.firstBad)],
        ['Last bad sign', sign(seen.lastBad)],
        ['First good sign after', sign(seen.firstGoodAfter)],
        ['From first bad to first good', duration(seen.seconds)],
      ),
      paragraph(
        'These times are of several clocks: the hosts, CloudWatch, EC2 and the functions each have their own.',
      ),
    ],
  };
}

function settings({ settings: given, cluster }: Report): Section {
  const rows = (of: Readonly<Record<string, unknown>>) =>
    Object.entries(of).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
  return {
    id: 'settings',
    title: 'Settings and resources in force',
    blocks: [
      given === null
        ? paragraph(`The settings are ${notInTheHistory}.`)
        : table('Settings of this execution', ['Setting', 'Value'], rows(given)),
      cluster === null
        ? paragraph(`The cluster's resources are ${notInTheHistory}.`)
        : table('Resources of the cluster', ['Resource', 'Value'], rows(cluster)),
    ],
  };
}

/** The local cloud's account, which is also the one of AWS's own examples. */
const exampleAccounts = ['123456789012', '000000000000'];

function links({ links: all, execution }: Report): Section {
  const { region, accountId } = execution;
  const blocks: Block[] = exampleAccounts.includes(accountId)
    ? [notice(`${accountId} is the account of a local cloud: there these links lead nowhere.`)]
    : [];
  return {
    id: 'links',
    title: 'In the AWS console',
    blocks: [
      ...blocks,
      paragraph(
        `Account ${accountId}, region ${region}. Step Functions keeps an execution for 90 days.`,
      ),
      all.length === 0
        ? paragraph('The console of this partition is not known to this program.')
        : { kind: 'links', links: all },
    ],
  };
}

function missing({ missing: all }: Report): Section {
  return {
    id: 'missing',
    title: 'What the history does not hold',
    blocks: [
      paragraph(
        'Nothing in this report is from anywhere but the execution history. It cannot tell:',
      ),
      {
        kind: 'list',
        items: all.length === 0 ? ['Nothing more that this report looks for.'] : all,
      },
    ],
  };
}

function checksum({ history }: Report): Section {
  const { algorithm, value, how, commands } = history.checksum;
  return {
    id: 'checksum',
    title: 'Checksum of the history',
    blocks: [
      { kind: 'code', text: `${algorithm} ${value}` },
      paragraph(how),
      { kind: 'code', text: commands.join('\n') },
    ],
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
