/**
 * Tests run on the sources as they are. The JSON report is where `.ci/run` takes its closing line
 * from, so it is always written.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'local-cloud/test/**/*.test.ts'],
    // Tests start servers, isolates and child processes: a process each keeps them apart.
    pool: 'forks',
    maxWorkers: 2,
    // Of a machine that is ten times as busy: what runs into them hangs.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    teardownTimeout: 100_000,
    expect: { poll: { timeout: 100_000 } },
    reporters: ['default', ['json', { outputFile: 'test-results/report.json' }]],
    coverage: { provider: 'v8', reportsDirectory: 'coverage' },
  },
});
