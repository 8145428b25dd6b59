/** What lambda.ts and the isolates that it starts say to each other. */

/** Where a function's connections get to. */
export type Reach =
  /** In a VPC without NAT: only addresses that begin so. */
  | { readonly kind: 'vpc'; readonly addressPrefixes: readonly string[] }
  /**
   * Not in a VPC: the public endpoints of AWS. Here these are the AWS API, and what stands for the
   * S3 bucket that takes the answers of custom resources.
   */
  | {
      readonly kind: 'public';
      readonly hosts: readonly { readonly host: string; readonly port: number }[];
    };

/** Lambda, LoggingConfig. */
export type LogFormat = 'Text' | 'JSON';

export interface IsolateData {
  readonly functionName: string;
  readonly functionArn: string;
  readonly codeDirectory: string;
  /** `index.handler` */
  readonly handler: string;
  readonly memoryMegabytes: number;
  readonly logStreamName: string;
  readonly logFormat: LogFormat;
  readonly reach: Reach;
}

export interface ToIsolate {
  readonly requestId: string;
  /** JSON */
  readonly payload: string;
  /** Until the invocation's timeout. */
  readonly remainingMs: number;
}

export interface ReportedError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export type FromIsolate =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'not loaded'; readonly error: ReportedError }
  | { readonly kind: 'answered'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'failed'; readonly requestId: string; readonly error: ReportedError };
