#!/usr/bin/env node
// The command line: its sources in a checkout, one file without dependencies in the package, where Node
// runs no TypeScript.
import { existsSync } from 'node:fs';

const source = new URL('../cli/main.ts', import.meta.url);
const built = new URL('../dist/cli/main.mjs', import.meta.url);
await import(existsSync(source) ? source.href : built.href);
