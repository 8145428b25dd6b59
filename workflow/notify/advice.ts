/**
 * What an operator should do after an execution: one table, by ending and rule. The message to people, `status`,
 * `failover` and the report take their advice from here.
 * What can go wrong: a command is advised that does nothing. `acknowledge` lifts the failover limit and nothing
 * else; `failover --force` moves the address wherever its holder can be read.
 */
import type { Ending, RuleName } from '../model/incident.ts';

export interface Advice {
  readonly kind: /** Nothing is wrong, or it ends without a person. */
    | 'nothing'
    /** Only a person finds out what is wrong. */
    | 'investigate'
    | 'ask-again'
    | 'acknowledge'
    | 'move'
    | 'resume';
  readonly sentence: string;
  /** In the order in which they are typed. The last one acts; the others lead to it. */
  readonly commands: readonly OperatorCommand[];
}

export interface OperatorCommand {
  readonly command: 'status' | 'doctor' | 'acknowledge' | 'failover' | 'resume' | 'report';
  /** Options by their names; `true` for one without a value. */
  readonly options: Readonly<Record<string, string | true>>;
  /** The command takes the execution as its argument. */
  readonly takes?: 'execution';
}

export interface Ended {
  /** `null`: the execution has not reached an end state. It runs, was stopped, or broke off. */
  readonly ending: Ending | null;
  /** Of the last decision; `null` without a decision. */
  readonly rule: string | null;
  /** Launch standby could not do all that it should. */
  readonly standbysIncomplete: boolean;
}

export function adviceOn({ ending, rule, standbysIncomplete }: Ended): Advice {
  if (ending === null) return withoutEnd;
  const { rules = {}, otherwise, ...row } = table[ending];
  // The rule may be read from the history of another version.
  const ofRule = Object.entries(rules).find(([name]) => name === rule)?.[1];
  return ofRule ?? (standbysIncomplete ? row.standbysIncomplete : undefined) ?? otherwise;
}

/** As it is typed, without the program's name: `acknowledge --reason "..."`. */
export function commandText(
  { command, options, takes }: OperatorCommand,
  execution: string,
): string {
  const given = Object.entries(options).map(([name, value]) =>
    value === true ? `--${name}` : `--${name} ${value}`,
  );
  return [command, ...(takes === undefined ? [] : [execution]), ...given].join(' ');
}

/** The last command, to which the others lead. */
export function leadingCommand({ commands }: Advice, execution = ''): string {
  const last = commands.at(-1);
  return last === undefined ? 'status' : commandText(last, execution);
}

const reason = '"..."';
const status: OperatorCommand = { command: 'status', options: {} };
const watch: OperatorCommand = { command: 'status', options: { watch: true } };
const doctor: OperatorCommand = { command: 'doctor', options: {} };
const report: OperatorCommand = { command: 'report', options: {}, takes: 'execution' };
const acknowledge: OperatorCommand = { command: 'acknowledge', options: { reason } };
const resume: OperatorCommand = { command: 'resume', options: {} };
const move: OperatorCommand = { command: 'failover', options: { force: true, reason } };

interface Row {
  readonly otherwise: Advice;
  readonly rules?: Readonly<Partial<Record<RuleName, Advice>>>;
  readonly standbysIncomplete?: Advice;
}

const nothing: Advice = { kind: 'nothing', sentence: 'Nothing.', commands: [status] };

const unreached: Advice = {
  kind: 'move',
  sentence: 'Find out whether clients reach the coordinator. If they do not, move the address:',
  commands: [status, move],
};

const incompleteStandbys: Advice = {
  kind: 'investigate',
  sentence: 'Find out what keeps the standbys from being complete:',
  commands: [doctor],
};

const table: Readonly<Record<Ending, Row>> = {
  'waiting-for-operator': {
    otherwise: {
      kind: 'move',
      sentence: 'Find out whether the coordinator works. If it does not, move the address:',
      commands: [status, move],
    },
    rules: {
      'failover-limit': {
        kind: 'acknowledge',
        sentence: 'Find out why it fails again and again, then let failovers go on:',
        commands: [status, acknowledge],
      },
      'node-kept': {
        kind: 'move',
        sentence: 'Bring the coordinator back where it is, or move the address to a standby:',
        commands: [status, move],
      },
      // A broken path looks the same from the next coordinator: after an acknowledgement that coordinator
      // would be terminated, too.
      isolated: unreached,
      // The rule `address-unreadable` comes before `requested`: force does not help.
      'address-unreadable': {
        kind: 'investigate',
        sentence:
          'Find out why the address or its holder cannot be read; until then nothing can move:',
        commands: [status, doctor],
      },
    },
  },
  paused: {
    otherwise: {
      kind: 'resume',
      sentence: 'End the pause, or see to the coordinator yourself:',
      commands: [status, resume],
    },
  },
  incomplete: {
    otherwise: {
      kind: 'investigate',
      sentence: 'Find out what is missing, and see whether the next try succeeds:',
      commands: [doctor, watch],
    },
  },
  undecided: {
    otherwise: {
      kind: 'investigate',
      sentence: 'Find out whether the coordinator works, and what of the failover does not:',
      commands: [status, doctor],
    },
  },
  'nothing-to-do': {
    otherwise: nothing,
    rules: { 'self-report-healthy': unreached },
    standbysIncomplete: incompleteStandbys,
  },
  'failed-over': {
    otherwise: {
      kind: 'nothing',
      sentence: 'How it stands now, and the whole story:',
      commands: [status, report],
    },
    standbysIncomplete: {
      ...incompleteStandbys,
      sentence: 'Find out what keeps the standbys from being complete, and read the whole story:',
      commands: [doctor, report],
    },
  },
  refused: {
    otherwise: {
      kind: 'ask-again',
      sentence: 'The refusal says what cannot be done. Ask for what can:',
      commands: [status],
    },
  },
  'dry-run': { otherwise: nothing },
  'stack-deleting': { otherwise: nothing },
};

const withoutEnd: Advice = {
  kind: 'investigate',
  sentence:
    'The execution has not come to an end of its own. See whether the cluster works, and how far it came:',
  commands: [status, report],
};
