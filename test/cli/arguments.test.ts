import { describe, expect, test } from 'vitest';
import { readArguments } from '../../cli/arguments.ts';
import { commandNames, commands } from '../../cli/command-table.ts';

function optionsOf(...typed: string[]) {
  const read = readArguments(typed);
  if (read.kind !== 'run') throw new Error(JSON.stringify(read));
  return read;
}

describe('arguments: what is run', () => {
  test.each([
    [['status'], 'status', { json: false, watch: false }],
    [['status', '--watch', '--json'], 'status', { watch: true, json: true }],
    [
      [
        'failover',
        '--reason',
        'kernel',
        '--force',
        '--dry-run',
        '--standby',
        'i-0123456789abcdef0',
      ],
      'failover',
      { reason: 'kernel', force: true, dryRun: true, standby: 'i-0123456789abcdef0' },
    ],
    [['failover', '--upgrade', '--reason', 'v2'], 'failover', { upgrade: true, force: false }],
    [
      ['pause', '--reason=x', '--for=2h', '--by', 'alice'],
      'pause',
      { forMs: 7_200_000, by: 'alice' },
    ],
    [['pause', '--reason', 'x'], 'pause', { forMs: undefined }],
    [['history'], 'history', { sinceMs: 86_400_000, limit: 20, all: false }],
    [['history', '--since', '90m', '--limit', '3'], 'history', { sinceMs: 5_400_000, limit: 3 }],
    [['report', 'last', '--out', 'a.html'], 'report', { execution: 'last', out: 'a.html' }],
    [
      ['doctor', '--stack', 's', '--region', 'eu-west-1'],
      'doctor',
      { stack: 's', region: 'eu-west-1' },
    ],
  ])('arguments: %j', (typed, command, options) => {
    expect(optionsOf(...typed)).toMatchObject({ command, options });
  });
});

describe('arguments: what is refused, with what is allowed', () => {
  test.each([
    [[], 'Give a command: status, failover'],
    [['staus'], '"staus" is not a command. Commands: status, failover'],
    [['--json', 'status'], 'The command comes first, before --json.'],
    [['status', 'now'], '"now" is more than status takes.'],
    [['status', '--force'], '--force is not an option of this command. Options: --cluster'],
    [['status', '--json=yes'], '--json is "yes", but takes no value.'],
    [['status', '--cluster'], '--cluster needs a value: the cluster; default'],
    [['status', '--cluster', '-x'], '--cluster is "-x", but must be a letter, then up to 69'],
    [['status', '--cluster', 'a', '--stack', 'b'], '--cluster and --stack both say which cluster'],
    [
      ['status', '--region', 'Frankfurt!'],
      '--region is "Frankfurt!", but must be a region such as',
    ],
    [['failover'], 'failover needs --reason, for example: coordinator-failover failover --force'],
    [['failover', '--reason', ' '], '--reason needs a value: why; it stands in the record.'],
    [
      ['failover', '--reason', 'x', '--standby', 'box'],
      '--standby is "box", but must be an instance',
    ],
    [['pause'], 'pause needs --reason'],
    [['pause', '--reason', 'x', '--for', 'a while'], '--for is "a while", but must be a duration'],
    [['pause', '--reason', 'x', '--for', '31d'], 'from 1m to 30d (without --for it lasts until'],
    [['pause', '--reason', 'x', '--for', '30s'], '--for is "30s", but must be a duration'],
    [['acknowledge'], 'acknowledge needs --reason'],
    [['history', '--since', '91d'], 'from 1m to 90d: executions are kept for 90 days'],
    [['history', '--limit', '0'], '--limit is "0", but must be a whole number from 1 to 500.'],
    [['report'], 'report needs EXECUTION: ARN or name of an execution that has ended'],
    [['report', 'a', 'b'], '"b" is more than the one EXECUTION that report takes.'],
    [['report', 'a', '--format', 'pdf'], '--format is "pdf", but must be html, markdown, json.'],
  ])('arguments: %j', (typed, sentence) => {
    const read = readArguments(typed);
    expect(read).toMatchObject({ kind: 'bad' });
    expect(read.kind === 'bad' && read.sentence).toContain(sentence);
    expect(read.kind === 'bad' && read.sentence).toMatch(/ See (\w+ )?--help\.$/);
  });
});

describe('arguments: help', () => {
  test.each([[['--help']], [['-h']], [['help']]])('help: %j lists every command', (typed) => {
    const read = readArguments(typed);
    for (const name of commandNames) {
      expect(read.kind === 'help' && read.text).toContain(commands[name].summary);
    }
  });

  test.each(commandNames)('help: %s names each of its options and the exit codes', (name) => {
    const read = readArguments([name, '--help']);
    const text = read.kind === 'help' ? read.text : '';
    for (const option of Object.keys(commands[name].options)) expect(text).toContain(`--${option}`);
    expect(text).toContain('--profile NAME');
    expect(text).toContain('Exit code: 0 fine');
  });

  test.each(commandNames)('help: the example of %s can be typed', (name) => {
    const words = commands[name].example.match(/"[^"]*"|\S+/g) ?? [];
    const typed = words.map((word) => word.replaceAll('"', ''));
    expect(readArguments(typed)).toMatchObject({ kind: 'run', command: name });
  });
});
