/** A replay that is not what was meant proves nothing: whatever is not known is refused. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJson } from '../../command-line.ts';
import { noFaults, printed } from '../../simulation/faults.ts';
import { readFaults } from '../../simulation/reading-faults.ts';
import { scheduleOf } from '../../simulation/schedules.ts';

const read = (text: string) => readFaults(readJson(text, '--replay'));

describe('the faults of a replay', () => {
  it('faults: every schedule that is drawn is taken back as it was printed', () => {
    for (let number = 0; number < 500; number += 1) {
      const drawn = scheduleOf(1, number);
      expect(read(JSON.stringify(drawn))).toEqual(drawn);
      expect(read(printed(drawn))).toEqual(drawn);
    }
  });

  it('faults: what is left out is no fault', () => {
    expect(read('{}')).toEqual(noFaults);
    expect(read('{"coordinators": 4}')).toEqual({ ...noFaults, coordinators: 4 });
  });

  const span = '"fromSeconds":0,"forSeconds":10';
  it.each([
    [
      '{"bogus":1}',
      '--replay: bogus is 1, but there is no such field. There are: seed, coordinators, hosts,',
    ],
    ['{"seed":"x"}', '--replay: seed is "x", but must be a whole number from 0 to 2147483647.'],
    ['{"coordinators":9}', '--replay: coordinators is 9, but must be a whole number from 1 to 4.'],
    ['{"hosts":{}}', '--replay: hosts is {}, but must be a list, such as [].'],
    ['{"hosts":[5]}', '--replay: hosts[0] is 5, but must be an object with who, does,'],
    [
      '{"hosts":[{"who":"activ","does":"exits","atSeconds":0,"forSeconds":null}]}',
      '--replay: hosts[0].who is "activ", but must be one of "active", "first standby",',
    ],
    [
      '{"hosts":[{"who":"active","does":"exits","forSeconds":null}]}',
      'but atSeconds is missing. It needs who, does, atSeconds, forSeconds.',
    ],
    [
      '{"hosts":[{"who":"active","does":"exits","atSeconds":-1,"forSeconds":null}]}',
      '--replay: hosts[0].atSeconds is -1, but must be a number from 0 to 86400.',
    ],
    [
      `{"calls":[{"kind":"throttled","operation":"Reboot","share":1,${span}}]}`,
      '--replay: calls[0].operation is "Reboot", but must be one of "any", "DescribeInstances",',
    ],
    [
      `{"calls":[{"kind":"throttled","operation":"any","share":2,${span}}]}`,
      '--replay: calls[0].share is 2, but must be a number from 0 to 1.',
    ],
    [
      `{"delays":[{"what":"lag","bySeconds":1,"varies":true,${span}}]}`,
      '--replay: delays[0].what is "lag", but must be one of "eniRelease",',
    ],
    [
      `{"functions":[{"kind":"throttled","name":"surveys","share":1,${span}}]}`,
      '--replay: functions[0].name is "surveys", but must be one of "any", "survey-coordinators",',
    ],
    [
      `{"people":[{"does":"start","when":3,${span}}]}`,
      '--replay: people[0].when is 3, but there is no such field. There are: does, fromSeconds, forSeconds.',
    ],
    ['{"hosts": [...]}', '--replay is "{"hosts": [...]}", but must be JSON.'],
    ['[]', '--replay is "[]", but must be JSON that begins with {, or a file with it.'],
    ['', '--replay is "", but must be JSON that begins with {, or a file with it.'],
  ])('faults: %s is refused in a sentence', (text, sentence) => {
    expect(() => read(text)).toThrow(sentence);
  });

  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'replay-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('faults: they may stand in a file, and nothing but an object is taken', async () => {
    const file = join(directory, 'faults.json');
    await writeFile(file, '{"seed": 5}\n');
    expect(read(file)).toEqual({ ...noFaults, seed: 5 });
    await writeFile(file, '[]');
    expect(() => read(file)).toThrow('--replay is [], but must be an object with some of seed,');
    expect(() => read(directory)).toThrow(`--replay is "${directory}", but must be JSON`);
  });
});
