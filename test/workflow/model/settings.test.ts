import { describe, expect, it } from 'vitest';
import {
  contradictions,
  defaultProbeSettings,
  defaultSettings,
  probeSettingRules,
  scheduleRule,
  settingProblems,
  settingRules,
} from '../../../workflow/model/settings.ts';
import {
  budgetFor,
  budgetWarnings,
  giveUpSeconds,
  promisedSeconds,
} from '../../../workflow/time-budget.ts';

describe('settings', () => {
  it('settings: the defaults keep to their own limits and do not contradict each other', () => {
    expect(settingProblems(settingRules, defaultSettings)).toEqual([]);
    expect(settingProblems(probeSettingRules, defaultProbeSettings)).toEqual([]);
    expect(contradictions(defaultSettings, defaultProbeSettings)).toEqual([]);
  });

  it.each([
    ['haCoordinatorsCount', 0, 'haCoordinatorsCount is 0, but must be a whole number from 1 to 9.'],
    [
      'haCoordinatorsCount',
      1.5,
      'haCoordinatorsCount is 1.5, but must be a whole number from 1 to 9.',
    ],
    [
      'haCoordinatorsCount',
      'two',
      'haCoordinatorsCount is "two", but must be a whole number from 1 to 9.',
    ],
    [
      'haCoordinatorsCount',
      10,
      'haCoordinatorsCount is 10, but must be a whole number from 1 to 9.',
    ],
    ['graceSeconds', -1, 'graceSeconds is -1, but must be a whole number from 0 to 300.'],
    ['graceSeconds', Number.NaN, 'graceSeconds is NaN, but must be a whole number from 0 to 300.'],
  ])('settings: %s of %j is one clear error', (name, value, sentence) => {
    const problems = settingProblems(settingRules, { ...defaultSettings, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(sentence);
  });

  it('settings: an unknown name is an error that lists the known ones', () => {
    const problems = settingProblems(settingRules, { ...defaultSettings, grace: 5 });
    expect(problems.join()).toContain('grace is not a setting. Settings: haCoordinatorsCount');
  });

  it('settings: fresh must be above two publishes, or healthy hosts count as silent', () => {
    const problems = contradictions({ ...defaultSettings, freshSeconds: 10 }, defaultProbeSettings);
    expect(problems[0]).toContain('freshSeconds is 10, but must be above two publishes of 5 s');
  });

  it('settings: the schedule calls the functions at least once an hour, so that Lambda never lets them sleep', () => {
    // A function in a VPC that nobody invokes for some two weeks is `Inactive`, and its next call fails.
    expect(scheduleRule.most).toBeLessThanOrEqual(60);
  });
});

describe('time budget', () => {
  it.each(['process-exit', 'process-hang', 'node-unresponsive', 'node-gone'] as const)(
    'budget: with the defaults, %s keeps the promised minute',
    (kind) => {
      const { phases, totalSeconds } = budgetFor(kind, defaultSettings, defaultProbeSettings);
      expect(totalSeconds).toBeLessThan(promisedSeconds);
      expect(phases.at(-1)?.endSeconds).toBe(totalSeconds);
    },
  );

  it('budget: a grace that breaks the promise is named', () => {
    const [warning] = budgetWarnings(
      { ...defaultSettings, graceSeconds: 60 },
      defaultProbeSettings,
    );
    expect(warning).toEqual({
      setting: 'graceSeconds',
      sentence:
        'A failover after process-exit may take 97.4 s, above the promised 60 s. ' +
        'graceSeconds is 60: with 5 it would be 42.4 s.',
    });
    expect(budgetWarnings(defaultSettings, defaultProbeSettings)).toEqual([]);
  });

  it('budget: of two settings that are too slow, the one that costs more is named', () => {
    const slowProbe = { ...defaultProbeSettings, intervalSeconds: 10, badSamplesToUnhealthy: 4 };
    const warnings = budgetWarnings({ ...defaultSettings, graceSeconds: 8 }, slowProbe);
    expect(warnings.map(({ setting }) => setting)).toContain('intervalSeconds');
  });

  it('budget: every second of grace is a second of outage', () => {
    const total = (graceSeconds: number) =>
      budgetFor('process-exit', { ...defaultSettings, graceSeconds }, defaultProbeSettings)
        .totalSeconds;
    expect(total(15) - total(5)).toBeCloseTo(10);
  });

  it('budget: what the loops give up after is read from the state machine', () => {
    const { eniRelease, verification } = giveUpSeconds(defaultSettings);
    expect(eniRelease).toBeGreaterThan(170);
    expect(eniRelease).toBeLessThan(200);
    expect(verification).toBe(36);
  });
});
