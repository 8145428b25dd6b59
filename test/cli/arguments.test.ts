import { describe, expect, test } from 'vitest';
import { commands, readArguments } from '../../cli/program.ts';
import packageJson from '../../package.json' with { type: 'json' };

const commandNames = commands.map(({ rule }) => rule.name);

function ruleOf(name: string) {
  const found = commands.find(({ rule }) => rule.name === name);
  if (found === undefined) throw new Error(`There is no command ${name}.`);
  return found.rule;
}

function textOf(typed: readonly string[]): string {
  const read = readArguments(typed);
  return read.kind === 'text' ? read.text : JSON.stringify(read);
}

describe('arguments: what is run', () => {
  test.each([
    [['status'], 'status', { json: false, watch: false }],
    [['status', '--watch', '--json'], 'status', { watch: true, json: true }],
    [
      ['switchover', '--reason', 'kernel', '--dry-run', '--standby', 'i-0123456789abcdef0'],
      'switchover',
      { reason: 'kernel', upgrade: false, dryRun: true, standby: 'i-0123456789abcdef0' },
    ],
    [['switchover', '--upgrade', '--reason', 'v2'], 'switchover', { upgrade: true }],
    [['failover', '--reason', 'x', '--force'], 'failover', { reason: 'x', force: true }],
    [['failover', '--reason=-x'], 'failover', { reason: '-x', force: false }],
    [
      ['pause', '--reason=x', '--for=2h', '--by', 'alice'],
      'pause',
      { for: 7_200_000, by: 'alice' },
    ],
    [['pause', '--reason', ' x '], 'pause', { for: undefined, reason: 'x' }],
    [['history'], 'history', { since: 86_400_000, limit: 20, all: false }],
    [['history', '--since', '90m', '--limit', '3'], 'history', { since: 5_400_000, limit: 3 }],
    [['report', 'last', '--out', 'a.html'], 'report', { execution: 'last', out: 'a.html' }],
    [
      ['doctor', '--stack', 's', '--region', 'eu-west-1'],
      'doctor',
      { stack: 's', region: 'eu-west-1' },
    ],
  ])('arguments: %j', (typed, command, options) => {
    expect(readArguments(typed)).toMatchObject({ kind: 'run', result: { command, options } });
  });

  test('arguments: a command has the options that are its own, and no others', () => {
    const common = ['cluster', 'stack', 'region', 'profile', 'json'];
    const read = readArguments(['resume']);
    expect(read.kind === 'run' && Object.keys(read.result.options).sort()).toEqual(common.sort());
  });

  test.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('arguments: --since %s is %i ms', (since, milliseconds) => {
    const read = readArguments(['history', '--since', since]);
    expect(read).toMatchObject({ result: { options: { since: milliseconds } } });
  });

  test.each([
    [['status'], false],
    [['status', '--watch'], true],
    [['failover', '--reason', 'x'], true],
    [['doctor'], false],
  ])('arguments: %j, asked to stop by Ctrl-C: %s', (typed, watches) => {
    expect(readArguments(typed)).toMatchObject({ result: { watches } });
  });
});

describe('arguments: what is refused, with what is allowed', () => {
  test.each([
    [[], 'Give a command: status, switchover, failover'],
    [['staus'], "Unknown command 'staus'. Did you mean status? Commands: status, switchover"],
    [['move'], "Unknown command 'move'. Commands: status, switchover"],
    [['--json', 'status'], "Unknown option '--json'. A command comes first: status, switchover"],
    [['status', 'now'], '"now" is more than coordinator-failover status takes.'],
    [['status', '--force'], "Unknown option '--force'. Options: --watch, --cluster, --stack"],
    [['status', '--wacth'], "Unknown option '--wacth'. Did you mean --watch? Options: --watch"],
    [['failover', '--upgrade', '--reason', 'x'], "Unknown option '--upgrade'. Options: --reason"],
    [['switchover', '--force', '--reason', 'x'], "Unknown option '--force'. Options: --reason"],
    [['status', '--json=yes'], '--json is "yes", but takes no value.'],
    [['status', '--json', '--json'], '--json is given more than once, but counts once.'],
    [['status', '--stack', 'a', '--stack=a'], '--stack is given more than once, but counts once.'],
    [['status', '--cluster'], '--cluster needs a value: the cluster; default'],
    [['status', '--cluster=-x'], '--cluster is "-x", but must be a letter, then up to 69'],
    [['status', '--cluster', 'a', '--stack', 'b'], '--cluster and --stack both say which cluster'],
    [
      ['status', '--region', 'Frankfurt!'],
      '--region is "Frankfurt!", but must be a region such as',
    ],
    [['failover'], 'failover needs --reason: why; it stands in the record.'],
    [['failover', '--reason', ' '], '--reason needs a value: why; it stands in the record.'],
    [['failover', '--reason', '--force'], '--reason needs a value: why; it stands in the record.'],
    [
      ['switchover', '--reason', 'x', '--standby', 'host'],
      '--standby is "host", but must be an instance',
    ],
    [['pause'], 'pause needs --reason'],
    [['pause', '--reason', 'x', '--for', 'a while'], '--for is "a while", but must be a duration'],
    [['pause', '--reason', 'x', '--for', '31d'], 'from 1m to 30d (without --for it lasts until'],
    [['pause', '--reason', 'x', '--for', '30s'], '--for is "30s", but must be a duration'],
    [['acknowledge'], 'acknowledge needs --reason'],
    [['history', '--since', '91d'], 'from 1m to 90d: executions are kept for 90 days'],
    ...['5', 'h', '1.5h', '12 h', '-1h'].map((since): [string[], string] => [
      ['history', `--since=${since}`],
      `--since is "${since}", but must be a duration such as 12h or 7d, from 1m to 90d`,
    ]),
    [['history', '--limit', '0'], '--limit is "0", but must be a whole number from 1 to 500.'],
    [['report'], 'report needs EXECUTION: ARN or name of an execution that has ended'],
    [['report', 'a', 'b'], '"b" is more than coordinator-failover report takes.'],
    [['report', 'a', '--format', 'pdf'], '--format is "pdf", but must be one of: html, markdown'],
  ])('arguments: %j', (typed, sentence) => {
    const read = readArguments(typed);
    expect(read).toMatchObject({ kind: 'mistake' });
    expect(read.kind === 'mistake' && read.sentence).toContain(sentence);
    expect(read.kind === 'mistake' && read.sentence).toMatch(/ See (\w+ )?--help\.$/);
  });
});

describe('arguments: help and version', () => {
  test.each([[['--help']], [['-h']], [['help']]])('help: %j lists every command', (typed) => {
    const text = textOf(typed);
    for (const { rule } of commands) expect(text).toContain(rule.summary);
    expect(text).toContain('Exit code: 0 fine');
  });

  test.each(commandNames)('help: %s names each of its options and the exit codes', (name) => {
    const text = textOf([name, '--help']);
    expect(textOf(['help', name])).toBe(text);
    const { options, details } = ruleOf(name);
    for (const [option, { kind, placeholder }] of Object.entries(options)) {
      const flag = `--${option.replace('dryRun', 'dry-run')}`;
      expect(text).toContain(kind === 'argument' ? placeholder : flag);
    }
    for (const line of details) expect(text.replaceAll('\n', ' ')).toContain(line);
    expect(text).toContain('--profile NAME');
    expect(text).toContain('Exit code: 0 fine');
  });

  test('help: it wins over whatever else is wrong', () => {
    expect(textOf(['history', '--limit', '0', '--help'])).toContain('Usage: ');
  });

  test.each(commandNames)('help: the examples of %s can be typed', (name) => {
    for (const example of ruleOf(name).examples) {
      const words = example.match(/"[^"]*"|\S+/g) ?? [];
      const typed = [name, ...words.map((word) => word.replaceAll('"', ''))];
      expect(readArguments(typed)).toMatchObject({ kind: 'run', result: { command: name } });
    }
  });

  test.each([[['--version']], [['-V']]])('version: %j is the version of the package', (typed) => {
    expect(textOf(typed)).toBe(packageJson.version);
  });
});
