/**
 * Checks the image from time to time: logs once what is wrong with it, and counts it in a metric.
 * What can go wrong: a check that hangs or fails. It has a loop of its own, and holds nothing up.
 */
import type { ProbeConfiguration } from '../../workflow/model/cluster.ts';
import { dimensionNames, metricNames } from '../../workflow/model/names.ts';
import { rest } from '../loop/waiting.ts';
import type { Datum, ProbePorts } from '../ports.ts';
import { imageProblems } from './checks.ts';

/** A server starts within a minute, and where it listens shows only then. */
const observeEveryMs = 60_000;

export interface ImageWatch {
  /** From now on the number of problems is published, the last one at once. */
  publishAs(instanceId: string, publish: (data: readonly Datum[]) => void): void;
  /** Resolves once the signal is aborted; rejects for a bug. */
  readonly ended: Promise<void>;
}

export function watchImage(
  configuration: ProbeConfiguration,
  ports: ProbePorts,
  signal: AbortSignal,
): ImageWatch {
  let count: number | undefined;
  let publish = () => {};
  const ended = observe(configuration, ports, signal, (found) => {
    count = found;
    publish();
  });
  return {
    ended,
    publishAs(instanceId, add) {
      publish = () => {
        if (count === undefined) return;
        const dimensions = {
          [dimensionNames.cluster]: configuration.clusterName,
          [dimensionNames.instanceId]: instanceId,
        };
        const at = ports.clock.now();
        add([{ metricName: metricNames.imageProblems, dimensions, at, value: count }]);
      };
      publish();
    },
  };
}

async function observe(
  configuration: ProbeConfiguration,
  { clock, image, log }: ProbePorts,
  signal: AbortSignal,
  onCount: (count: number) => void,
): Promise<void> {
  let known: ReadonlyMap<string, string> = new Map();
  while (image !== undefined && !signal.aborted) {
    const found = imageProblems(await image.observe(signal), configuration);
    if (signal.aborted) return;
    for (const { check, sentence } of found) {
      if (known.get(check) !== sentence) log('image-problem', { check, sentence });
    }
    const now = new Map(found.map(({ check, sentence }) => [check, sentence]));
    for (const check of known.keys()) if (!now.has(check)) log('image-problem-over', { check });
    known = now;
    onCount(found.length);
    await rest(clock, observeEveryMs, signal);
  }
}
