/** CreateTags and DeleteTags; tags as the list of the API and as a record. */

import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  Tag,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import type { Tags } from '../service/properties.ts';
import { type Operation, ServiceError } from '../service/service.ts';
import { operation, required } from './operation.ts';
import { type Ec2State, instancesOf, networkInterfacesOf, visibleInstances } from './state.ts';

/** EC2 user guide, tag restrictions. */
const mostTags = 50;
const longestKey = 128;
const longestValue = 256;

export function tagOperations(ec2: Ec2State): Record<string, Operation> {
  return {
    CreateTags: operation<CreateTagsRequest>(
      ['Resources[]', 'Tags[].Key', 'Tags[].Value'],
      (input) => {
        const added = tagsFrom(required('Tags', input.Tags));
        changeTags(ec2, required('Resources', input.Resources), (tags) => {
          const merged = { ...tags, ...added };
          requireTagLimit(merged);
          return merged;
        });
        return {};
      },
    ),
    DeleteTags: operation<DeleteTagsRequest>(
      ['Resources[]', 'Tags[].Key', 'Tags[].Value'],
      (input) => {
        changeTags(ec2, required('Resources', input.Resources), (tags) =>
          withoutTags(tags, input.Tags),
        );
        return {};
      },
    ),
  };
}

/** @throws InvalidParameterValue for a tag that EC2 would refuse */
export function tagsFrom(list: readonly Tag[]): Tags {
  const tags: Record<string, string> = {};
  for (const { Key = '', Value = '' } of list) {
    const problem = tagProblem(Key, Value);
    if (problem !== undefined) throw new ServiceError('InvalidParameterValue', problem);
    tags[Key] = Value;
  }
  requireTagLimit(tags);
  return tags;
}

export function tagListFrom(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** The tags that specifications give to one type of resource. A later tag wins over an earlier. */
export function specifiedTags(
  specifications: readonly (readonly TagSpecification[] | undefined)[],
  resourceType: string,
): Tags {
  const tags = specifications
    .flatMap((some) => some ?? [])
    .filter(({ ResourceType }) => ResourceType === resourceType)
    .flatMap(({ Tags: some }) => some ?? []);
  return tagsFrom(tags);
}

function tagProblem(key: string, value: string): string | undefined {
  if (key === '' || key.length > longestKey) {
    return `Tag key '${key.slice(0, 200)}' must have from 1 to ${longestKey} characters.`;
  }
  if (key.startsWith('aws:')) {
    return `Tag keys starting with 'aws:' are reserved for internal use: '${key}'`;
  }
  if (value.length > longestValue) {
    return `The value of tag '${key}' has ${value.length} characters, but may have at most ${longestValue}.`;
  }
  return undefined;
}

function requireTagLimit(tags: Tags): void {
  const own = Object.keys(tags).filter((key) => !key.startsWith('aws:'));
  if (own.length <= mostTags) return;
  throw new ServiceError(
    'TagLimitExceeded',
    `A resource may have at most ${mostTags} tags, but would have ${own.length}.`,
  );
}

/** A key alone is removed with any value, a key with a value only with that value. */
function withoutTags(tags: Tags, list: readonly Tag[] | undefined): Tags {
  const goes = ([key, value]: [string, string]) =>
    !key.startsWith('aws:') &&
    (list === undefined ||
      list.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value)));
  return Object.fromEntries(Object.entries(tags).filter((entry) => !goes(entry)));
}

/** All resources or none: all are found and changed before the first change is kept. */
function changeTags(ec2: Ec2State, ids: readonly string[], change: (tags: Tags) => Tags): void {
  const keepers = ids.map((id) => taggedResource(ec2, id, change));
  for (const keep of keepers) keep();
}

function taggedResource(ec2: Ec2State, id: string, change: (tags: Tags) => Tags): () => void {
  if (id.startsWith('i-')) {
    const [instance] = instancesOf(visibleInstances(ec2), [id]);
    const tags = change(instance?.tags ?? {});
    return () => void ec2.instances.change(id, { tags });
  }
  if (id.startsWith('eni-')) {
    const [networkInterface] = networkInterfacesOf(ec2.networkInterfaces.all(), [id]);
    const tags = change(networkInterface?.tags ?? {});
    return () => void ec2.networkInterfaces.change(id, { tags });
  }
  const launchTemplate = ec2.launchTemplates.get(id);
  if (launchTemplate !== undefined) {
    const tags = change(launchTemplate.tags);
    return () => {
      launchTemplate.tags = tags;
    };
  }
  throw new ServiceError('InvalidID', `The ID '${id}' is not valid`);
}
