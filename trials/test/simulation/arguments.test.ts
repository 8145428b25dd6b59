import { describe, expect, it } from 'vitest';
import { readArguments } from '../../simulation/arguments.ts';
import { noFaults } from '../../simulation/faults.ts';

const defaults = { seed: 7, workers: 2 };
const parse = (...typed: string[]) => readArguments(typed, defaults);

describe('the command line of the simulation', () => {
  it('arguments: nothing typed is a thousand incidents of a fresh seed, on all cores', () => {
    const options = { kind: 'campaign', runs: 1000, seed: 7, workers: 2, json: false };
    expect(parse()).toEqual({ kind: 'run', result: options });
  });

  it('arguments: everything typed is taken', () => {
    const typed = ['--runs', '10', '--seed', '0', '--workers', '1', '--json'];
    const options = { kind: 'campaign', runs: 10, seed: 0, workers: 1, json: true };
    expect(parse(...typed)).toEqual({ kind: 'run', result: options });
    const replayed = { kind: 'replay', faults: { ...noFaults, seed: 3 }, json: false };
    expect(parse('--replay', '{"seed":3}')).toEqual({ kind: 'run', result: replayed });
  });

  it('arguments: --help wins', () => {
    const read = parse('--help', '--runs', '0');
    for (const option of ['--runs', '--seed', '--workers', '--replay', '--json', 'Exit code']) {
      expect(read.kind === 'text' && read.text).toContain(option);
    }
  });

  it.each([
    [['--runs', '0'], '--runs is "0", but must be a whole number from 1 to 1000000.'],
    [['--runs', 'many'], '--runs is "many", but must be a whole number from 1 to 1000000.'],
    [['--seed', '1.5'], '--seed is "1.5", but must be a whole number from 0 to 2147483647.'],
    [['--workers', '65'], '--workers is "65", but must be a whole number from 1 to 64.'],
    [['--runs', ''], '--runs needs a value: how many incidents'],
    [['--runs', '2', '--runs', '3'], '--runs is given more than once'],
    [['--replay', '{}', '--seed', '3'], '--replay is one incident'],
    [['--fast'], "Unknown option '--fast'. Options: --runs, --seed"],
    [['now'], '"now" is more than npm run simulate -- takes.'],
  ])('arguments: %j is refused in a sentence', (typed, sentence) => {
    const parsed = parse(...typed);
    expect(parsed.kind).toBe('mistake');
    expect(parsed.kind === 'mistake' && parsed.sentence).toContain(sentence);
  });
});
