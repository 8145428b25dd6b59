/**
 * How long a failover may take with these settings, said at synth: as a warning where the promise is
 * broken, as sentences for an output.
 * What can go wrong: a setting that only CloudFormation knows. It is taken at its default, and the
 * sentence says so: what is added to it is added to the total.
 */
import { Annotations, type CfnCondition, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  defaultProbeSettings,
  defaultSettings,
  type ProbeSettings,
  type Settings,
} from '../../workflow/model/settings.ts';
import {
  type Budget,
  type BudgetSetting,
  budgetFor,
  budgetWarnings,
  type FailureKind,
} from '../../workflow/time-budget.ts';

export interface TimeBudgetProps {
  readonly settings: Settings;
  readonly probeSettings: ProbeSettings;
  readonly keepCoordinatorNode: boolean | CfnCondition;
}

/** By kind of failure: seconds until the end of each phase, and in all, at the 95th percentile. */
export type TimeBudget = Readonly<Record<FailureKind, Budget>>;

const kinds: readonly FailureKind[] = [
  'process-exit',
  'process-hang',
  'node-unresponsive',
  'node-gone',
];

/** Warns on the scope of every promise that the settings break. */
export function timeBudget(scope: Construct, props: TimeBudgetProps): TimeBudget {
  const settings = known(props.settings, defaultSettings);
  const probe = known(props.probeSettings, defaultProbeSettings);
  for (const [id, message] of warnings(props, settings, probe)) {
    Annotations.of(scope).addWarningV2(`coordinator-failover:${id}`, message);
  }
  const totals = kinds.map((kind) => [kind, budgetFor(kind, settings, probe)]);
  return Object.fromEntries(totals) as TimeBudget;
}

/** `process-exit: first bad sample 1, ..., verified 42.4 s; ...` */
export function budgetText(budget: TimeBudget): string {
  const phasesOf = (kind: FailureKind) =>
    budget[kind].phases.map(({ name, endSeconds }) => `${name} ${endSeconds}`).join(', ');
  return kinds.map((kind) => `${kind}: ${phasesOf(kind)} s`).join('; ');
}

/** Ids name the prop, so that one can be acknowledged without the others. */
function warnings(
  { keepCoordinatorNode }: TimeBudgetProps,
  settings: Settings,
  probe: ProbeSettings,
): ReadonlyMap<string, string> {
  if (keepCoordinatorNode === true) return new Map();
  const found = new Map<string, string>();
  if (settings.haCoordinatorsCount === 1) {
    found.set(
      'haCoordinatorsCount',
      'haCoordinatorsCount is 1: there is no hot standby, so a failover launches a coordinator first, which takes minutes. With 2 it takes less than one.',
    );
  }
  for (const { setting, sentence } of budgetWarnings(settings, probe)) {
    const prop = propNames[setting] ?? setting;
    // One per prop: the first kind of failure says enough.
    if (!found.has(prop)) found.set(prop, sentence.replace(`${setting} is `, `${prop} is `));
  }
  return found;
}

/** Where a probe's setting is called otherwise among the props. */
const propNames: { readonly [Name in BudgetSetting]?: string } = {
  intervalSeconds: 'probeIntervalSeconds',
  timeoutSeconds: 'probeTimeoutSeconds',
};

function known<Values extends Settings | ProbeSettings>(values: Values, defaults: Values): Values {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    Token.isUnresolved(value) ? Reflect.get(defaults, name) : value,
  ]);
  return Object.fromEntries(entries) as Values;
}
