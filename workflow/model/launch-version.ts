/** The launch template version of a coordinator, and whether it is the cluster's. */
import type { Cluster } from './cluster.ts';
import type { Coordinator } from './incident.ts';
import { readTemplateVersion, templateVersionOf } from './tags.ts';

type Template = Pick<Cluster, 'launchTemplateId' | 'launchTemplateVersion'>;
type Launched = Pick<Coordinator, 'templateVersion'>;

export interface VersionsEvidence {
  /** The active has another version than the cluster. False where there is no active. */
  readonly activeIsOutdated: boolean;
  /** Ids of the standbys of the cluster's version that could take over now. */
  readonly ready: readonly string[];
  readonly sentence: string;
}

/** A coordinator without the tag is outdated: its successor has the tag. */
export function isOutdated({ templateVersion }: Launched, cluster: Template): boolean {
  return templateVersion !== templateVersionOf(cluster);
}

/** `version 3`; with the template's id where it is another template. */
export function versionWords({ templateVersion }: Launched, cluster: Template): string {
  const launched = readTemplateVersion(templateVersion);
  if (launched === null) return 'an unknown version';
  const { launchTemplateId: id, launchTemplateVersion: version } = launched;
  return id === cluster.launchTemplateId ? `version ${version}` : `version ${version} of ${id}`;
}

/** `standbys`: all that live. `ready`: the ids of those that could take over now. */
export function readVersions(
  cluster: Template,
  active: Coordinator | null,
  standbys: readonly Coordinator[],
  ready: readonly string[],
): VersionsEvidence {
  const described = [active, ...standbys].flatMap((one) =>
    one === null ? [] : [`${one.instanceId} runs ${versionWords(one, cluster)}`],
  );
  return {
    activeIsOutdated: active !== null && isOutdated(active, cluster),
    ready: standbys
      .filter((one) => ready.includes(one.instanceId) && !isOutdated(one, cluster))
      .map(({ instanceId }) => instanceId),
    sentence: `The cluster is to run version ${cluster.launchTemplateVersion}. ${described.join(', ')}.`,
  };
}
