/** What the planted bugs do: documents that are not so, and calls to AWS that are not made as they should be. */
import type { Instance, Tag } from '@aws-sdk/client-ec2';
import type { FailoverCalls } from '../../../aws/calls.ts';
import type { Answers, Incident } from '../../../workflow/model/incident.ts';
import { addressTargetName } from '../../../workflow/model/incident.ts';
import { tagKeys } from '../../../workflow/model/names.ts';
import type { IncidentOptions } from '../../simulation/incident.ts';
import { type Bug, surveyWith } from './planted.ts';

/** Says that it is done. */
export const nothing = async () => ({ $metadata: {} });

export function failedByTheOutsideCheck(decision: object, { answers }: Incident): object {
  const asked = (answers as Answers).answers.find(({ name }) => name === addressTargetName);
  return asked?.ready ? decision : { ...decision, rule: 'dead', outcome: 'failed' };
}

/** The decision of the document is of this moment, whenever it was made. */
export function neverStale(incident: Incident): object {
  return { ...incident, decision: { ...incident.decision, at: new Date().toISOString() } };
}

/** Whatever was seen, it was seen now: every time in the observation is moved. */
export function asIfJustSeen({ survey, answers, ...rest }: Incident): object {
  const byMs = answers?.kind === 'asked' ? Date.now() - Date.parse(answers.at) : 0;
  const moved = (finding: object | undefined): unknown =>
    JSON.parse(
      JSON.stringify(finding ?? null).replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) =>
        new Date(Date.parse(time) + byMs).toISOString(),
      ),
    );
  return { ...rest, survey: moved(survey), answers: moved(answers) };
}

export function wanting(more: number): (incident: Incident) => object {
  return ({ settings, ...rest }) => ({
    ...rest,
    settings: { ...settings, haCoordinatorsCount: settings.haCoordinatorsCount + more },
  });
}

export function addressWith(different: object): (incident: Incident) => object {
  return (incident) =>
    surveyWith(incident, ({ address }) => ({ address: address && { ...address, ...different } }));
}

export function attachedLongAgo(incident: Incident): object {
  const attachedAt = new Date(0).toISOString();
  return surveyWith(incident, ({ address }) => {
    const attachment = address?.attachment ?? null;
    return {
      address: address && { ...address, attachment: attachment && { ...attachment, attachedAt } },
    };
  });
}

export function everybodyIsOurs(cloud: FailoverCalls): Partial<FailoverCalls> {
  const ours = { Key: tagKeys.cluster, Value: 'simulation' };
  const inAll: FailoverCalls = {
    ...cloud,
    describeInstances: ({ Filters: _all, ...input }) => cloud.describeInstances(input),
  };
  return withInstances(inAll, (one) => ({ ...one, Tags: [ours] }));
}

/** Every instance is described as one that has ended. */
export function endedAll(cloud: FailoverCalls): Partial<FailoverCalls> {
  return withInstances(cloud, (one) => ({ ...one, State: { Name: 'terminated' } }));
}

export function detachingTheHolder(cloud: FailoverCalls): Partial<FailoverCalls> {
  return {
    modifyNetworkInterfaceAttribute: nothing,
    detachNetworkInterface: async (input) => {
      const { NetworkInterfaces = [] } = await cloud.describeNetworkInterfaces({});
      const held = NetworkInterfaces.find(({ TagSet = [] }) =>
        TagSet.some(({ Key }) => Key === tagKeys.cluster),
      );
      return cloud.detachNetworkInterface({
        ...input,
        AttachmentId: held?.Attachment?.AttachmentId ?? input.AttachmentId,
      });
    },
  };
}

/** Several executions fence at once; but for the first, each is held up until the address has moved. */
export function slowSecondFence(): IncidentOptions['onCall'] {
  const fencing = new Set<string>();
  return ({ by, operation }) => {
    if (typeof by === 'string' || by.functionName !== 'terminate-instance') return undefined;
    if (operation !== 'CreateTags') return undefined;
    fencing.add(by.executionArn);
    if (fencing.size < 2) return undefined;
    return new Promise((resolve) => void setTimeout(resolve, 12_000));
  };
}

/** Each execution dies between retiring and detaching. */
export function dyingBeforeTheyDetach(): Partial<IncidentOptions> {
  let kill: (executionArn: string) => void = () => {};
  return {
    onBegin(_world, executions) {
      ({ kill } = executions);
    },
    onCall({ by, operation }) {
      if (typeof by !== 'string' && operation === 'DetachNetworkInterface') kill(by.executionArn);
      return undefined;
    },
  };
}

export function unretired(incident: Incident): object {
  const { termination: _fenced, ...rest } = surveyWith(incident, ({ coordinators }) => ({
    coordinators: coordinators?.map((one) => ({ ...one, retired: null })) ?? null,
  })) as Incident;
  return { ...rest, termination: { kind: 'none' } };
}

/** Who is retired is seen, and not why. */
export function retiredByNobody(incident: Incident): object {
  return surveyWith(incident, ({ coordinators }) => ({
    coordinators:
      coordinators?.map((one) => ({ ...one, retired: one.retired && 'somebody' })) ?? null,
  }));
}

export function withoutRetiredTags(cloud: FailoverCalls): Partial<FailoverCalls> {
  return withTags(cloud, (tags) => tags.filter(({ Key }) => Key !== tagKeys.retired));
}

export function ofTheNewVersion(cloud: FailoverCalls): Partial<FailoverCalls> {
  return withTags(cloud, (tags) =>
    tags.map((tag) =>
      tag.Key === tagKeys.templateVersion
        ? { ...tag, Value: tag.Value?.replace(/:1$/, ':2') }
        : tag,
    ),
  );
}

function withTags(
  cloud: FailoverCalls,
  change: (tags: readonly Tag[]) => Tag[],
): Partial<FailoverCalls> {
  return withInstances(cloud, ({ Tags = [], ...one }) => ({ ...one, Tags: change(Tags) }));
}

/** Instances are described otherwise than they are. */
function withInstances(
  cloud: FailoverCalls,
  change: (instance: Instance) => Instance,
): Partial<FailoverCalls> {
  return {
    describeInstances: async (input) => {
      const { Reservations = [], ...rest } = await cloud.describeInstances(input);
      return {
        ...rest,
        Reservations: Reservations.map(({ Instances = [], ...reservation }) => ({
          ...reservation,
          Instances: Instances.map(change),
        })),
      };
    },
  };
}

export function withoutStackDeletingTag(cloud: FailoverCalls): Partial<FailoverCalls> {
  return {
    describeNetworkInterfaces: async (input) => {
      const { NetworkInterfaces = [], ...rest } = await cloud.describeNetworkInterfaces(input);
      return {
        ...rest,
        NetworkInterfaces: NetworkInterfaces.map(({ TagSet = [], ...one }) => ({
          ...one,
          TagSet: TagSet.filter(({ Key }) => Key !== tagKeys.stackDeleting),
        })),
      };
    },
  };
}

export function freshTokens(): Bug['cloud'] {
  let tries = 0;
  return (cloud) => ({
    runInstances: (input) => {
      tries += 1;
      return cloud.runInstances({ ...input, ClientToken: `try ${tries}` });
    },
  });
}
