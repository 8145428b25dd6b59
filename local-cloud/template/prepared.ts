/**
 * For who deploys one template thousands of times, as a simulation does: it is read once for the same
 * values of its parameters, and a resource's properties are resolved anew only when something that
 * they refer to has become another.
 * What can go wrong: one deployment changes what the next one is given. So what is resolved is frozen,
 * and whoever tried would fail. The template itself must not be changed in place.
 */
import type { Created } from './resource.ts';
import { readTemplate, type TemplateReading, type TemplateResource } from './template.ts';

type Read = typeof readTemplate;

/** A `readTemplate` that remembers. */
export function createPreparedReading(): Read {
  const byTemplate = new WeakMap<object, Map<string, TemplateReading>>();
  return (template, values, { stackName, stackId, region, accountId }) => {
    const known = byTemplate.get(template) ?? new Map<string, TemplateReading>();
    byTemplate.set(template, known);
    const place = { stackName, stackId, region, accountId };
    const key = JSON.stringify([values, place]);
    const reading = known.get(key) ?? remembering(readTemplate(template, values, place));
    known.set(key, reading);
    return reading;
  };
}

interface Resolved {
  /** What it referred to when it was resolved, in the order of `after`. */
  readonly from: readonly (Created | undefined)[];
  readonly properties: Readonly<Record<string, unknown>>;
}

function remembering(reading: TemplateReading): TemplateReading {
  const resolved = new Map<TemplateResource, Resolved>();
  return {
    ...reading,
    propertiesOf(resource, made) {
      const from = Array.from(resource.after, made);
      const known = resolved.get(resource);
      if (known?.from.every((one, index) => looksTheSame(one, from[index]))) {
        return known.properties;
      }
      const properties = frozen(reading.propertiesOf(resource, made));
      resolved.set(resource, { from, properties });
      return properties;
    },
  };
}

/** To a Ref and an Fn::GetAtt. */
function looksTheSame(one: Created | undefined, other: Created | undefined): boolean {
  const { physicalId, attributes = {} } = one ?? {};
  const { physicalId: otherId, attributes: others = {} } = other ?? {};
  const names = Object.keys(attributes);
  return (
    physicalId === otherId &&
    names.length === Object.keys(others).length &&
    names.every((name) => attributes[name] === others[name])
  );
}

function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
