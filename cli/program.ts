/** The commands of `coordinator-failover`, and the reading of what a person typed. */
import packageJson from '../package.json' with { type: 'json' };
import type { CliCommand, Typed } from './command.ts';
import { acknowledge } from './commands/acknowledge.ts';
import { doctor } from './commands/doctor.ts';
import { failover } from './commands/failover.ts';
import { history } from './commands/history.ts';
import { pause } from './commands/pause.ts';
import { report } from './commands/report.ts';
import { resume } from './commands/resume.ts';
import { status } from './commands/status.ts';
import { switchover } from './commands/switchover.ts';
import { exitCodesInWords } from './exit.ts';
import { type Parsed, readProgram } from './terminal/command-line.ts';

export const commands: readonly Omit<CliCommand, 'run'>[] = [
  status,
  switchover,
  failover,
  pause,
  resume,
  acknowledge,
  history,
  report,
  doctor,
];

/** `typed` is what follows the program's name. */
export function readArguments(typed: readonly string[]): Parsed<Typed> {
  return readProgram(
    {
      name: 'coordinator-failover',
      summary: 'Shows, steers and audits the failover of a Presto or Trino coordinator on AWS.',
      version: packageJson.version,
      commands: commands.map(({ choice }) => choice),
      afterHelp: [
        'Every command has --help.',
        'Against AWS, or against a local cloud by AWS_ENDPOINT_URL. Credentials as for the AWS CLI.',
        exitCodesInWords,
      ].join('\n'),
    },
    typed,
  );
}
