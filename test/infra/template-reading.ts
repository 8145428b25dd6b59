/** Reads a synthesized template the way a person would: resources by type, tokens as words. */

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: readonly string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface CloudFormationTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters: Readonly<Record<string, Record<string, unknown>>>;
  readonly Metadata: Readonly<Record<string, unknown>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

export function resourcesOf(template: CloudFormationTemplate, type: string): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

/** The one resource of a type, with its logical id. */
export function onlyResource(template: CloudFormationTemplate, type: string): [string, Resource] {
  const [found, ...more] = resourcesOf(template, type);
  if (found === undefined || more.length > 0) {
    throw new Error(`The template has ${found ? more.length + 1 : 0} of ${type}, expected one.`);
  }
  return found;
}

/** One of the two state machines, with its logical id. */
export function stateMachineOf(
  template: CloudFormationTemplate,
  part: 'Workflow' | 'Stack',
): [string, Resource] {
  const machines = resourcesOf(template, 'AWS::StepFunctions::StateMachine');
  const found = machines.find(([id]) => id.includes(part));
  if (found === undefined) throw new Error(`The template has no state machine of ${part}.`);
  return found;
}

/**
 * Text with tokens: `{ Ref: X }` becomes the value given for X or `<X>`, `{ Fn::GetAtt: [X, Y] }`
 * becomes `<X.Y>`, a text for Fn::Sub is filled in the same way, a list that is a parameter is given
 * with commas, and no condition holds unless `holds` says so.
 */
export function textOf(
  value: unknown,
  given: Readonly<Record<string, string>> = {},
  holds: (condition: string) => boolean = () => false,
): string {
  if (typeof value === 'string') return value;
  const [[kind, argument] = []] = Object.entries(value as object) as [string, unknown][];
  switch (kind) {
    case 'Ref':
      return given[String(argument)] ?? `<${String(argument)}>`;
    case 'Fn::GetAtt':
      return `<${(argument as string[]).join('.')}>`;
    case 'Fn::Sub':
      return String(argument).replace(
        /\$\{([^}]+)\}/g,
        (_whole, name) => given[name] ?? `<${name}>`,
      );
    case 'Fn::Base64':
      return textOf(argument, given, holds);
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown];
      const items = Array.isArray(parts) ? parts : textOf(parts, given, holds).split(',');
      return items.map((part) => textOf(part, given, holds)).join(separator);
    }
    case 'Fn::If': {
      const [condition, yes, no] = argument as unknown[];
      return textOf(holds(String(condition)) ? yes : no, given, holds);
    }
    default:
      throw new Error(`textOf cannot read ${JSON.stringify(value)}.`);
  }
}

/** Logical ids that a value refers to. */
export function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  const { Ref: ref, 'Fn::GetAtt': attribute, ...rest } = value as Record<string, unknown>;
  return [
    ...(typeof ref === 'string' ? [ref] : []),
    ...(Array.isArray(attribute) ? [String(attribute[0])] : []),
    ...Object.values(rest).flatMap(referencesIn),
  ];
}

/** An endpoint as the ready-made stack writes it when nobody has asked for HTTPS. */
export function httpWithTheRestOpen(interfaceId: string) {
  return {
    protocol: 'http',
    port: 8080,
    trust: { caBundle: '', pinnedCertificateSha256: '' },
    serverName: `<${interfaceId}.PrimaryPrivateIpAddress>`,
  } as const;
}
