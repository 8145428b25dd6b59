/**
 * Makes the bundles: one file per function, and one for the probe, with the AWS SDK inside.
 * What can go wrong: a bundle that differs from run to run changes asset hashes, and so deploys for
 * nothing. Nothing in it depends on the caller's folder, the time or the machine.
 */
import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildFailure, type BuildOptions, build, type Message, type Plugin } from 'esbuild';
import { functionNames, stackOperationFunctionNames } from './bundles.ts';

const packageDirectory = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Writes `<outputDirectory>/<function>/index.cjs` for every function. Its handler: `index.handler`.
 *
 * CommonJS, because an `import` of node:http reads all that it exports, and one of them loads a whole
 * WebSocket client: 35 ms of CPU, more than half as much as everything else (measured, Node 24).
 * `require` does not. Lambda's runtime looks for .js, .mjs and .cjs, in this order.
 */
export async function bundleFunctions(outputDirectory: string): Promise<BundleContents> {
  const entryPoints = Object.fromEntries(
    [...functionNames, ...stackOperationFunctionNames].map((name) => [
      `${name}/index`,
      sourceFile(`handlers/${name}.ts`),
    ]),
  );
  const { metafile } = await inOneSentence(
    build({
      ...commonOptions,
      format: 'cjs',
      plugins: [...commonOptions.plugins, credentialsOfLambda, noEventStreams],
      metafile: true,
      minifyWhitespace: true,
      minifySyntax: true,
      entryPoints,
      outdir: outputDirectory,
      outExtension: { '.js': '.cjs' },
    }),
  );
  return Object.values(metafile.outputs).map(({ entryPoint = '', bytes, inputs }) => ({
    name: basename(entryPoint, '.ts'),
    bytes,
    bytesByFile: new Map(
      Object.entries(inputs).map(([file, { bytesInOutput }]) => [file, bytesInOutput]),
    ),
  }));
}

/** What each bundle is made of. */
export type BundleContents = readonly {
  readonly name: string;
  readonly bytes: number;
  readonly bytesByFile: ReadonlyMap<string, number>;
}[];

/** Writes the probe as one file and returns its path: `<outputDirectory>/probe.mjs`. */
export async function bundleProbe(outputDirectory: string): Promise<string> {
  const outfile = join(outputDirectory, 'probe.mjs');
  await inOneSentence(
    build({
      ...commonOptions,
      // Older than what is installed (`least_node` in probe/host/install.sh): an image that brings an old
      // Node.js gets a sentence in the log, not a crash.
      target: 'node20',
      entryPoints: [sourceFile('probe/main.ts')],
      outfile,
    }),
  );
  return outfile;
}

/** Writes the command line as one file, with everything that it imports. */
export async function bundleCommandLine(outfile: string): Promise<void> {
  await inOneSentence(
    build({
      ...commonOptions,
      target: 'node20',
      entryPoints: [sourceFile('cli/main.ts')],
      outfile,
      // The library for the command line is CommonJS, and requires modules of Node.
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    }),
  );
}

/** Writes `<outputDirectory>/host/`: the probe and the texts that install it. */
export async function bundleHost(outputDirectory: string): Promise<void> {
  const directory = join(outputDirectory, 'host');
  await cp(sourceFile('probe/host'), directory, { recursive: true });
  await bundleProbe(directory);
}

/** @throws Error with one sentence about the first problem */
async function inOneSentence<Result>(building: Promise<Result>): Promise<Result> {
  try {
    return await building;
  } catch (error) {
    const [first, ...more] = (error as Partial<BuildFailure>).errors ?? [];
    if (first === undefined) throw error;
    const others = more.length > 0 ? ` (and ${more.length} more)` : '';
    throw new Error(`${placeOf(first)}${first.text}${others}`, { cause: error });
  }
}

function placeOf({ location }: Message): string {
  return location ? `${location.file}:${location.line}:${location.column}: ` : '';
}

/**
 * The SDK writes its schemas with computed keys (`{ [_xN]: _m }`), which keeps esbuild from dropping
 * the schemas of operations that nobody calls. As literal keys they can be dropped: client-ec2's
 * schemas shrink from 1 MB to 60 KB, and a function loads in a quarter of the time (measured).
 */
const literalSchemaKeys: Plugin = {
  name: 'literal-schema-keys',
  setup(esbuild) {
    const schemas = /[\\/]client-[a-z0-9-]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/;
    esbuild.onLoad({ filter: schemas }, async ({ path }) => ({
      contents: withLiteralKeys(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
};

function withLiteralKeys(source: string): string {
  const constants = new Map<string, string>();
  for (const [, name, literal] of source.matchAll(/^const (_\w+) = ("[^"]*");$/gm)) {
    if (name !== undefined && literal !== undefined) constants.set(name, literal);
  }
  return source.replace(/\[(_\w+)\]:/g, (whole, name: string) => {
    const literal = constants.get(name);
    return literal === undefined ? whole : `${literal}:`;
  });
}

/**
 * Handlers load the SDK lazily, so that they can be imported without one. In a bundle that would keep
 * esbuild from dropping anything of the SDK, and it would load in the first invocation, in the middle
 * of a failover, instead of in Lambda's init phase. So a lazy import of a local file becomes a plain
 * one.
 */
const eagerImports: Plugin = {
  name: 'eager-imports',
  setup(esbuild) {
    esbuild.onLoad({ filter: /[\\/]handlers[\\/][a-z-]+\.ts$/ }, async ({ path }) => ({
      contents: withEagerImports(await readFile(path, 'utf8')),
      loader: 'ts',
    }));
  },
};

function withEagerImports(source: string): string {
  const imports: string[] = [];
  const eager = source.replace(
    /\bimport\(('\.{1,2}\/[a-z0-9/-]+\.ts')\)/g,
    (_whole, file: string) => {
      const name = `eager${imports.length}`;
      imports.push(`import * as ${name} from ${file};`);
      return `Promise.resolve(${name})`;
    },
  );
  return [...imports, eager].join('\n');
}

/**
 * A function's credentials stand in its environment. The SDK's other ways to find some (profiles, SSO,
 * web identity, metadata) are a third of the bundle, and never taken there.
 */
const credentialsOfLambda: Plugin = {
  name: 'credentials-of-lambda',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ importer }) => ({
      path: '@aws-sdk/credential-provider-node',
      namespace: 'lambda',
      pluginData: dirname(importer),
    }));
    esbuild.onLoad({ filter: /.*/, namespace: 'lambda' }, ({ pluginData }) => ({
      contents: `import { fromEnv } from '@aws-sdk/credential-provider-env';
        export const defaultProvider = () => fromEnv();`,
      resolveDir: pluginData as string,
    }));
  },
};

/**
 * The SDK loads its event streams by a dynamic import, which in one file makes esbuild keep all that they
 * use. No operation of EC2, CloudWatch or Step Functions that is called here has one.
 */
const noEventStreams: Plugin = {
  name: 'no-event-streams',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: 'none', namespace: 'no-event-streams' } : undefined,
    );
    esbuild.onLoad({ filter: /.*/, namespace: 'no-event-streams' }, () => ({
      contents: 'export const EventStreamSerde = undefined;',
    }));
  },
};

const commonOptions = {
  absWorkingDir: packageDirectory,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  plugins: [literalSchemaKeys, eagerImports],
  legalComments: 'none',
  charset: 'utf8',
  logLevel: 'silent',
} as const satisfies BuildOptions;

function sourceFile(path: string): string {
  const file = join(packageDirectory, path);
  if (!existsSync(file)) throw new Error(`Cannot bundle: ${path} does not exist.`);
  return file;
}
