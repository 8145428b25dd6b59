import { describe, expect, test } from 'vitest';
import { readArguments } from '../../drill/arguments.ts';
import { scenarios } from '../../drill/scenarios/table.ts';

const read = (...typed: string[]) => readArguments(typed, scenarios);

function planned(...typed: string[]): Record<string, number> {
  const result = read(...typed);
  if (result.kind !== 'run') throw new Error(`not a run: ${JSON.stringify(result)}`);
  return Object.fromEntries(
    result.result.planned.map(({ scenario, coordinators }) => [scenario.name, coordinators]),
  );
}

describe('arguments: what runs', () => {
  test('arguments: nothing typed runs process-exit with two coordinators', () => {
    expect(planned()).toEqual({ 'process-exit': 2 });
    expect(read()).toMatchObject({
      result: { port: 8080, https: false, seed: 1, parallel: 5, json: false },
    });
  });

  test('arguments: every option is read', () => {
    const typed = '--scenario manual --coordinators 3 --port=9090 --seed 7 --parallel 2 --json';
    const result = read(...typed.split(' '));
    expect(result).toMatchObject({
      kind: 'run',
      result: { planned: [{ coordinators: 3 }], port: 9090, seed: 7, parallel: 2, json: true },
    });
  });

  test('arguments: all keeps the number of coordinators that a scenario needs', () => {
    expect(planned('--scenario', 'all')).toEqual({
      upgrade: 2,
      deploy: 2,
      delete: 2,
      'process-exit': 2,
      'process-hang': 2,
      'node-unresponsive': 2,
      'node-gone': 2,
      'no-standby': 1,
      'back-again': 1,
      'false-alarm': 2,
      'standby-dies-too': 3,
      'second-failure': 2,
      manual: 2,
      switchover: 2,
      paused: 2,
      'failover-limit': 2,
      'dry-run': 2,
    });
  });

  test('arguments: what is about TLS runs over HTTPS only', () => {
    expect(planned('--https', '--scenario', 'wrong-certificates')).toEqual({
      'wrong-certificates': 2,
    });
    expect(planned('--https', '--scenario', 'all')).toHaveProperty('wrong-certificates', 2);
    expect(read('--scenario', 'wrong-certificates')).toEqual({
      kind: 'mistake',
      sentence: 'wrong-certificates needs --https. See --help.',
    });
  });

  test('arguments: --keep alone plans nothing, with a scenario that one', () => {
    expect(planned('--keep')).toEqual({});
    expect(read('--keep', '--coordinators', '3')).toMatchObject({
      result: { keep: true, coordinators: 3 },
    });
    expect(planned('--keep', '--scenario', 'failover-limit')).toEqual({ 'failover-limit': 2 });
  });

  test('arguments: all with a number gives it to those that have none of their own', () => {
    expect(planned('--scenario', 'all', '--coordinators', '4')).toMatchObject({
      'process-exit': 4,
      'no-standby': 1,
      'standby-dies-too': 4,
    });
  });

  test('arguments: a scenario with a number of its own needs none typed', () => {
    expect(planned('--scenario', 'standby-dies-too')).toEqual({ 'standby-dies-too': 3 });
    expect(planned('--scenario', 'back-again')).toEqual({ 'back-again': 1 });
  });
});

describe('arguments: bad usage is one sentence with the value and what is allowed', () => {
  test.each([
    [['--scenario', 'meteor'], /--scenario is "meteor", but must be one of: upgrade, .*, all\./],
    [['--coordinators', '0'], /--coordinators is "0", but must be a whole number from 1 to 9\./],
    [['--coordinators', '1.5'], /--coordinators is "1\.5", but must be a whole number from 1 to 9/],
    [['--coordinators', 'two'], /--coordinators is "two", but must be a whole number from 1 to 9/],
    [['--coordinators', '10'], /--coordinators is "10", but must be a whole number from 1 to 9/],
    [['--coordinators', '-1'], /--coordinators is "-1", but must be a whole number from 1 to 9/],
    [['--coordinators', ''], /--coordinators needs a value: HACoordinatorsCount, 1 to 9/],
    [['--coordinators'], /--coordinators needs a value: HACoordinatorsCount, 1 to 9/],
    [['--port', '80'], /--port is "80", but must be a whole number from 1024 to 65535\./],
    [['--port', '65536'], /--port is "65536", but must be/],
    [['--seed', '0x1'], /--seed is "0x1", but must be/],
    [['--parallel', '0'], /--parallel is "0", but must be a whole number from 1 to 16\./],
    [['--json=yes'], /--json is "yes", but takes no value\./],
    [['--keep', '--scenario', 'all'], /--keep keeps one cluster: give it one scenario, or none\./],
    [
      ['--sceanrio', 'all'],
      /Unknown option '--sceanrio'\. Did you mean --scenario\? Options: --scenario, /,
    ],
    [['--seed', '1', '--seed', '2'], /--seed is given more than once, but counts once\./],
    [['all'], /"all" is more than npm run drill -- takes\./],
    [['--scenario', 'back-again', '--coordinators', '2'], /back-again always runs with 1\./],
    [['--scenario', 'standby-dies-too', '--coordinators', '2'], /standby-dies-too needs 3 to 9\./],
    [['--scenario', 'second-failure', '--coordinators', '1'], /second-failure needs 2 to 9\./],
  ])('arguments: %j', (typed, sentence) => {
    const result = read(...typed);
    expect(result.kind).toBe('mistake');
    expect(result).toMatchObject({ sentence: expect.stringMatching(sentence) as string });
  });
});

test('arguments: --help names every scenario and every option', () => {
  const result = read('--help');
  const text = result.kind === 'text' ? result.text : '';
  const options = [
    '--scenario',
    '--coordinators',
    '--port',
    '--seed',
    '--parallel',
    '--json',
    '--keep',
  ];
  for (const word of [...scenarios.map(({ name }) => name), ...options]) {
    expect(text).toContain(word);
  }
});
