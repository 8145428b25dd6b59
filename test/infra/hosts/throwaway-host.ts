/**
 * A coordinator's first boot below a throwaway root: cloud-init's part in it, and stand-ins for every
 * command of the system that the scripts call. On PATH there is nothing else: what a script needs and
 * nobody listed here is an error that its test shows.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Real ones: they only touch files below the root. */
const realTools = 'bash cat chmod cmp cut ln mkdir mv readlink rm sha256sum timeout true'.split(
  ' ',
);

/** What a stand-in does, as shell; each call is first written down in `calls`. */
export type StandIns = Readonly<Record<string, string>>;

export const probeBundle = 'the probe';
export const probeSha256 = createHash('sha256').update(probeBundle).digest('hex');

/** Installs a Node.js as Amazon Linux 2023 does: /usr/bin/node-24, no other name. */
const dnf = `name=node-24; [ "$last" != nodejs22 ] || name=node-22
printf '#!%s/bash\\necho v%s.1.0\\n' "$TOOLS" "\${name#node-}" >"$TOOLS/$name"; chmod +x "$TOOLS/$name"`;

/** A stock Amazon Linux 2023 with a way to AWS. */
export const stockHost: StandIns = {
  aws: `printf '%s' '${probeBundle}' >"$last"`,
  dnf,
  logger: 'true',
  sleep: 'true',
  systemctl: `case "$1 $last" in "is-active "*) [ -e "$ROOT/running" ];; "restart "*) : >"$ROOT/running";; esac`,
};

export interface ThrowawayHost {
  readonly root: string;
  /** Boots with the user data as cloud-init would: every part, whatever became of the others. */
  boot(userData: string): Boot;
  /** Replaces stand-ins; undefined removes the command. */
  give(standIns: Readonly<Record<string, string | undefined>>): Promise<void>;
  /** Of a file below the root; undefined where there is none. */
  read(path: string): Promise<string | undefined>;
}

export interface Boot {
  /** File names of the parts that ended with an error, as in cloud-init's own message. */
  readonly failed: readonly string[];
  /** Everything that the parts wrote. */
  readonly output: string;
  /** The calls of stand-ins, one line each. */
  readonly calls: readonly string[];
}

export async function throwawayHost(root: string, standIns: StandIns): Promise<ThrowawayHost> {
  const tools = join(root, 'tools');
  const calls = join(root, 'calls');
  await mkdir(tools, { recursive: true });
  for (const tool of realTools) await symlink(pathOf(tool), join(tools, tool));
  const give = async (given: Readonly<Record<string, string | undefined>>) => {
    for (const [name, does] of Object.entries(given)) {
      const text = `#!${tools}/bash\necho "${name} $*" >>"${calls}"\nfor last; do :; done\n${does ?? 'exit 127'}\n`;
      await rm(join(tools, name), { force: true });
      if (does === undefined) continue;
      await writeFile(join(tools, name), text);
      await chmod(join(tools, name), 0o755);
    }
  };
  await give(standIns);
  const environment = { PATH: tools, TOOLS: tools, ROOT: root, COORDINATOR_FAILOVER_ROOT: root };

  return {
    root,
    give,
    boot(userData) {
      writeFileSync(calls, '');
      const failed: string[] = [];
      let output = '';
      for (const { fileName, text } of partsOf(userData)) {
        const run = spawnSync(join(tools, 'bash'), ['-c', text], {
          env: environment,
          encoding: 'utf8',
          timeout: 150_000,
        });
        output += run.stdout + run.stderr;
        if (run.status !== 0) failed.push(fileName);
      }
      const written = readFileSync(calls, 'utf8');
      return { failed, output, calls: written.split('\n').filter(Boolean) };
    },
    read: (path) => readFile(join(root, path), 'utf8').catch(() => undefined),
  };
}

/** In the order in which cloud-init runs them: by file name. */
export function partsOf(userData: string): { readonly fileName: string; readonly text: string }[] {
  const boundary = /boundary="([^"]+)"/.exec(userData)?.[1];
  const parts = userData.split(`--${boundary}`).slice(1, -1);
  return parts
    .map((part) => {
      const [head = '', ...body] = part.split('\n\n');
      const fileName = /filename="([^"]+)"/.exec(head)?.[1] ?? '';
      const text = body.join('\n\n');
      const encoded = head.includes('Content-Transfer-Encoding: base64');
      return { fileName, text: encoded ? Buffer.from(text, 'base64').toString('utf8') : text };
    })
    .sort((one, other) => one.fileName.localeCompare(other.fileName));
}

function pathOf(tool: string): string {
  const found = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
  return found === tool ? `/usr/bin/${tool}` : found;
}
