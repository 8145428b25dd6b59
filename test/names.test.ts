/**
 * An exported type, interface or class has a name of its own, in the product and in both workspaces:
 * a reader who meets a name knows which one is meant.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Folders without product code, and folders that are made. */
const leftOut = ['node_modules', 'test', 'docs', 'examples', 'lint', 'dist', 'cdk.out', 'coverage'];

/** Names with one meaning that are declared twice, and why. */
const sameMeaning: Readonly<Record<string, string>> = {
  Clock: 'time as an argument; local-cloud/ imports nothing of ours, and is not bundled',
  ExecutionStatus: "Step Functions' own words; local-cloud/ imports nothing of ours",
};

test('names: no two exported types of one name', () => {
  const files = sourcesIn(root);
  expect(files.length).toBeGreaterThan(300);
  const doubles = doublesIn(files.map((file) => [pathOf(file), readFileSync(file, 'utf8')]));
  expect([...doubles].filter(([name]) => !(name in sameMeaning))).toEqual([]);
  expect(Object.keys(sameMeaning).filter((name) => !doubles.has(name))).toEqual([]);
});

test('names: every form of a declaration is found', () => {
  const doubles = doublesIn([
    ['a.ts', 'export interface A {}\nexport type B<X> = X;\nexport class C {}\nexport enum D {}'],
    ['b.ts', 'export abstract class A {}\nexport declare class B {}\nexport type C = 1;'],
    [
      'c.ts',
      'interface A {}\nexport type { B } from "./b.ts";\n// export class C {}\nexport type D = 1;',
    ],
  ]);
  expect([...doubles]).toEqual([
    ['A', ['a.ts', 'b.ts']],
    ['B', ['a.ts', 'b.ts']],
    ['C', ['a.ts', 'b.ts']],
    ['D', ['a.ts', 'c.ts']],
  ]);
});

function doublesIn(files: readonly (readonly [string, string])[]): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const [file, source] of files) {
    for (const [, name = ''] of source.matchAll(declaration)) {
      places.set(name, [...(places.get(name) ?? []), file]);
    }
  }
  return new Map([...places].filter(([, found]) => found.length > 1));
}

const declaration =
  /^export (?:default )?(?:declare )?(?:abstract )?(?:const )?(?:interface|type|class|enum) (\w+)/gm;

function sourcesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !leftOut.includes(name))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return sourcesIn(path);
      return entry.name.endsWith('.ts') && directory !== root ? [path] : [];
    });
}

function pathOf(file: string): string {
  return relative(root, file).split(sep).join('/');
}
