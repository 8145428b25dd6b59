/**
 * Addresses for one local cloud: a network 127.N of its own on loopback. Several drills, and several
 * scenarios of one drill, run at the same time on one machine.
 * What can go wrong: a machine without the addresses (only Linux has all of 127.0.0.0/8), and
 * something else that listens on the port at every address. Both are said before anything starts.
 */
import { createServer, type Server } from 'node:net';

export interface Loopback {
  /** The first two numbers: "127.64". */
  readonly prefix: string;
  /** Gives the network back. */
  release(): Promise<void>;
}

const firstNetwork = 64;
/** More than scenarios may run at once (16), for several drills at a time. */
const networks = 64;
/** Networks on which something may be in the way before the port is given up. */
const mostTries = 8;

/** Takes a network that nobody uses. It is taken as long as a listener stands at its last address. */
export async function takeLoopback(port: number): Promise<Loopback> {
  for (let network = firstNetwork; network < firstNetwork + networks; network += 1) {
    const prefix = `127.${network}`;
    const lock = createServer();
    const problem = await listen(lock, `${prefix}.255.254`, port);
    if (problem === undefined) {
      return { prefix, release: () => close(lock) };
    }
    if (problem.code !== 'EADDRINUSE') throw new Error(explain(problem, prefix, port));
  }
  throw new Error(
    `Port ${port} is in use at 127.${firstNetwork}.255.254 and the ${networks - 1} networks after it: ` +
      'something else listens on it. Choose another port with --port.',
  );
}

/**
 * Starts something on a network that nobody uses. The next network is tried where something else holds the port
 * at one of the addresses: only a start finds that out. What is started owns its network until it gives it back;
 * where `start` rejects, nothing of it listens any more.
 */
export async function startOnLoopback<Started>(
  port: number,
  start: (loopback: Loopback) => Promise<Started>,
): Promise<Started> {
  const passedOver: Loopback[] = [];
  try {
    for (;;) {
      const loopback = await takeLoopback(port);
      try {
        return await start(loopback);
      } catch (error) {
        passedOver.push(loopback);
        if (!isPortInUse(error) || passedOver.length === mostTries) throw withPortAdvice(error);
      }
    }
  } finally {
    await Promise.all(passedOver.map(({ release }) => release()));
  }
}

/** Adds what a person can do to an error about a port in use that comes from the local cloud. */
export function withPortAdvice(error: unknown): unknown {
  if (!isPortInUse(error)) return error;
  return new Error(`${error.message} Choose another port with --port.`, { cause: error });
}

/** The local cloud says it in its own words and keeps the system's error as the cause. */
function isPortInUse(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === 'EADDRINUSE') || isPortInUse(error.cause);
}

function explain(problem: NodeJS.ErrnoException, prefix: string, port: number): string {
  const where = `${prefix}.255.254:${port}`;
  if (problem.code === 'EADDRNOTAVAIL') {
    return (
      `This machine has no loopback address ${prefix}.255.254. The drill needs Linux, ` +
      'where all of 127.0.0.0/8 is there.'
    );
  }
  return `Nothing can listen at ${where}: ${problem.message}. Choose another port with --port.`;
}

function listen(
  server: Server,
  host: string,
  port: number,
): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => resolve(undefined));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
