/**
 * Which launch template version a coordinator was launched from, and whether it is the cluster's.
 * What can go wrong: a template that was replaced begins again at version 1, so the number alone
 * would call an old coordinator current. The template's id stands beside it.
 */
import type { Cluster } from './cluster.ts';

type Template = Pick<Cluster, 'launchTemplateId' | 'launchTemplateVersion'>;

/** Value of the tag `tagKeys.templateVersion`: `lt-0123456789abcdef0:3`. */
export function templateVersionOf({ launchTemplateId, launchTemplateVersion }: Template): string {
  return `${launchTemplateId}:${launchTemplateVersion}`;
}
