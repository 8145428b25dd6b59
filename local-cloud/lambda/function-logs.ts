/**
 * The output of functions. Lambda writes it to the function's log group, with the function's own
 * role.
 * Source: Lambda developer guide, "Sending Lambda function logs to CloudWatch Logs", permissions.
 * What can go wrong: without the permission a function runs, its output is lost, and AWS tells
 * nobody. Here the loss is kept.
 */
import type { Authorizer } from '../iam/authorizer.ts';

export interface LogLine {
  readonly atMs: number;
  readonly functionName: string;
  readonly text: string;
}

export interface LostLog {
  readonly functionName: string;
  readonly logGroupName: string;
  readonly refusal: string;
}

export interface FunctionLogs {
  write(by: WritingFunction, text: string): void;
  /** Oldest first: the last 10,000 lines. */
  lines(): readonly LogLine[];
  /** One loss for each function and permission. */
  lost(): readonly LostLog[];
}

export interface WritingFunction {
  readonly functionName: string;
  readonly logGroupName: string;
  readonly roleArn: string;
}

export interface FunctionLogsOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: { now(): number };
  /** @default every role may write */
  readonly authorizer?: () => Authorizer;
}

const mostLogLines = 10_000;
const actions = ['logs:CreateLogStream', 'logs:PutLogEvents'];

export function createFunctionLogs(options: FunctionLogsOptions): FunctionLogs {
  const lines: LogLine[] = [];
  const lost = new Map<string, LostLog>();

  const refusalOf = ({ functionName, logGroupName, roleArn }: WritingFunction) => {
    const { region, accountId, authorizer } = options;
    const resource = `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}:log-stream:latest`;
    const caller = { accessKeyId: 'Lambda', principalArn: roleArn, sessionName: functionName };
    for (const action of actions) {
      const refusal = authorizer?.().refusalOf(caller, { action, resource });
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  };
  return {
    write(by, text) {
      const refusal = refusalOf(by);
      const { functionName, logGroupName } = by;
      if (refusal !== undefined) {
        lost.set(`${functionName} ${refusal}`, { functionName, logGroupName, refusal });
        return;
      }
      lines.push({ atMs: options.clock.now(), functionName, text });
      if (lines.length > mostLogLines) lines.shift();
    },
    lines: () => lines,
    lost: () => [...lost.values()],
  };
}
