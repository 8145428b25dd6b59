/**
 * What is going on in one scenario at one moment, as each witness sees it. Pure: the live view draws
 * it or tells what has changed.
 */

export interface Picture {
  readonly at: number;
  /** When the latest fault happened; undefined before. */
  readonly faultAt?: number;
  readonly holder: { readonly instanceId: string; readonly status: string } | undefined;
  /** What the client was answered last, and since when it has been the same. */
  readonly client: { readonly what: string; readonly since: number } | undefined;
  readonly alarms: readonly { readonly name: string; readonly state: string }[];
  readonly coordinators: readonly CoordinatorPicture[];
  /** Executions that are running. */
  readonly executions: readonly {
    readonly name: string;
    readonly state: string;
    readonly since: number;
  }[];
}

export interface CoordinatorPicture {
  readonly instanceId: string;
  /** What EC2 says: pending, running, shutting-down. */
  readonly state: string;
  readonly retired: boolean;
  /** What its own probe last published: healthy, unhealthy, silent. */
  readonly probe: string;
  /** What it sees of the coordinator address, as a standby: reaches it, does not, says nothing. */
  readonly reaches: string;
}

/** One sentence for each difference between two moments. */
export function changes(before: Picture | undefined, now: Picture): string[] {
  return [
    ...changed('The address', holderWords(before), holderWords(now)),
    ...changed('The client', before?.client?.what, now.client?.what),
    ...now.alarms.flatMap(({ name, state }) =>
      changed(`The alarm ${name}`, before?.alarms.find((old) => old.name === name)?.state, state),
    ),
    ...now.coordinators.flatMap((one) => {
      const old = before?.coordinators.find(({ instanceId }) => instanceId === one.instanceId);
      return changed(one.instanceId, old && coordinatorWords(old), coordinatorWords(one));
    }),
    ...(before?.coordinators ?? [])
      .filter((old) => !now.coordinators.some((one) => one.instanceId === old.instanceId))
      .map((old) => `${old.instanceId}: gone`),
    ...now.executions.flatMap(({ name, state }) =>
      changed(name, before?.executions.find((old) => old.name === name)?.state, state),
    ),
    ...(before?.executions ?? [])
      .filter((old) => !now.executions.some((one) => one.name === old.name))
      .map((old) => `${old.name}: ended`),
  ];
}

/** The whole moment, a line per witness. */
export function draw(name: string, picture: Picture | undefined, said: string): string[] {
  if (picture === undefined) return [`${name}: ${said}`];
  const { at, faultAt, client } = picture;
  const clock = faultAt === undefined ? '' : ` ${seconds(at - faultAt)} since the fault.`;
  const alarms = picture.alarms.map(({ name: alarm, state }) => `${alarm} ${state}`);
  const executions = picture.executions.map(
    (execution) => `in ${execution.state} for ${seconds(at - execution.since)}`,
  );
  return [
    `${name}: ${said}${clock}`,
    `  client         ${client === undefined ? 'not asked yet' : `${client.what} for ${seconds(at - client.since)}`}`,
    `  alarms         ${alarms.join(', ')}`,
    `  state machine  ${executions.join('; ') || 'not running'}`,
    ...picture.coordinators.map((one) => {
      const active = one.instanceId === picture.holder?.instanceId;
      const role = one.retired ? 'retired' : active ? 'active' : 'standby';
      return `  ${role.padEnd(14)} ${one.instanceId} ${coordinatorWords(one)}`;
    }),
  ];
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function changed(subject: string, before: string | undefined, now: string | undefined): string[] {
  return now === undefined || now === before ? [] : [`${subject}: ${now}`];
}

function holderWords(picture: Picture | undefined): string | undefined {
  if (picture === undefined) return undefined;
  const { holder } = picture;
  return holder === undefined ? 'attached to nothing' : `${holder.status} at ${holder.instanceId}`;
}

function coordinatorWords(one: CoordinatorPicture): string {
  const retired = one.retired ? ', retired' : '';
  const reaches = one.reaches === '' ? '' : `, ${one.reaches}`;
  return `EC2 says ${one.state}${retired}, its probe ${one.probe}${reaches}`;
}
