/** I14, rolling updates: a new launch template version gets everywhere that it should. */
import { isShuttingDownOrTerminated } from '../../../workflow/model/instance-state.ts';
import { isNoFailure } from '../../../workflow/model/tags.ts';
import type { InstanceTruth, Recording, Truth } from '../recording.ts';
import { isLeftToAPerson } from './executions.ts';
import { at, type Checker, coordinatorsIn } from './reading.ts';
import { lastOperatorAction, missing } from './requests.ts';

export const versionsAreRolledOut: Checker = {
  name: 'versions-are-rolled-out',
  invariant: 'I14',
  defends:
    'A new launch template version reaches the standbys by itself, and the active when a person asks, unless it does not work.',
  check: (recording) => [...standbysAtTheEnd(recording), ...upgradeAtTheEnd(recording)],
};

function standbysAtTheEnd(recording: Recording): string[] {
  const { last, templateVersion } = recording;
  if (isRolledOut(last, templateVersion) || isLeftToAPerson(recording)) return [];
  const ids = outdatedStandbys(last, templateVersion).map(({ instanceId }) => instanceId);
  return [`At the end ${ids.join(', ')} still run another version than ${templateVersion}.`];
}

function upgradeAtTheEnd(recording: Recording): string[] {
  const { templateVersion } = recording;
  const asked = lastOperatorAction(recording, 'upgrade');
  if (asked === undefined) return [];
  const isWanted = (one: InstanceTruth) => one.templateVersion === templateVersion;
  const holder = missing(recording, asked, isWanted);
  if (holder === undefined) return [];
  return [
    `At ${at(recording, asked.atMs)} a person asked for the upgrade to ${templateVersion}, and at the end ${holder} still runs another one.`,
  ];
}

/** After so many that failed, no more of a version is launched (workflow/standbys/rolling-update.ts). */
const mostFailed = 3;

/** Every standby runs the version, or the version does not work. */
export function isRolledOut(truth: Truth, version: string): boolean {
  if (outdatedStandbys(truth, version).length === 0) return true;
  const failed = truth.instances.filter(
    (one) => one.ours && one.templateVersion === version && hasFailed(one),
  );
  return failed.length >= mostFailed;
}

function outdatedStandbys(truth: Truth, version: string): InstanceTruth[] {
  const { address } = truth;
  const holderId = address === 'deleted' ? undefined : address.instanceId;
  return coordinatorsIn(truth).filter(
    ({ instanceId, templateVersion }) => instanceId !== holderId && templateVersion !== version,
  );
}

function hasFailed(instance: InstanceTruth): boolean {
  const { retired } = instance;
  if (retired !== null) return !isNoFailure(retired);
  return isShuttingDownOrTerminated(instance);
}
