/**
 * The commands and their options, in one table: what is parsed, what `--help` says and what the tests
 * go through are drawn from it.
 */

export const commandNames = [
  'status',
  'failover',
  'pause',
  'resume',
  'acknowledge',
  'history',
  'report',
  'doctor',
] as const;

export type CommandName = (typeof commandNames)[number];

export interface OptionRule {
  /** What stands for the value in the help; without one it is a switch. */
  readonly value?: string;
  readonly what: string;
}

export interface CommandRule {
  readonly summary: string;
  /** More lines for its help. */
  readonly details: readonly string[];
  /** What it needs besides options. */
  readonly argument?: { readonly name: string; readonly what: string };
  readonly options: Readonly<Record<string, OptionRule>>;
  readonly required: readonly string[];
  readonly example: string;
}

export const commonOptions = {
  cluster: { value: 'NAME', what: 'the cluster; default: the only one in the region' },
  stack: { value: 'NAME', what: 'the CloudFormation stack that the cluster belongs to' },
  region: {
    value: 'REGION',
    what: 'default: AWS_REGION, AWS_DEFAULT_REGION, the region of the profile',
  },
  profile: { value: 'NAME', what: 'a profile of the AWS CLI; default: AWS_PROFILE' },
  json: { what: 'the result as one JSON document on stdout' },
  help: { what: 'this text' },
} as const satisfies Record<string, OptionRule>;

const reason = { value: 'TEXT', what: 'why; it stands in the record' } as const;
const by = { value: 'NAME', what: 'who asks; default: the name of your user here' } as const;

export const commands: Readonly<Record<CommandName, CommandRule>> = {
  status: {
    summary: 'who is active, who could take over, what is degraded and what to do',
    details: [
      'Looks, touches nothing. What cannot be read is said; the rest is shown all the same.',
      'Exit code 0 only if everything could be read and is well.',
    ],
    options: { watch: { what: 'again and again, until Ctrl-C' } },
    required: [],
    example: 'status --watch',
  },
  failover: {
    summary: 'starts a failover and shows it live until it ends',
    details: [
      'Without --force it looks, and acts only if the coordinator has failed. Ctrl-C stops the watching,',
      'not the failover. --upgrade launches a standby of the new version and ends; type it again when',
      'status shows the standby ready, and the address moves to it.',
    ],
    options: {
      reason,
      force: { what: 'move the address from a healthy coordinator to a ready standby' },
      upgrade: { what: 'move the address to a standby of the new launch template version' },
      standby: { value: 'INSTANCE', what: 'who is to take over' },
      'dry-run': { what: 'only say what would be done' },
      by,
    },
    required: ['reason'],
    example: 'failover --force --reason "kernel upgrade"',
  },
  pause: {
    summary: 'stops automatic failover',
    details: ['A failover that has begun is finished. --force still moves the address.'],
    options: {
      reason,
      for: { value: 'DURATION', what: '30m, 2h, 1d; default: until resumed' },
      by,
    },
    required: ['reason'],
    example: 'pause --for 2h --reason "network maintenance"',
  },
  resume: {
    summary: 'ends a pause',
    details: [],
    options: {},
    required: [],
    example: 'resume',
  },
  acknowledge: {
    summary: 'lifts a held-back state after too many failovers',
    details: ['The failovers up to now no longer count towards the limit.'],
    options: { reason, by },
    required: ['reason'],
    example: 'acknowledge --reason "the bad image is gone"',
  },
  history: {
    summary: 'the incidents: when, why, rule, outcome, outage, from which to which instance',
    details: ['Looks in which nothing happened are left out unless --all.'],
    options: {
      since: { value: 'DURATION', what: 'how far back: 12h, 7d; default 1d, at most 90d' },
      limit: { value: 'N', what: 'at most so many incidents, 1 to 500; default 20' },
      all: { what: 'also the looks that found nothing to do' },
    },
    required: [],
    example: 'history --since 7d',
  },
  report: {
    summary: 'the audit report of one incident, from its execution history alone',
    details: ['Without --out it goes to stdout.'],
    argument: {
      name: 'EXECUTION',
      what: 'ARN or name of an execution that has ended, or "last" for the newest incident',
    },
    options: {
      format: {
        value: 'FORMAT',
        what: 'html, markdown or json; default: as the file, else markdown',
      },
      out: { value: 'FILE', what: 'where to write it: .html, .md or .json' },
    },
    required: [],
    example: 'report last --out incident.html',
  },
  doctor: {
    summary: 'what would get in the way of the next failover; each finding with its cure',
    details: ['Looks, touches nothing: permissions are tried by dry run.'],
    options: {},
    required: [],
    example: 'doctor',
  },
};
