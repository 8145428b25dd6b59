/** Checks of the coordinators themselves. Pure. */
import type { CoordinatorView } from '../../aws/coordinators.ts';
import { isOutdated, versionWords } from '../../workflow/model/launch-version.ts';
import { tagKeys } from '../../workflow/model/names.ts';
import { isFresh } from '../status/members.ts';
import type { ClusterObservation } from '../status/observe.ts';
import { ageText } from '../terminal/times.ts';
import type { Check, Readings } from './check.ts';

/** `hosts`: the living coordinators of this cluster. */
export function hostChecks(
  observation: ClusterObservation,
  readings: Readings,
  hosts: readonly CoordinatorView[],
): Check[] {
  return [
    zoneCheck(observation, hosts),
    slotCheck(readings, hosts, observation),
    tagCheck(hosts),
    versionCheck(observation, hosts),
    statusCheck(observation, hosts),
    sampleCheck(observation, hosts),
  ];
}

function zoneCheck({ address }: ClusterObservation, hosts: readonly CoordinatorView[]): Check {
  const area = 'zones';
  if (address.kind === 'unread') return { area, decision: 'unknown', sentence: address.why };
  const zone = address.value.availabilityZone;
  const strangers = hosts.filter(({ availabilityZone }) => availabilityZone !== zone);
  if (strangers.length === 0) {
    return { area, decision: 'ok', sentence: `The address and its coordinators are in ${zone}.` };
  }
  const names = strangers
    .map((host) => `${host.instanceId} (${host.availabilityZone ?? 'an unknown zone'})`)
    .join(', ');
  return {
    area,
    decision: 'problem',
    sentence: `The address is in ${zone} and cannot move to ${names}.`,
    cure: { words: 'Terminate them: they are launched again in the right subnet.' },
  };
}

function slotCheck(
  { interfaceLimits }: Readings,
  hosts: readonly CoordinatorView[],
  { address }: ClusterObservation,
): Check {
  const area = 'ENI slots';
  if (interfaceLimits.kind === 'unread') {
    return { area, decision: 'unknown', sentence: interfaceLimits.why };
  }
  const holder = address.kind === 'read' ? address.value.attachment?.instanceId : undefined;
  const full = hosts.filter(
    ({ instanceId, instanceType, interfaces }) =>
      instanceId !== holder &&
      interfaces >= (interfaceLimits.value.get(instanceType) ?? Number.POSITIVE_INFINITY),
  );
  if (full.length === 0) {
    return { area, decision: 'ok', sentence: 'Every standby has room for one more interface.' };
  }
  const names = full.map((host) => `${host.instanceId} (${host.instanceType})`).join(', ');
  return {
    area,
    decision: 'problem',
    sentence: `No room for the address on ${names}.`,
    cure: { words: 'Detach other interfaces, or choose a larger instance type.' },
  };
}

function tagCheck(hosts: readonly CoordinatorView[]): Check {
  const area = 'tags';
  const wrong = hosts.filter(({ slot, generation }) => slot === null || generation === null);
  const bySlot = Map.groupBy(hosts, ({ slot }) => slot);
  // Two versions in one slot are a rolling update: the new coordinator runs beside the old one.
  const versions = (some: readonly CoordinatorView[]) =>
    new Set(some.map((host) => host.templateVersion));
  const shared = [...bySlot].filter(
    ([slot, some]) => slot !== null && some.length > versions(some).size,
  );
  if (wrong.length === 0 && shared.length === 0) {
    return { area, decision: 'ok', sentence: 'Every coordinator has a slot and a generation.' };
  }
  const sentences = [
    ...wrong.map(
      ({ instanceId, tags }) =>
        `${instanceId} has the slot ${tags[tagKeys.slot] ?? 'none'} and the generation ${tags[tagKeys.generation] ?? 'none'}.`,
    ),
    ...shared.map(
      ([slot, some]) => `The slot ${slot} is shared by ${some.map(idOf).join(' and ')}.`,
    ),
  ];
  return {
    area,
    decision: 'problem',
    sentence: sentences.join(' '),
    cure: {
      words: 'Surplus is scaled in by the next execution; tags are set when one is launched.',
    },
  };
}

function versionCheck({ machine }: ClusterObservation, hosts: readonly CoordinatorView[]): Check {
  const area = 'versions';
  if (machine.kind === 'unread') return { area, decision: 'unknown', sentence: machine.why };
  const { cluster } = machine.value;
  const { launchTemplateId, launchTemplateVersion: version } = cluster;
  const others = hosts.filter((host) => isOutdated(host, cluster));
  if (others.length === 0) {
    return {
      area,
      decision: 'ok',
      sentence: `Every coordinator is of version ${version} of ${launchTemplateId}.`,
    };
  }
  const names = others.map((host) => `${host.instanceId} (${versionWords(host, cluster)})`);
  return {
    area,
    decision: 'problem',
    sentence: `Not of version ${version} of ${launchTemplateId}: ${names.join(', ')}.`,
    cure: {
      words:
        'Standbys are replaced by themselves, one by one. The active moves with switchover --upgrade.',
    },
  };
}

function statusCheck(
  { statusChecks }: ClusterObservation,
  hosts: readonly CoordinatorView[],
): Check {
  const area = 'status checks';
  if (statusChecks.kind === 'unread') {
    return { area, decision: 'unknown', sentence: statusChecks.why };
  }
  const ids = hosts.map(idOf);
  const impaired = ids.filter((id) => statusChecks.value.get(id) === 'impaired');
  const unknown = ids.filter((id) => !statusChecks.value.has(id));
  if (impaired.length > 0) {
    const sentence = `EC2 calls ${impaired.join(', ')} impaired.`;
    return {
      area,
      decision: 'problem',
      sentence,
      cure: { words: 'Terminate a standby that is: it is launched again.' },
    };
  }
  if (unknown.length > 0) {
    const sentence = `EC2 does not say yet how ${unknown.join(', ')} does.`;
    return { area, decision: 'unknown', sentence };
  }
  return { area, decision: 'ok', sentence: "EC2's status checks pass everywhere." };
}

function sampleCheck(observation: ClusterObservation, hosts: readonly CoordinatorView[]): Check {
  const area = 'probes';
  const { samples, at } = observation;
  if (samples.kind === 'unread') return { area, decision: 'unknown', sentence: samples.why };
  const ages = hosts.map(({ instanceId }) => {
    const health = samples.value.get(instanceId)?.health ?? null;
    const age = health === null ? 'not within 15 minutes' : `${ageText(health.at, at)} ago`;
    return {
      fresh: health !== null && isFresh(observation, health.at),
      words: `${instanceId} ${age}`,
    };
  });
  const words = ages.map((one) => one.words).join(', ');
  if (ages.every(({ fresh }) => fresh)) {
    return { area, decision: 'ok', sentence: `Last heard: ${words || 'there is no coordinator'}.` };
  }
  return {
    area,
    decision: 'problem',
    sentence: `Last heard: ${words}.`,
    cure: {
      words:
        'On the host: systemctl status coordinator-failover-probe. If all are late, compare the clocks here and there.',
    },
  };
}

function idOf({ instanceId }: CoordinatorView): string {
  return instanceId;
}
