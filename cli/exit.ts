/**
 * How a command ends: the exit codes for scripts, and the one kind of error that a person is meant to
 * read. Any other error is a bug.
 */
export const exitCodes = {
  fine: 0,
  /** Degraded, failed, waiting for an operator, not moved, or not known: the output says which. */
  notFine: 1,
  /** Bad usage or input: an option, a stack, a cluster, an execution, a standby. */
  badInput: 2,
  /** AWS could not be asked: credentials, region, network, or a permission. */
  noAws: 3,
  /** Ctrl-C, by the shell's convention. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodesInWords =
  'Exit code: 0 fine, 1 not fine (degraded, failed, waiting for an operator, not known), 2 bad usage or input, ' +
  '3 AWS could not be asked, 130 ended by Ctrl-C.';

/** One sentence for a person, and the command to type next if there is one. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: ExitCode;
  readonly next: string | undefined;

  constructor(exitCode: ExitCode, sentence: string, next?: string) {
    super(sentence);
    this.exitCode = exitCode;
    this.next = next;
  }
}

export function badInput(sentence: string, next?: string): CommandFailure {
  return new CommandFailure(exitCodes.badInput, sentence, next);
}
