/**
 * The independent client of the benchmark: what a user of the cluster would see. It asks the
 * coordinator address every 100 ms on a new connection, as trials/drill/client.ts does, and knows nothing of
 * the failover, nor of the workflow's own reader: a witness must not share its mistakes.
 * What can go wrong: answers come out of order, since an address that drops packets answers nothing.
 * They are read in the order of asking.
 */
import type { HttpAnswer } from '../../workflow/model/info.ts';
import type { VirtualNetwork } from '../simulation/network.ts';
import type { VirtualTime } from '../simulation/virtual-time.ts';

export interface VirtualClient {
  /** The moment of the first of 10 consecutive ready answers from another server; else undefined. */
  servedAtMs(): number | undefined;
  stop(): void;
}

export interface VirtualClientOptions {
  readonly time: VirtualTime;
  readonly network: VirtualNetwork;
  readonly address: string;
}

/** So many ready answers in a row, and the outage is over: as in a drill. */
const readyAnswersToBeOver = 10;
const everyMs = 100;
const timeoutMs = 1500;

interface Answer {
  readonly answeredAtMs: number;
  /** Of the server that is ready; undefined when nobody is. */
  readonly identity: string | undefined;
}

/** Asks until stopped. Whoever answers first is who is to be replaced. */
export function startClient({ time, network, address }: VirtualClientOptions): VirtualClient {
  const answers: (Answer | undefined)[] = [];
  let settled = 0;
  let first: string | undefined;
  let run: Answer[] = [];
  let stopped = false;
  let servedAtMs: number | undefined;

  const read = (answer: Answer) => {
    first ??= answer.identity;
    const isOther = answer.identity !== undefined && answer.identity !== first;
    const goesOn = run[0] === undefined || run[0].identity === answer.identity;
    run = isOther ? [...(goesOn ? run : []), answer] : [];
    if (run.length >= readyAnswersToBeOver) servedAtMs ??= run[0]?.answeredAtMs;
  };
  const ask = async () => {
    const place = answers.length;
    answers.push(undefined);
    const answer = await network.ask({ instanceId: 'client' }, address, { timeoutMs });
    answers[place] = { answeredAtMs: time.now(), identity: readyIdentity(answer) };
    for (let next = answers[settled]; next !== undefined; next = answers[settled]) {
      settled += 1;
      read(next);
    }
  };
  const tick = () => {
    if (stopped) return;
    void ask();
    time.after(everyMs, tick);
  };
  tick();
  return {
    servedAtMs: () => servedAtMs,
    stop() {
      stopped = true;
    },
  };
}

function readyIdentity(answer: HttpAnswer): string | undefined {
  if (answer.kind !== 'answered' || answer.status !== 200) return undefined;
  const { coordinator, starting, coordinatorId } = Object(
    JSON.parse(answer.body) as unknown,
  ) as Readonly<Record<string, unknown>>;
  if (coordinator !== true || starting !== false) return undefined;
  return typeof coordinatorId === 'string' ? coordinatorId : undefined;
}
