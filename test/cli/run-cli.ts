/** The command line as a process of its own, pointed at a local cloud. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { TestCluster } from './cluster.ts';

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Ctrl-C once stdout contains these words. */
  readonly interruptAt?: string;
}

export function runCli(
  cluster: Pick<TestCluster, 'cloud'> | undefined,
  typed: readonly string[],
  { environment = {}, interruptAt }: RunOptions = {},
): Promise<Run> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../cli/main.ts'), ...typed],
    {
      env: {
        PATH: process.env.PATH,
        HOME: '/nonexistent',
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        ...awsEnvironment(cluster),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      const before = texts[name];
      texts[name] += text;
      if (interruptAt === undefined || name !== 'stdout') return;
      if (!before.includes(interruptAt) && texts[name].includes(interruptAt)) child.kill('SIGINT');
    });
  }
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code, ...texts });
    });
  });
}

function awsEnvironment(cluster: Pick<TestCluster, 'cloud'> | undefined) {
  if (cluster === undefined) return {};
  const { endpoint, region, rootCredentials } = cluster.cloud;
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: rootCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: rootCredentials.secretAccessKey,
  };
}
