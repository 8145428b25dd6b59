/**
 * Reads what an execution was started with. Anything is allowed: an event, a person's words, garbage.
 * Nothing in it can do harm; what is not understood is said in the record.
 */

export interface Request {
  /** What started the execution, in words. */
  readonly startedBy: string;
  /** A person asked to move a healthy coordinator. */
  readonly force: boolean;
  /** What could not be understood, and what is allowed. */
  readonly note?: string;
}

const allowed = 'Allowed: {} or {"reason": "why"}.';
const quotedLength = 200;

export function readRequest(input: unknown): Request {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return {
      startedBy: 'a person',
      force: false,
      note: `The input ${quote(input)} is not an object and was taken as {}. ${allowed}`,
    };
  }
  const event = readEvent(input);
  if (event !== undefined) return { startedBy: event, force: false };
  return readPerson(input);
}

function readPerson(input: object): Request {
  const unknownKeys = Object.keys(input).filter((key) => key !== 'reason');
  const reason = 'reason' in input ? input.reason : undefined;
  const startedBy =
    typeof reason === 'string' ? `a person: ${reason.slice(0, quotedLength)}` : 'a person';
  if (unknownKeys.length > 0) {
    const keys = unknownKeys.map(quote).join(', ').slice(0, quotedLength);
    return { startedBy, force: false, note: `The input has unknown keys (${keys}). ${allowed}` };
  }
  if (reason !== undefined && typeof reason !== 'string') {
    const note = `The reason ${quote(reason)} is not a text. ${allowed}`;
    return { startedBy, force: false, note };
  }
  return { startedBy, force: false };
}

/** An EventBridge event has `detail-type` and `source`. */
function readEvent(input: object): string | undefined {
  if (!('source' in input) || !('detail-type' in input)) return undefined;
  const { source, 'detail-type': detailType } = input;
  if (typeof source !== 'string' || typeof detailType !== 'string') return undefined;
  return `${detailType} (${source})${subject(input)}`;
}

function subject(event: object): string {
  const detail = 'detail' in event && typeof event.detail === 'object' ? event.detail : null;
  if (detail === null) return '';
  if ('alarmName' in detail) return `: ${String(detail.alarmName)}`;
  if ('instance-id' in detail && 'state' in detail) {
    return `: ${String(detail['instance-id'])} is ${String(detail.state)}`;
  }
  return '';
}

function quote(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, quotedLength);
}
