/** A CloudWatch on loopback, for tests: takes the probe's two calls in AWS JSON. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface SeenCall {
  /** PutMetricData or SetAlarmState. */
  readonly operation: string;
  readonly input: {
    readonly Namespace?: string;
    readonly MetricData?: readonly {
      readonly MetricName: string;
      readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
      readonly Value: number;
      readonly StorageResolution: number;
      readonly Timestamp: number;
    }[];
    readonly AlarmName?: string;
    readonly StateValue?: string;
    readonly StateReason?: string;
    readonly StateReasonData?: string;
  };
  readonly accessKeyId: string | undefined;
}

export interface StandInCloudWatch {
  readonly endpoint: string;
  /** Calls that were taken. */
  readonly taken: SeenCall[];
  /** All that came, failed ones too. */
  asked: number;
  mode: 'works' | 'fails' | 'hangs' | 'refuses';
  stop(): Promise<void>;
}

export async function startCloudWatch(): Promise<StandInCloudWatch> {
  const server = createServer((request, response) => void answer(cloudWatch, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  const cloudWatch: StandInCloudWatch = {
    endpoint: `http://127.0.0.1:${address.port}`,
    taken: [],
    asked: 0,
    mode: 'works',
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return cloudWatch;
}

async function answer(
  cloudWatch: StandInCloudWatch,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  cloudWatch.asked += 1;
  const call = await readCall(request);
  if (cloudWatch.mode === 'hangs') return;
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  if (cloudWatch.mode === 'fails') {
    response.writeHead(500).end('{"__type":"InternalServiceFault","message":"not now"}');
  } else if (cloudWatch.mode === 'refuses') {
    const body = { __type: 'com.amazonaws.cloudwatch#InvalidParameterValueException' };
    response.writeHead(400).end(JSON.stringify({ ...body, message: 'too old' }));
  } else {
    cloudWatch.taken.push(call);
    response.end('{}');
  }
}

async function readCall(request: IncomingMessage): Promise<SeenCall> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return {
    operation: String(request.headers['x-amz-target']).split('.').at(-1) ?? '',
    input: JSON.parse(text),
    accessKeyId: /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1],
  };
}
