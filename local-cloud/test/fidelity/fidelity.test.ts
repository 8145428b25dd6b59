/**
 * Keeps the table whole, and runs the checks that need no real time; real-time.test.ts runs the others.
 * After a change of a row `npm run docs` at the root makes fidelity.md again.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { latencyNames } from '../../chance/latency.ts';
import type { Operation } from '../../service/service.ts';
import { cloudWatchFixture } from '../cloudwatch/cloudwatch-fixture.ts';
import { ec2Fixture } from '../ec2/fixture.ts';
import { stepFunctionsFixture } from '../step-functions/step-functions-fixture.ts';
import { checkAreas } from './row.ts';
import { areas } from './table.ts';

const root = join(import.meta.dirname, '../..');
const rows = areas.flatMap((area) => area.rows);
const text = rows.map((row) => [row.behaviour, row.source, row.localCloud].join('\n')).join('\n');

checkAreas(areas.filter(({ isRealTime = false }) => !isRealTime));

describe('the fidelity table', () => {
  test('every area that is written down is in the table, so that its checks run', () => {
    const folder = join(root, 'test/fidelity');
    const written = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => / = \{\n {2}title: /.test(readFileSync(join(folder, file), 'utf8')))
      .map((file) => `test/fidelity/${file}`);
    expect(areas.map(({ file }) => file).toSorted()).toEqual(written.toSorted());
  });

  test('every row says what, from where, and how it is here; no two say the same', () => {
    const behaviours = rows.map(({ behaviour }) => behaviour);
    expect(behaviours.filter((one, index) => behaviours.indexOf(one) !== index)).toEqual([]);
    const thin = rows.filter(
      ({ source, localCloud }) => source.length < 4 || localCloud.length < 4,
    );
    expect(thin).toEqual([]);
  });

  test('every operation of the local cloud has a row', async () => {
    expect(withoutRow((await operations()).map(([name]) => name))).toEqual([]);
  });

  test('every parameter that an operation takes is given in a check, or a row says what it does', async () => {
    const places = ['test/fidelity', 'test/ec2', 'test/cloudwatch'];
    const words = new Set(
      places.flatMap((place) =>
        sourcesBelow(place).flatMap((source) => source.match(/\w+/g) ?? []),
      ),
    );
    const parameters = (await operations()).flatMap(([name, { takes }]) =>
      takes.map((path) => [`${name}: ${path}`, lastOf(path)] as const),
    );
    expect(parameters.length).toBeGreaterThan(100);
    expect(parameters.filter(([, word]) => !words.has(word)).map(([what]) => what)).toEqual([]);
  });

  test('every error code of the local cloud has a row', () => {
    const codes = sources().flatMap((source) =>
      [...source.matchAll(/ServiceError\(\s*'([\w.]+)'/g)].map(([, code = '']) => code),
    );
    expect(codes.length).toBeGreaterThan(40);
    expect(withoutRow(codes)).toEqual([]);
  });

  test('every error of a function or an execution has a row', () => {
    const names = sources().flatMap((source) =>
      [...source.matchAll(/'((?:Lambda|Runtime|Sandbox|States|StateMachine)\.\w+)'/g)].map(
        ([, name = '']) => name,
      ),
    );
    expect(names.length).toBeGreaterThan(8);
    expect(withoutRow(names)).toEqual([]);
  });

  test('every type of resource that the local cloud makes has a row', () => {
    const types = sourcesBelow('template').flatMap((source) =>
      [...source.matchAll(/'(AWS::\w+::\w+)'(?:: |\()/g)].map(([, type = '']) => type),
    );
    expect(types.length).toBeGreaterThan(20);
    expect(withoutRow(types)).toEqual([]);
  });

  test('every latency of the local cloud has a row', () => {
    expect(withoutRow(latencyNames)).toEqual([]);
  });
});

async function operations(): Promise<[string, Operation][]> {
  const { ec2 } = await ec2Fixture();
  const { cloudWatch } = cloudWatchFixture();
  const { stepFunctions, sns } = stepFunctionsFixture();
  const services = [ec2.service, cloudWatch.service, stepFunctions.service];
  await Promise.all([ec2.stop(), cloudWatch.stop(), stepFunctions.stop()]);
  return [
    ...services.flatMap((service) => Object.entries(service.operations)),
    ...Object.entries(sns.integrations).map(([name, { operation }]): [string, Operation] => [
      name,
      operation,
    ]),
  ];
}

/** `Name` of `Filters[].Name`, `Placement` of `Placement.*`. */
function lastOf(path: string): string {
  return path.replaceAll('[]', '').replace('.*', '').split('.').at(-1) ?? path;
}

/** Those that stand in no row, in the backticks in which rows write names. */
function withoutRow(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => !text.includes(`\`${name}\``)).toSorted();
}

/** Of the local cloud itself, not of its tests. */
function sources(): string[] {
  const beside = readdirSync(root, { withFileTypes: true });
  return beside.flatMap((entry) => {
    if (entry.isDirectory()) return entry.name === 'test' ? [] : sourcesBelow(entry.name);
    return entry.name.endsWith('.ts') ? [readFileSync(join(root, entry.name), 'utf8')] : [];
  });
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(root, folder, file), 'utf8'));
}
