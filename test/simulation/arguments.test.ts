import { describe, expect, it } from 'vitest';
import { help, parseSimulateArguments } from '../../simulation/arguments.ts';
import { noFaults } from '../../simulation/faults.ts';

const defaults = { seed: 7, workers: 2 };
const parse = (...typed: string[]) => parseSimulateArguments(typed, defaults);

describe('the command line of the simulation', () => {
  it('arguments: nothing typed is a thousand incidents of a fresh seed, on all cores', () => {
    const options = { kind: 'campaign', runs: 1000, seed: 7, workers: 2, json: false };
    expect(parse()).toEqual({ kind: 'options', options });
  });

  it('arguments: everything typed is taken', () => {
    const typed = ['--runs', '10', '--seed', '0', '--workers', '1', '--json'];
    const options = { kind: 'campaign', runs: 10, seed: 0, workers: 1, json: true };
    expect(parse(...typed)).toEqual({ kind: 'options', options });
    const replayed = { kind: 'replay', faults: { ...noFaults, seed: 3 }, json: false };
    expect(parse('--replay', '{"seed":3}')).toEqual({ kind: 'options', options: replayed });
  });

  it('arguments: --help wins', () => {
    expect(parse('--help', '--runs', '5')).toEqual({ kind: 'help' });
    for (const option of ['--runs', '--seed', '--workers', '--replay', '--json', 'Exit codes']) {
      expect(help).toContain(option);
    }
  });

  it.each([
    [['--runs', '0'], '--runs is 0, but must be a whole number from 1 to 1000000.'],
    [['--runs', 'many'], '--runs is many, but must be a whole number from 1 to 1000000.'],
    [['--seed', '1.5'], '--seed is 1.5, but must be a whole number from 0 to 2147483647.'],
    [['--workers', '65'], '--workers is 65, but must be a whole number from 1 to 64.'],
    [['--runs', ''], '--runs is "", but must be a whole number from 1 to 1000000.'],
    [['--runs', '2', '--runs', '3'], '--runs is given more than once'],
    [['--replay', '{}', '--seed', '3'], '--replay is one incident'],
    [['--fast'], '--fast'],
    [['now'], 'now'],
  ])('arguments: %j is refused in a sentence', (typed, sentence) => {
    const parsed = parse(...typed);
    expect(parsed.kind).toBe('problem');
    expect(parsed.kind === 'problem' && parsed.sentence).toContain(sentence);
  });
});
