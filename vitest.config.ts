/**
 * Tests run on the sources as they are. The JSON report is where `.ci/run` takes its closing line
 * from, so it is always written. What is slow by nature (whole drills, every interleaving, the package as somebody
 * installs it) is in `*.slow.test.ts`: `npm run test:slow`, and `.ci/run`.
 */
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

const slow = '**/*.slow.test.ts';
const pure = 'test/{workflow,handlers,history,aws}/**/*.test.ts';
const cdk = 'test/infra/**/*.test.ts';
const all = ['test/**/*.test.ts', 'local-cloud/test/**/*.test.ts', 'trials/test/**/*.test.ts'];
// Programs that tests start are compiled once: they inherit the environment.
const NODE_COMPILE_CACHE = join(import.meta.dirname, 'node_modules/.cache/compiled');

export default defineConfig({
  test: {
    env: { NODE_COMPILE_CACHE },
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: all,
          exclude: [...configDefaults.exclude, slow, pure, cdk],
        },
      },
      // Without state or surroundings of their own: they share a process.
      { extends: true, test: { name: 'pure', include: [pure], isolate: false } },
      // CDK takes seconds to load: once a process.
      { extends: true, test: { name: 'cdk', include: [cdk], isolate: false } },
      {
        extends: true,
        test: { name: 'slow', include: [`{test,local-cloud/test,trials/test}/${slow}`] },
      },
    ],
    // Tests start servers, isolates and child processes: a process each keeps them apart.
    pool: 'forks',
    maxWorkers: 2,
    // Of a machine that is ten times as busy: what runs into them hangs.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    teardownTimeout: 100_000,
    expect: { poll: { timeout: 100_000 } },
    reporters: [
      'default',
      ['json', { outputFile: process.env.TEST_REPORT ?? 'test-results/report.json' }],
    ],
    coverage: { provider: 'v8', reportsDirectory: 'coverage' },
  },
});
