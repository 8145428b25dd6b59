/**
 * The parts of docs/design.md that follow from the code: the table of steps, and which checkers defend an
 * invariant.
 * What can go wrong: a step without a line in `code`, or a line that names what is not there. Both are
 * errors, so that the table is whole and true.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkers } from '../../trials/simulation/checkers/all.ts';
import { headOf, type MadeDocument, readDocument, root, row, withParts } from './document.ts';

const file = 'docs/design.md';

export const designDocument: MadeDocument = {
  file,
  make: () => withParts(file, { steps: stepsTable(), ...checkerLines() }),
};

interface StepCode {
  /** Of the finding, where others read it. */
  readonly type?: string;
  /** What is decided in it, where something is; from the root of the project. */
  readonly pure?: string;
}

/** By state. */
const code: Readonly<Record<string, StepCode>> = {
  'Survey coordinators': { type: 'Survey' },
  'Ask coordinators': { type: 'Answers', pure: 'workflow/model/info.ts' },
  'Confirm failure': { type: 'Decision', pure: 'workflow/decide/confirm-failure.ts' },
  'Terminate instance': { type: 'Termination', pure: 'workflow/model/tags.ts' },
  'Pick standby': { type: 'StandbyPick', pure: 'workflow/standbys/pick-standby.ts' },
  'Attach ENI': { type: 'AttachmentFinding' },
  'Verify coordinator': { type: 'Verification', pure: 'workflow/decide/verify-coordinator.ts' },
  'Launch standby': { type: 'StandbyLaunch', pure: 'workflow/standbys/reconcile.ts' },
  'Reset alarms': { type: 'AlarmReset' },
  'Record incident': { type: 'IncidentRecord', pure: 'workflow/notify/message.ts' },
  'Notify people': { type: 'Notification' },
  'Advance stack operation': { type: 'Step', pure: 'workflow/stack/bring-up.ts' },
  'Answer CloudFormation': {},
};

const machines = ['workflow/failover.asl.json', 'workflow/stack-operation.asl.json'];

function stepsTable(): string {
  return machines
    .flatMap((machine) => [
      `\`${machine}\`:`,
      '',
      ...headOf(['state', 'function', 'decided in', 'type', 'field']),
      ...tasksOf(machine).map(stepRow),
      '',
    ])
    .join('\n')
    .trimEnd();
}

interface Task {
  readonly state: string;
  readonly resource: string;
  readonly resultPath: string;
}

function tasksOf(machine: string): Task[] {
  const { States: states } = JSON.parse(readDocument(machine)) as {
    readonly States: Readonly<
      Record<string, { readonly Type: string; readonly Resource?: string; ResultPath?: string }>
    >;
  };
  return Object.entries(states)
    .filter(([, { Type }]) => Type === 'Task')
    .map(([state, { Resource = '', ResultPath = '' }]) => ({
      state,
      resource: Resource,
      resultPath: ResultPath,
    }));
}

function stepRow({ state, resource, resultPath }: Task): string {
  const known = code[state];
  if (known === undefined) throw new Error(`docs/made/design.ts has no line for "${state}".`);
  const { type, pure } = known;
  if (type && !isExported(type)) throw new Error(`workflow/ exports no ${type} ("${state}").`);
  const name = /^FUNCTION (.+)$/.exec(resource)?.[1];
  for (const path of [pure, name && `handlers/${name}.ts`]) {
    if (path && !existsSync(join(root, path))) throw new Error(`There is no ${path} ("${state}").`);
  }
  const by = name === undefined ? 'none: Step Functions publishes' : `\`${name}\``;
  const decided = pure === undefined ? '' : `\`${pure}\``;
  const field = resultPath.replace(/^\$\./, '');
  return row([state, by, decided, type === undefined ? '' : `\`${type}\``, `\`${field}\``]);
}

const workflowSources = readdirSync(join(root, 'workflow'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(root, 'workflow', path), 'utf8'))
  .join('\n');

function isExported(type: string): boolean {
  return new RegExp(`^export (?:interface|type) ${type}\\b`, 'm').test(workflowSources);
}

function checkerLines(): Record<string, string> {
  const byInvariant = Map.groupBy(checkers, ({ invariant }) => invariant);
  return Object.fromEntries(
    [...byInvariant].map(([invariant, own]) => [
      `checkers ${invariant}`,
      own.map(({ name, defends }) => `* Checker \`${name}\`: ${defends}`).join('\n'),
    ]),
  );
}
