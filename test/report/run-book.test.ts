/**
 * The run-book's promise: with it alone, somebody can tell why a failover was waiting for an operator, and resume it.
 * Its own commands are typed here, in its order, against a cluster in that state. And every command in
 * the documents is one that the command line takes.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readArguments } from '../../cli/program.ts';
import { synthesize } from '../../infra/stack/synthesize.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { startTestCluster, type TestCluster } from '../cli/cluster.ts';
import { type Run, runCli } from '../cli/run-cli.ts';

const docs = join(import.meta.dirname, '../../docs');
const program = 'coordinator-failover';

describe('commands in the documents', () => {
  test('docs: each one is taken by the command line', async () => {
    const names = (await readdir(docs)).filter((name) => name.endsWith('.md'));
    let count = 0;
    for (const name of names) {
      for (const command of commandsIn(await readFile(join(docs, name), 'utf8'))) {
        const reading = readArguments(command);
        expect(reading, `${name}: ${command.join(' ')}`).toMatchObject({ kind: 'run' });
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(30);
  });

  test('docs: every link within and between the documents leads somewhere', async () => {
    for (const name of ['run-book.md', 'risks.md', 'drills.md']) {
      const text = await readFile(join(docs, name), 'utf8');
      for (const [, file, anchor] of text.matchAll(/\]\(([\w./-]*\.md)?(?:#([\w-]+))?\)/g)) {
        const target = await readFile(join(docs, file ?? name), 'utf8');
        if (anchor === undefined) continue;
        expect(anchorsIn(target), `${name}: ${file ?? ''}#${anchor}`).toContain(anchor);
      }
    }
  });
});

describe('the section "Waiting for operator", typed by somebody who knows nothing else', () => {
  let directory: string;
  let cluster: TestCluster;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'run-book-'));
    const synthesized = await synthesize(join(directory, 'synthesized'));
    cluster = await startTestCluster(synthesized);
  });
  afterAll(async () => {
    await cluster.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('run-book: why it was waiting for an operator is told, and it goes on', async () => {
    const [activeId = '', standbyId = ''] = cluster.coordinatorIds;
    await waitingForOperator(cluster, activeId);
    const text = await readFile(join(docs, 'run-book.md'), 'utf8');
    const [why = [], goOn = []] = blocksOf(sectionOf(text, 'Waiting for operator'));

    const [status, history] = await typeAll(why);
    expect(status?.stdout).toContain('The last execution was waiting for an operator');
    expect(status?.stdout).toContain('3 failovers within 60 minutes');
    expect(history?.stdout).toContain('Waiting for operator');
    const report = await readFile(join(directory, 'incident.html'), 'utf8');
    expect(report).toContain(
      'There were 3 failovers within 60 minutes (limit 3): a person decides',
    );
    expect(holderOf(cluster)).toBe(activeId);

    const [acknowledged, failover] = await typeAll(goOn);
    expect(acknowledged).toMatchObject({ code: 0 });
    expect(failover).toMatchObject({ code: 0 });
    // On a busy machine an execution that the alarm started has moved the address before the typed one looked.
    await expect.poll(() => holderOf(cluster)).toBe(standbyId);
    await expect
      .poll(async () => (await runCli(cluster, ['history'])).stdout, { interval: 2000 })
      .toContain('Failed over');
  });

  async function typeAll(commands: readonly string[][]): Promise<Run[]> {
    const runs: Run[] = [];
    for (const command of commands) {
      const typed = command.map((word) => word.replace(/^incident\.html$/, join(directory, word)));
      runs.push(await runCli(cluster, typed));
    }
    return runs;
  }
});

/** Three failovers within the hour, and a coordinator that has failed once more. */
async function waitingForOperator(cluster: TestCluster, activeId: string): Promise<void> {
  const { cloud, networkInterfaceId } = cluster;
  const { endpoint, region, rootCredentials: credentials } = cloud;
  const times = [40, 25, 10].map((minutes) => Math.floor(Date.now() / 1000) - minutes * 60);
  const ec2 = new EC2Client({ endpoint, region, credentials });
  const Tags = [{ Key: tagKeys.failovers, Value: times.join(' ') }];
  await ec2.send(new CreateTagsCommand({ Resources: [networkInterfaceId], Tags }));
  ec2.destroy();
  cluster.setReady(activeId, false);
  // The alarm finds it.
  await expect.poll(() => cloud.stepFunctions.traces().length).toBeGreaterThan(0);
  expect((await runCli(cluster, ['history', '--json'])).stdout).toMatch(
    /"ending": "waiting-for-operator"/,
  );
}

function holderOf({ cloud, networkInterfaceId }: TestCluster): string | undefined {
  const { networkInterfaces } = cloud.ec2.snapshot();
  return networkInterfaces.find((one) => one.networkInterfaceId === networkInterfaceId)?.attachment
    ?.instanceId;
}

function sectionOf(text: string, title: string): string {
  const section = text.split(/^## /m).find((one) => one.startsWith(`${title}\n`));
  if (section === undefined) throw new Error(`The run-book has no section "${title}".`);
  return section;
}

/** Our commands of each block that holds any. */
function blocksOf(text: string): string[][][] {
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)]
    .map(([, block = '']) => commandsIn(block))
    .filter((commands) => commands.length > 0);
}

/** In blocks and in the running text; what stands for something is filled in. */
function commandsIn(text: string): string[][] {
  const inText = [...text.matchAll(/`(coordinator-failover [^`]*)`/g)].map(([, one = '']) => one);
  const inBlocks = text.split('\n').filter((line) => line.startsWith(`${program} `));
  return [...inText, ...inBlocks].map((line) => words(line).slice(1));
}

/** As a shell splits it: quotes, and comments after two blanks. */
function words(line: string): string[] {
  return [...line.replace(/\s+#.*$/, '').matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, bare = '']) => (quoted ?? bare).replace(/^i-\.\.\.$/, 'i-0123456789abcdef0'),
  );
}

/** As GitHub makes them. */
function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
