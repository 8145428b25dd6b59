/**
 * The condition keys of requests in the local cloud. A policy with another key is refused when it
 * is loaded.
 * Source: IAM user guide, "AWS global condition context keys"; Service Authorization Reference.
 */

/** In lower case: keys ignore case. */
const keys = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:tagkeys',
  'cloudwatch:namespace',
  'ec2:createaction',
  'ec2:instanceprofile',
  'ec2:instancetype',
  'ec2:launchtemplate',
  'ec2:sourceinstancearn',
  'iam:passedtoservice',
  'lambda:sourcefunctionarn',
]);

/** Keys that end with the key of a tag. */
const tagKeyPrefixes = ['aws:requesttag/', 'aws:resourcetag/', 'ec2:resourcetag/'];

export function isConditionKey(key: string): boolean {
  const lower = key.toLowerCase();
  return keys.has(lower) || tagKeyPrefixes.some((prefix) => lower.startsWith(prefix));
}
