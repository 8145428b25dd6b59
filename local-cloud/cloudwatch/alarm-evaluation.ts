/**
 * The state of an alarm, given the points that it reads. Pure.
 * Source: CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data". Its two
 * tables are this module's tests.
 * What can go wrong: an alarm reads more points than it evaluates, and prefers an old real point to
 * a missing new one. So silence is noticed later than a bad point.
 */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export const comparisons = {
  GreaterThanOrEqualToThreshold: {
    breaches: (value: number, threshold: number) => value >= threshold,
    words: 'greater than or equal to',
  },
  GreaterThanThreshold: {
    breaches: (value: number, threshold: number) => value > threshold,
    words: 'greater than',
  },
  LessThanThreshold: {
    breaches: (value: number, threshold: number) => value < threshold,
    words: 'less than',
  },
  LessThanOrEqualToThreshold: {
    breaches: (value: number, threshold: number) => value <= threshold,
    words: 'less than or equal to',
  },
} as const;

export type AlarmComparison = keyof typeof comparisons;

export const missingDataTreatments = ['breaching', 'notBreaching', 'ignore', 'missing'] as const;
export type MissingDataTreatment = (typeof missingDataTreatments)[number];

export interface AlarmRule {
  readonly comparison: AlarmComparison;
  readonly threshold: number;
  /** N */
  readonly evaluationPeriods: number;
  /** M, of N */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingDataTreatment;
}

export interface Datapoint {
  /** Start of the point's period, milliseconds since the epoch. */
  readonly startMs: number;
  readonly value: number;
  readonly sampleCount: number;
}

export interface Judgement {
  /** `retain`: missing data are ignored, the alarm keeps its state. */
  readonly state: AlarmState | 'retain';
  /** In CloudWatch's words. Empty when the state is retained. */
  readonly reason: string;
  /** The real points that counted, oldest first. */
  readonly evaluated: readonly Datapoint[];
}

/**
 * Judges an evaluation range: at least N periods, oldest first; `undefined` is a missing point.
 */
export function evaluateAlarm(
  rule: AlarmRule,
  range: readonly (Datapoint | undefined)[],
): Judgement {
  const real = range.filter((point) => point !== undefined).slice(-rule.evaluationPeriods);
  const missing = rule.evaluationPeriods - real.length;
  const breaching = real.filter((point) => breaches(rule, point)).length;
  const state = missing === 0 ? fullState(rule, breaching) : partialState(rule, range, real);
  return {
    state,
    evaluated: real,
    // The reason is made on demand: nearly every evaluation leaves the state alone.
    get reason() {
      return state === 'retain' ? '' : reasonFor(rule, state, real, missing);
    },
  };
}

function breaches(rule: AlarmRule, point: Datapoint): boolean {
  return comparisons[rule.comparison].breaches(point.value, rule.threshold);
}

function fullState(rule: AlarmRule, breaching: number): 'ALARM' | 'OK' {
  return breaching >= rule.datapointsToAlarm ? 'ALARM' : 'OK';
}

function partialState(
  rule: AlarmRule,
  range: readonly (Datapoint | undefined)[],
  real: readonly Datapoint[],
): AlarmState | 'retain' {
  const breaching = real.filter((point) => breaches(rule, point)).length;
  const missing = rule.evaluationPeriods - real.length;
  if (rule.treatMissingData === 'breaching') return fullState(rule, breaching + missing);
  if (rule.treatMissingData === 'notBreaching') return fullState(rule, breaching);
  if (breaching >= rule.datapointsToAlarm) return 'ALARM';
  if (breaching < real.length) return 'OK';
  if (rule.treatMissingData === 'ignore') return 'retain';
  const oldest = range.findIndex((point) => point !== undefined);
  const agePeriods = oldest === -1 ? 0 : range.length - oldest;
  return agePeriods >= rule.datapointsToAlarm ? 'ALARM' : 'INSUFFICIENT_DATA';
}

/** The wording of CloudWatch (read in public alarm histories). */
function reasonFor(
  rule: AlarmRule,
  state: AlarmState,
  real: readonly Datapoint[],
  missing: number,
): string {
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${counted(missing, 'datapoint')} ${missing === 1 ? 'was' : 'were'} unknown.`;
  }
  const seen =
    real.length === 0
      ? `no datapoints were received for ${counted(rule.evaluationPeriods, 'period')}`
      : seenWords(rule, state, real);
  return `Threshold Crossed: ${seen}${missingWords(rule, missing)}.`;
}

function seenWords(rule: AlarmRule, state: AlarmState, real: readonly Datapoint[]): string {
  const inState = real.filter((point) => breaches(rule, point) === (state === 'ALARM'));
  const points = inState.length === 0 ? real : inState;
  const values = points.map((point) => `${decimal(point.value)} (${shortTime(point.startMs)})`);
  const verb = points.length === 1 ? 'was' : 'were';
  const first = points[0];
  const not = first !== undefined && breaches(rule, first) ? '' : 'not ';
  const words = comparisons[rule.comparison].words;
  return `${counted(points.length, 'datapoint')} [${values.join(', ')}] ${verb} ${not}${words} the threshold (${decimal(rule.threshold)})`;
}

function missingWords(rule: AlarmRule, missing: number): string {
  const treated = { breaching: 'Breaching', notBreaching: 'NonBreaching' } as const;
  if (missing === 0) return '';
  if (rule.treatMissingData === 'ignore' || rule.treatMissingData === 'missing') return '';
  const verb = missing === 1 ? 'was' : 'were';
  return ` and ${missing} missing ${missing === 1 ? 'datapoint' : 'datapoints'} ${verb} treated as [${treated[rule.treatMissingData]}]`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** Day/month/year and time, UTC, as in CloudWatch's reasons. */
function shortTime(milliseconds: number): string {
  const [date = '', time = ''] = new Date(milliseconds).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}
