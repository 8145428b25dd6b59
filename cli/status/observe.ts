/**
 * What `status` shows, read side by side: EC2, CloudWatch, Step Functions, and the servers that can be
 * reached from here. Each read fails for itself.
 */
import { type AddressDetails, addressDetailsFrom } from '../../aws/address.ts';
import { type AlarmView, readAlarms } from '../../aws/alarms.ts';
import type { OperatorCalls } from '../../aws/calls.ts';
import {
  type CoordinatorView,
  readStatusChecks,
  viewCoordinators,
} from '../../aws/coordinators.ts';
import {
  describeExecution,
  type Execution,
  type Listing,
  listExecutions,
  readNewestEvents,
} from '../../aws/executions.ts';
import { type NewestSamples, readNewestSamples } from '../../aws/samples.ts';
import { readFinding } from '../../history/findings.ts';
import { fieldsOf } from '../../history/values.ts';
import { currentState } from '../../history/visits.ts';
import type { GetInfo } from '../../info-client/get-info.ts';
import type { Ending } from '../../workflow/model/incident.ts';
import { isUnverified, readInfo } from '../../workflow/model/info.ts';
import { isPendingOrRunning, isTerminated } from '../../workflow/model/instance-state.ts';
import { alarmNames, metricNamespace } from '../../workflow/model/names.ts';
import { readRequest } from '../../workflow/model/request.ts';
import type { ServerEndpoint } from '../../workflow/model/server-endpoint.ts';
import type { Advice } from '../../workflow/notify/advice.ts';
import type { FoundCluster } from '../cluster/find-cluster.ts';
import { type Machine, readMachine } from '../cluster/machine.ts';
import { type ReadResult, readAfter, tryRead } from '../cluster/read-result.ts';
import { type IncidentSummary, readIncident } from '../executions/incidents.ts';

export interface ClusterObservation {
  readonly at: string;
  readonly clusterName: string;
  readonly region: string;
  readonly address: ReadResult<AddressDetails>;
  readonly leftBehind: readonly string[];
  readonly machine: ReadResult<Machine>;
  readonly coordinators: ReadResult<readonly CoordinatorView[]>;
  /** By instance id. */
  readonly samples: ReadResult<ReadonlyMap<string, NewestSamples>>;
  /** EC2's status checks by instance id; unknown for an instance that is missing. */
  readonly statusChecks: ReadResult<ReadonlyMap<string, 'ok' | 'impaired'>>;
  /** Answers from here, by name: of the address and the living coordinators. */
  readonly answers: ReadResult<ReadonlyMap<string, AnswerFromHere>>;
  /** Both; an alarm that does not exist is `missing`. */
  readonly alarms: ReadResult<readonly AlarmView[]>;
  readonly running: ReadResult<readonly RunningExecution[]>;
  /** The newest execution that has ended. */
  readonly lastEnded: ReadResult<LastEnded | null>;
  /** The execution that brought the address to its holder; `null` when no execution did. */
  readonly lastMove: ReadResult<IncidentSummary | null>;
}

export interface AnswerFromHere {
  readonly ready: boolean;
  /** Something answered, perhaps with a refusal: there is a way from here. */
  readonly reached: boolean;
  /** It could not be verified. The mistake may be in the CA bundle or the pin. */
  readonly unverified?: boolean;
  readonly sentence: string;
}

export interface RunningExecution extends Execution {
  readonly startedBy: string;
  readonly state: { readonly name: string; readonly since: string | null } | null;
}

export interface LastEnded extends Execution {
  readonly error: string | null;
  readonly cause: string | null;
  readonly ending: Ending | null;
  readonly advice: Advice;
  /** What the function in the VPC was answered, where the record holds it. */
  readonly answers: readonly {
    readonly name: string;
    readonly reached: boolean;
    readonly unverified?: boolean;
    readonly sentence: string;
  }[];
}

export const addressName = 'address';

/** A server answers from memory: without an answer in this time it cannot be reached from here. */
const askTimeoutMs = 600;
const mostRunning = 3;
/** Two pages hold a week of an observation every five minutes. */
const mostListPages = 2;
/** A state is entered within so many events. */
const newestEvents = 20;
/** The value of an old sample means nothing, its age does. */
const samplesBackMs = 15 * 60_000;
/** Executions that may have run at one moment. */
const mostCandidates = 5;

export async function observe(
  cloud: OperatorCalls,
  found: FoundCluster,
  { getInfo, now }: { readonly getInfo: GetInfo; readonly now: () => number },
): Promise<ClusterObservation> {
  const address = await readAfter(found.address, async (eni) => addressDetailsFrom(eni));
  const attachment = address.kind === 'read' ? address.value.attachment : null;
  const machine = readAfter(found.stateMachineArn, (arn) => readMachine(cloud, arn));
  const coordinators = tryRead(() => viewCoordinators(cloud, found, attachment?.instanceId));
  const { clusterName } = found;
  const published = { clusterName, metricNamespace: metricNamespace(clusterName) };
  const samples = coordinators.then((read) =>
    readAfter(read, (hosts) =>
      readNewestSamples(cloud, published, idsNotTerminated(hosts), {
        now: now(),
        backMs: samplesBackMs,
      }),
    ),
  );
  const statusChecks = coordinators.then((read) =>
    readAfter(read, (hosts) => readStatusChecks(cloud, idsNotTerminated(hosts))),
  );
  const listing = readAfter(found.stateMachineArn, (arn) =>
    listExecutions(cloud, arn, {
      mostPages: mostListPages,
      ...(attachment === null ? {} : { since: attachment.attachedAt }),
    }),
  );
  const lastMove = listing.then((read) =>
    readAfter(read, (list) => readLastMove(cloud, list, attachment, now())),
  );
  const running = listing.then((read) => readAfter(read, (list) => readRunning(cloud, list)));
  const lastEnded = listing.then((read) =>
    readAfter(read, (list) => readLastEnded(cloud, list, now())),
  );
  const answers = Promise.all([machine, coordinators]).then(([known, hosts]) =>
    readAfter(known, ({ cluster }) =>
      ask(getInfo, cluster.server, [
        [addressName, cluster.coordinatorAddress],
        ...(hosts.kind === 'read' ? hosts.value.filter(isPendingOrRunning) : []).map(
          (host) => [host.instanceId, host.privateIpAddress ?? ''] as const,
        ),
      ]),
    ),
  );
  const alarms = tryRead(() => readBothAlarms(cloud, found.clusterName));
  return {
    clusterName: found.clusterName,
    region: found.region,
    address,
    leftBehind: found.leftBehind,
    machine: await machine,
    coordinators: await coordinators,
    samples: await samples,
    statusChecks: await statusChecks,
    answers: await answers,
    alarms: await alarms,
    running: await running,
    lastEnded: await lastEnded,
    lastMove: await lastMove,
    at: new Date(now()).toISOString(),
  };
}

function idsNotTerminated(hosts: readonly CoordinatorView[]): string[] {
  return hosts.filter((host) => !isTerminated(host)).map(({ instanceId }) => instanceId);
}

async function ask(
  getInfo: GetInfo,
  server: ServerEndpoint,
  targets: readonly (readonly [name: string, host: string])[],
): Promise<ReadonlyMap<string, AnswerFromHere>> {
  const answers = await Promise.all(
    targets
      .filter(([, host]) => host !== '')
      .map(async ([name, host]) => {
        const reading = readInfo(await getInfo({ host, server, timeoutMs: askTimeoutMs }));
        const { ready, reached, sentence, outcome } = reading;
        return [name, { ready, reached, unverified: isUnverified(outcome), sentence }] as const;
      }),
  );
  return new Map(answers);
}

async function readBothAlarms(cloud: OperatorCalls, clusterName: string): Promise<AlarmView[]> {
  const names = Object.values(alarmNames(clusterName));
  const alarms = await readAlarms(cloud, names);
  return names.map(
    (name) =>
      alarms.find((alarm) => alarm.name === name) ?? {
        name,
        state: 'missing',
        since: null,
        reason: '',
      },
  );
}

async function readRunning(
  cloud: OperatorCalls,
  { executions }: Listing,
): Promise<RunningExecution[]> {
  const running = executions.filter(({ status }) => status === 'RUNNING').slice(0, mostRunning);
  return Promise.all(
    running.map(async (execution) => {
      const [described, state] = await Promise.all([
        describeExecution(cloud, execution.arn),
        readCurrentState(cloud, execution.arn),
      ]);
      return { ...execution, startedBy: readRequest(described.input ?? {}).startedBy, state };
    }),
  );
}

/** The state that an execution is in, and since when (ISO 8601). */
async function readCurrentState(
  cloud: OperatorCalls,
  executionArn: string,
): Promise<RunningExecution['state']> {
  return currentState(await readNewestEvents(cloud, executionArn, newestEvents)) ?? null;
}

export async function readLastEnded(
  cloud: OperatorCalls,
  { executions }: Pick<Listing, 'executions'>,
  now: number,
): Promise<LastEnded | null> {
  const last = executions.find(({ status }) => status !== 'RUNNING');
  if (last === undefined) return null;
  const [{ error, cause, output }, { incident }] = await Promise.all([
    describeExecution(cloud, last.arn),
    readIncident(cloud, last, new Date(now).toISOString()),
  ]);
  const { ending, advice } = incident;
  return { ...last, error, cause, ending, advice, answers: answersIn(output) };
}

function answersIn(output: unknown): LastEnded['answers'] {
  const answers = readFinding('answers', fieldsOf(output).answers)?.answers ?? [];
  return answers.map(({ name, reached, outcome, sentence }) => ({
    name: name ?? 'an unknown server',
    reached: reached === true,
    unverified: isUnverified(outcome ?? ''),
    sentence: sentence ?? 'nothing on record',
  }));
}

/** The execution that ran when the address was attached, and that says so in its history. */
async function readLastMove(
  cloud: OperatorCalls,
  { executions, more }: Listing,
  attachment: AddressDetails['attachment'],
  now: number,
): Promise<IncidentSummary | null> {
  if (attachment === null) return null;
  const { attachedAt, attachmentId } = attachment;
  // EC2 tells whole seconds: an attachment may seem a second older than it is.
  const latest = new Date(Date.parse(attachedAt) + 1000).toISOString();
  const candidates = executions.filter(
    ({ startedAt, stoppedAt }) =>
      startedAt <= latest && (stoppedAt === null || stoppedAt >= attachedAt),
  );
  const read = await Promise.all(
    candidates
      .slice(0, mostCandidates)
      .map((candidate) => readIncident(cloud, candidate, new Date(now).toISOString())),
  );
  // Two executions of one incident find the same attachment: the first has made it.
  const [mover] = read
    .flatMap(({ incident, report }) =>
      report.attachments
        .filter((attaching) => attaching.attachmentId === attachmentId)
        .map(({ at }) => ({ incident, at: at ?? '' })),
    )
    .sort((one, other) => one.at.localeCompare(other.at));
  if (mover !== undefined) return mover.incident;
  const oldest = executions.at(-1);
  if (more && oldest !== undefined && oldest.startedAt > attachedAt) {
    throw new Error(
      `It is further back than the newest ${executions.length} executions: history --since finds it.`,
    );
  }
  return null;
}
