/** The policies of resources in templates: topics, queues, functions. */
import type { ResourcePolicies } from '../../iam/resource-policies.ts';
import { optionalText, record, text, textList } from '../../service/properties.ts';
import { type Created, read, type ToBeMade, unlessReplaced } from '../resource.ts';

interface PolicyOptions {
  readonly region: string;
  readonly accountId: string;
  readonly resourcePolicies: ResourcePolicies;
}

export function topicPolicy(resource: ToBeMade, options: PolicyOptions): Created {
  const topics = textList(read(resource, ['PolicyDocument', 'Topics']), 'Topics');
  return policyOf(resource, options.resourcePolicies, topics);
}

export function queuePolicy(resource: ToBeMade, options: PolicyOptions): Created {
  const urls = textList(read(resource, ['PolicyDocument', 'Queues']), 'Queues');
  const { region, accountId } = options;
  const prefix = `arn:aws:sqs:${region}:${accountId}:`;
  const arns = urls.map((url) => `${prefix}${url.split('/').at(-1)}`);
  return policyOf(resource, options.resourcePolicies, arns);
}

function policyOf(
  resource: ToBeMade,
  policies: ResourcePolicies,
  resourceArns: readonly string[],
): Created {
  const given = read(resource, ['PolicyDocument', 'Topics', 'Queues']);
  for (const arn of resourceArns) {
    policies.set(given.what, arn, record(given, 'PolicyDocument'));
  }
  return {
    physicalId: resource.nameOf(80),
    // For another topic or queue CloudFormation makes another policy.
    change: unlessReplaced(resource, ['Topics', 'Queues'], (to) =>
      policyOf(to, policies, resourceArns),
    ),
    remove() {
      for (const arn of resourceArns) policies.remove(arn);
    },
  };
}

export function functionPermission(resource: ToBeMade, options: PolicyOptions): Created {
  const { region, accountId, resourcePolicies } = options;
  const names = ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'];
  const given = read(resource, names);
  const name = text(given, 'FunctionName');
  const sourceArn = optionalText(given, 'SourceArn');
  const sourceAccount = optionalText(given, 'SourceAccount');
  const remove = resourcePolicies.addPermission(given.what, {
    functionArn: name.startsWith('arn:')
      ? name
      : `arn:aws:lambda:${region}:${accountId}:function:${name}`,
    action: text(given, 'Action'),
    principal: text(given, 'Principal'),
    ...(sourceArn === undefined ? {} : { sourceArn }),
    ...(sourceAccount === undefined ? {} : { sourceAccount }),
  });
  return {
    physicalId: resource.nameOf(128),
    change: () => 'replace',
    remove,
  };
}
