/** Custom resources: the function of the template makes, changes and deletes them. */
import { optionalNumber, PropertyError, text } from '../../service/properties.ts';
import type { CustomResourceRequest, CustomResources, Data } from '../custom-resources.ts';
import { type Created, HalfMade, type Maker, named, type ToBeMade, whatIs } from '../resource.ts';

/** Taken as done when nothing runs custom resources. */
export function customResourceMaker(customResources: CustomResources | undefined): Maker {
  const madeBefore = new Set<string>();
  return async (resource) => {
    if (customResources === undefined) {
      return named(resource, { physicalId: `${resource.logicalId}-taken-as-done` }, []);
    }
    const isFirst = !madeBefore.has(resource.logicalId);
    madeBefore.add(resource.logicalId);
    if (isFirst && customResources.firstCreationIsDone) {
      const made = { physicalId: `${resource.logicalId}-taken-as-done`, data: {} };
      return standing(customResources, resource, made);
    }
    const answer = await customResources.ask({ ...requestOf(resource), RequestType: 'Create' });
    const { physicalId } = answer;
    if (answer.kind === 'success') {
      return standing(customResources, resource, answer);
    }
    // Without an id CloudFormation invents an id, and the rollback asks for its deletion.
    const made = { physicalId: physicalId ?? `${resource.logicalId}-failed`, data: {} };
    throw new HalfMade(answer.reason, standing(customResources, resource, made));
  };
}

function standing(
  customResources: CustomResources,
  from: ToBeMade,
  { physicalId, data }: { readonly physicalId: string; readonly data: Data },
): Created {
  const existing = { PhysicalResourceId: physicalId };
  return {
    physicalId,
    attributes: data,
    async change(to) {
      const answer = await customResources.ask({
        ...requestOf(to),
        ...existing,
        RequestType: 'Update',
        oldProperties: from.properties,
      });
      // Maybe changed in part: the next change starts from there.
      if (answer.kind === 'failed') {
        throw new HalfMade(answer.reason, standing(customResources, to, { physicalId, data }));
      }
      // A new id means a replacement, with a deletion of the old id.
      if (answer.physicalId !== physicalId) {
        throw new Error(
          `${whatIs(to)} has the new id ${answer.physicalId}: replacing a custom resource is not implemented by the local cloud.`,
        );
      }
      return standing(customResources, to, answer);
    },
    async remove() {
      const request = { ...requestOf(from), ...existing, RequestType: 'Delete' } as const;
      const answer = await customResources.ask(request);
      if (answer.kind === 'failed') throw new Error(answer.reason);
    },
  };
}

function requestOf(resource: ToBeMade): Omit<CustomResourceRequest, 'RequestType'> {
  const given = { what: whatIs(resource), values: resource.properties };
  const timeoutSeconds = optionalNumber(given, 'ServiceTimeout') ?? longestSeconds;
  if (!(timeoutSeconds >= 1 && timeoutSeconds <= longestSeconds)) {
    throw new PropertyError(
      `${given.what}: ServiceTimeout is ${timeoutSeconds}, but must be from 1 to ${longestSeconds}.`,
    );
  }
  return {
    ResourceType: resource.type,
    LogicalResourceId: resource.logicalId,
    StackId: resource.stackTags['aws:cloudformation:stack-id'] ?? '',
    serviceToken: text(given, 'ServiceToken'),
    timeoutSeconds,
    properties: resource.properties,
  };
}

const longestSeconds = 3600;
