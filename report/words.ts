/** Times, durations and counts as a reader wants them. Always UTC; never rounded to nothing. */
export const notInTheHistory = 'not in the history';

/** `12:00:05.123 (+5.123 s)`: with the date where it is not the day on which the execution began. */
export function moment(at: string | null, startedAt: string | null): string {
  if (at === null) return notInTheHistory;
  if (startedAt === null) return at;
  const seconds = (Date.parse(at) - Date.parse(startedAt)) / 1000;
  const day = at.slice(0, 10) === startedAt.slice(0, 10) ? '' : `${at.slice(0, 10)} `;
  return `${day}${at.slice(11, 23)} (${signed(seconds)} s)`;
}

export function duration(seconds: number | null): string {
  if (seconds === null) return notInTheHistory;
  const sign = seconds < 0 ? '-' : '';
  const all = Math.abs(seconds);
  if (all < 120) return `${sign}${scaleIn(all)} s`;
  const minutes = Math.floor(all / 60);
  const rest = `${scaleIn(all - minutes * 60)} s`;
  if (minutes < 120) return `${sign}${minutes} min ${rest}`;
  return `${sign}${Math.floor(minutes / 60)} h ${minutes % 60} min ${rest}`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

export function listed(items: readonly string[], none = 'none'): string {
  return items.length === 0 ? none : items.join(', ');
}

function signed(seconds: number): string {
  return seconds < 0 ? `-${scaleIn(-seconds)}` : `+${scaleIn(seconds)}`;
}

function scaleIn(seconds: number): string {
  return String(Math.round(seconds * 1000) / 1000);
}
