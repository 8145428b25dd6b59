/**
 * The HTML report in a real browser. Chromium is not an npm package: `apt-get install -y chromium`, or
 * CHROMIUM=/path/to/it. Without it these tests do not run, and say so; in CI that is a failure.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderHtml } from '../../report/render/html.ts';
import type { Report } from '../../report/report.ts';
import { askedHistory, failoverHistory, longHistory, reportOf, withoutData } from './histories.ts';
import {
  contrastProblems,
  drawnSpans,
  headingLevels,
  overflowing,
  tableProblems,
} from './in-the-page.ts';

const executablePath = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

const advice =
  'Chromium is missing, so the report was NOT tested in a browser. ' +
  'Install it (Debian: apt-get install -y chromium) or name it: CHROMIUM=/path/to/chromium npm test';

test('browser: Chromium is there (in CI it must be)', () => {
  if (executablePath === undefined) console.warn(`\n*** ${advice} ***\n`);
  const mustBeThere = Boolean(process.env.CI);
  expect(mustBeThere && executablePath === undefined, advice).toBe(false);
});

describe.runIf(executablePath !== undefined)('the report in Chromium', () => {
  const reports = new Map<string, Report>();
  let browser: Browser;
  let directory: string;

  beforeAll(async () => {
    const evil = { reason: '<script>alert(1)</script><img src=x onerror=alert(2)>'.repeat(3) };
    const failover = await failoverHistory();
    reports.set('failover', reportOf(failover));
    reports.set('evil', reportOf(await askedHistory(evil)));
    reports.set('without-data', reportOf(withoutData(failover)));
    reports.set('long', reportOf(await longHistory()));
    reports.set('empty', reportOf([]));
    directory = await mkdtemp(join(tmpdir(), 'report-'));
    for (const [name, report] of reports) {
      await writeFile(join(directory, `${name}.html`), renderHtml(report));
    }
    browser = await chromium.launch({ executablePath, chromiumSandbox: false });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function open(name: string, options: Parameters<Browser['newPage']>[0]): Promise<Opened> {
    const page = await browser.newPage({ offline: true, ...options });
    const happened: string[] = [];
    page.on('request', (request) => happened.push(`request ${request.url()}`));
    page.on('dialog', (dialog) => happened.push(`dialog ${dialog.message()}`));
    page.on('pageerror', (error) => happened.push(`error ${error.message}`));
    page.on('console', (message) => happened.push(`console ${message.text()}`));
    await page.goto(pathToFileURL(join(directory, `${name}.html`)).href);
    return { page, happened };
  }

  const names = ['failover', 'evil', 'without-data', 'long', 'empty'];
  /** The widest and the longest. */
  const largest = ['failover', 'long', 'without-data'];
  const wide = { viewport: { width: 1100, height: 900 } };
  const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

  test.each(names)(
    'browser: %s opens offline, asks for nothing else and runs nothing',
    async (name) => {
      const { page, happened } = await open(name, wide);
      expect(happened).toEqual([`request ${page.url()}`]);
      expect(await page.title()).toContain(reports.get(name)?.outcome.kind);
      await page.close();
    },
  );

  test.each(largest)(
    'browser: %s needs no horizontal scrolling (phone, tablet, desk)',
    async (name) => {
      const { page } = await open(name, phone);
      for (const width of [360, 705, 760, 1100]) {
        await page.setViewportSize({ width, height: 740 });
        expect(await page.evaluate<string[]>(overflowing), `at ${width} px`).toEqual([]);
      }
      await page.close();
    },
  );

  test.each(['light', 'dark'] as const)(
    'browser: text has enough contrast (%s)',
    async (scheme) => {
      for (const name of ['failover', 'without-data']) {
        const { page } = await open(name, { ...wide, colorScheme: scheme });
        expect(await page.evaluate<string[]>(contrastProblems)).toEqual([]);
        const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        expect(background).toBe(scheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 27)');
        await page.close();
      }
    },
  );

  test.each(largest)(
    'browser: %s on paper: nothing is cut off, and no contents in the way',
    async (name) => {
      // A4 less the margins, at 96 pixels an inch.
      const { page } = await open(name, { viewport: { width: 688, height: 1000 } });
      await page.emulateMedia({ media: 'print' });
      expect(await page.evaluate<string[]>(overflowing)).toEqual([]);
      expect(await page.locator('nav').isVisible()).toBe(false);
      const pdf = await page.pdf({ format: 'A4' });
      const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
      expect(pages).toBeGreaterThan(1);
      expect(pages).toBeLessThan(80);
      await page.close();
    },
  );

  test.each(names)('browser: %s by a screen reader (landmarks, headings, tables)', async (name) => {
    const { page } = await open(name, wide);
    await expectReadable(page);
    await page.setViewportSize(phone.viewport);
    await expectReadable(page);
    await page.close();
  });

  test('browser: every link within the page leads somewhere', async () => {
    const { page } = await open('failover', wide);
    for (const link of await page.locator('a[href^="#"]').all()) {
      const target = await link.getAttribute('href');
      expect(await page.locator(`[id="${target?.slice(1)}"]`).count(), `${target}`).toBe(1);
    }
    await page.close();
  });

  test('browser: the drawing is to scale (a bar is as long as its state took)', async () => {
    const report = reports.get('failover');
    for (const device of [wide, phone]) {
      const { page } = await open('failover', device);
      const spans = await page.evaluate<[string, number][]>(drawnSpans);
      const drawn = (state: string) =>
        spans.filter(([name]) => name === state).reduce((sum, [, width]) => sum + width, 0);
      const visitsOf = (state: string) =>
        report?.visits.filter((visit) => visit.state === state) ?? [];
      const tookSeconds = (state: string) =>
        visitsOf(state).reduce((sum, visit) => sum + (visit.seconds ?? 0), 0);
      const pixelsPerSecond = drawn('Grace wait') / tookSeconds('Grace wait');
      const { width = 0 } = (await page.locator('figure svg').boundingBox()) ?? {};
      const span = [report?.moments[0], report?.moments.at(-1)].map((one) =>
        Date.parse(one?.at ?? ''),
      );
      const seconds = ((span[1] ?? 0) - (span[0] ?? 0)) / 1000;
      expect(Math.abs(pixelsPerSecond - width / seconds)).toBeLessThan(0.1);
      for (const state of ['Terminate instance', 'Attach ENI', 'Verify coordinator']) {
        const expected = tookSeconds(state) * pixelsPerSecond;
        expect(Math.abs(drawn(state) - expected), state).toBeLessThan(2);
      }
      await page.close();
    }
  });
});

interface Opened {
  readonly page: Page;
  /** What it asked for and what it did, in order. */
  readonly happened: readonly string[];
}

async function expectReadable(page: Page): Promise<void> {
  const tree = await page.locator('body').ariaSnapshot();
  for (const landmark of ['banner', 'navigation "Contents"', 'main', 'contentinfo']) {
    expect(tree.match(new RegExp(`^- ${landmark}:`, 'gm')), landmark).toHaveLength(1);
  }
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  const levels = await page.evaluate<number[]>(headingLevels);
  expect(levels[0]).toBe(1);
  for (const [index, level] of levels.entries()) {
    expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
  }
  expect(await page.evaluate<string[]>(tableProblems)).toEqual([]);
  // The browser itself says that they are tables, as cards on a phone too.
  const tables = await page.locator('table').count();
  expect(tree.match(/- table "/g) ?? []).toHaveLength(tables);
  if ((await page.locator('svg').count()) > 0) {
    await page.getByRole('img', { name: 'Timeline of the execution, drawn to scale' }).waitFor();
  }
}
