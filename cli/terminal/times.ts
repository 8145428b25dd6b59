/** Times and durations for a person. Pure. */

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `2026-10-02 17:04:40Z`, or "an unknown time". */
export function timeText(time: string | number | null | undefined): string {
  if (time === null || time === undefined) return 'an unknown time';
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return 'an unknown time';
  return `${date.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** `3 s`, `4 min`, `5 h 10 min`, `6 d 2 h`. Negative is `0 s`: clocks differ. */
export function durationText(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 2 * minuteMs) return `${Math.floor(ms / secondMs)} s`;
  if (ms < 2 * hourMs) return `${Math.floor(ms / minuteMs)} min`;
  if (ms < 2 * dayMs) return twoUnits(ms, hourMs, 'h', minuteMs, 'min');
  return twoUnits(ms, dayMs, 'd', hourMs, 'h');
}

export function ageText(time: string, now: string): string {
  return durationText(Date.parse(now) - Date.parse(time));
}

/** `17.3 s`, `4 min 10 s`. */
export function secondsText(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return twoUnits(seconds * secondMs, minuteMs, 'min', secondMs, 's');
}

function twoUnits(ms: number, large: number, name: string, small: number, smallName: string) {
  const rest = Math.floor((ms % large) / small);
  const first = `${Math.floor(ms / large)} ${name}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}
