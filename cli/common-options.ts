/** Options that several commands have. */
import { clusterNamePattern } from '../workflow/model/names.ts';
import type { Given } from './terminal/command-line.ts';
import { flag, matching, optional, required, text } from './terminal/options.ts';

/** Of every command. */
export const commonOptions = {
  cluster: optional(
    'NAME',
    'the cluster; default: the only one in the region',
    matching(clusterNamePattern, 'a letter, then up to 69 letters, digits and hyphens'),
  ),
  stack: optional('NAME', 'the CloudFormation stack that the cluster belongs to', text),
  region: optional(
    'REGION',
    'default: AWS_REGION, AWS_DEFAULT_REGION, the region of the profile',
    matching(/^[a-z0-9-]+$/, 'a region such as eu-central-1'),
  ),
  profile: optional('NAME', 'a profile of the AWS CLI; default: AWS_PROFILE', text),
  json: flag('the result as one JSON document on stdout'),
};

export type CommonOptions = Given<typeof commonOptions>;

/** Who asks, and why: both stand in the record. */
export const recordOptions = {
  reason: required('TEXT', 'why; it stands in the record'),
  by: optional('NAME', 'who asks; default: the name of your user here', text),
};
