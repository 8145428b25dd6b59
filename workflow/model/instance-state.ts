/**
 * EC2's instance states: pending, running, stopping, stopped, shutting-down, terminated. A predicate is
 * named after the states that it is true of. Source: EC2 user guide, instance state changes.
 */

interface InState {
  readonly state: string;
}

interface Tagged extends InState {
  /** Does it carry this cluster's tag? */
  readonly ours: boolean;
  readonly retired: string | null;
}

export function isRunning({ state }: InState): boolean {
  return state === 'running';
}

export function isPendingOrRunning({ state }: InState): boolean {
  return state === 'pending' || state === 'running';
}

/** The instance keeps its interfaces, and a person may start it again. */
export function isStoppingOrStopped({ state }: InState): boolean {
  return state === 'stopping' || state === 'stopped';
}

/** There is no way back. */
export function isShuttingDownOrTerminated({ state }: InState): boolean {
  return state === 'shutting-down' || state === 'terminated';
}

/** The interfaces are released. EC2 shows the instance for about an hour. */
export function isTerminated({ state }: InState): boolean {
  return state === 'terminated';
}

/** A coordinator of this cluster that is, or could become, the active one. */
export function isLiving({ ours, retired, ...instance }: Tagged): boolean {
  return ours && retired === null && isPendingOrRunning(instance);
}

/** An instance of this cluster that still holds what it was given. */
export function isOursNotTerminated({ ours, ...instance }: Omit<Tagged, 'retired'>): boolean {
  return ours && !isTerminated(instance);
}
