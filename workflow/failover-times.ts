/**
 * The times of recent failovers, kept as a tag on the ENI: the address carries its own history.
 * A tag value holds 256 characters: 20 times of 10 digits with a blank between them are 219.
 */
const mostTimes = 20;

/** Two executions of one incident fence within seconds of each other; a second failover takes longer. */
const sameFailoverMs = 10_000;

/** ISO times, oldest first. What is no time is passed over: a person may have edited the tag. */
export function readFailoverTimes(tagValue: string | undefined): string[] {
  return (tagValue ?? '')
    .split(/\s+/)
    .filter((word) => /^\d{9,11}$/.test(word))
    .map((word) => new Date(Number(word) * 1000).toISOString());
}

/** The tag's new value: what is still within the window, and this failover. */
export function addFailoverTime(
  earlier: readonly string[],
  at: string,
  windowMinutes: number,
): string {
  const others = failoversWithin(earlier, at, windowMinutes).filter(
    (time) => Math.abs(Date.parse(at) - Date.parse(time)) >= sameFailoverMs,
  );
  return [...others, at]
    .slice(-mostTimes)
    .map((time) => String(Math.floor(Date.parse(time) / 1000)))
    .join(' ');
}

/**
 * An attachment fails over once, however long EC2 takes to detach it and however many executions find it
 * still there: a time that is later than the attachment is that of its own failover. Clocks of others may
 * be some seconds ahead, and another execution of the failover before this one a little late.
 */
export function isCounted(times: readonly string[], attachedAt: string): boolean {
  return times.some((time) => Date.parse(time) > Date.parse(attachedAt) + sameFailoverMs);
}

export function failoversWithin(
  times: readonly string[],
  now: string,
  windowMinutes: number,
): string[] {
  const oldest = Date.parse(now) - windowMinutes * 60_000;
  return times.filter((time) => Date.parse(time) > oldest);
}
