/**
 * For thousands of deployments of one template: the template is read once per set of parameter
 * values, and a resource's properties are resolved again only when a referenced value has changed.
 * What can go wrong: one deployment changes the properties of the next. So resolved properties are
 * frozen. The template itself must not be changed in place.
 */
import type { Created } from './resource.ts';
import { readTemplate, type TemplateReading, type TemplateResource } from './template.ts';

type Read = typeof readTemplate;

/** `readTemplate` with a memory. */
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
  /** The referenced values of that time, in the order of `after`. */
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

/** The values of a Ref and a Fn::GetAtt. */
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
