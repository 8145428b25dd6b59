/**
 * Finds what infra/hosts/user-data.ts wrote for the probe. On EC2 a shell does this; a machine that is only
 * played (drill, simulation) takes it from here.
 */
import { type ProbeConfiguration, probeConfigurationMark } from '../workflow/model/cluster.ts';

/** Reads the probe's configuration out of the here-document in the user data. */
export function readProbeConfiguration(userData: string): ProbeConfiguration {
  const lines = userData.split('\n').map((line) => line.trimEnd());
  const start = lines.findIndex((line) => line.includes(`<<'${probeConfigurationMark}'`));
  const end = lines.indexOf(probeConfigurationMark, start + 1);
  if (start < 0 || end < 0) {
    throw new Error(
      `user data has no probe configuration: a here-document between <<'${probeConfigurationMark}' ` +
        `and ${probeConfigurationMark} is expected in ${userData.length} characters.`,
    );
  }
  const text = lines.slice(start + 1, end).join('\n');
  try {
    return JSON.parse(text) as ProbeConfiguration;
  } catch (error) {
    throw new Error(`the probe configuration in the user data is not JSON: ${text.slice(0, 200)}`, {
      cause: error,
    });
  }
}
