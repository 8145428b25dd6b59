/** The messages between lambda.ts and its isolates. */

/** The reach of a function. */
export type Reach =
  /** In a VPC without NAT: the beginning of addresses within reach. */
  | { readonly kind: 'vpc'; readonly addressPrefixes: readonly string[] }
  /**
   * Outside of a VPC: the public endpoints of AWS, which are the AWS API and the stand-in of the S3
   * bucket for answers of custom resources.
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
  /** Milliseconds until the invocation's timeout. */
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
