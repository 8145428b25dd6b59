/** The values of a template's parameters, checked as CloudFormation checks them. */
import {
  list,
  optionalNumber,
  optionalText,
  type Properties,
  propertiesOf,
  text,
} from '../service/properties.ts';

export interface ParameterValue {
  readonly type: string;
  /** As text, as CloudFormation passes them. */
  readonly value: string;
}

/** The value of `Ref`: for a CommaDelimitedList a list, its items trimmed. */
export function referenceTo({ type, value }: ParameterValue): string | string[] {
  return type === listType ? itemsOf(value) : value;
}

const listType = 'CommaDelimitedList';

function itemsOf(value: string): string[] {
  return value.split(',').map((item) => item.trim());
}

/** `AWS::SSM::Parameter::Value<...>` needs a parameter store, which the local cloud lacks. */
const fakeStoreValue = '99';
const takenTypes =
  /^(String|Number|CommaDelimitedList|AWS::EC2::[\w:]+|AWS::SSM::Parameter::(Name|Value<.+>))$/;

/** @throws Error for a missing, unknown or refused value, with its name and what is allowed */
export function parameterValues(
  declared: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, ParameterValue> {
  for (const name of Object.keys(given)) {
    if (!(name in declared)) {
      throw new Error(
        `The template has no parameter ${name}. It has: ${Object.keys(declared).join(', ') || 'none'}.`,
      );
    }
  }
  return new Map(
    Object.entries(declared).map(([name, declaration]) => [
      name,
      checkedValue(name, declaration, given[name]),
    ]),
  );
}

function checkedValue(
  name: string,
  declaration: unknown,
  given: string | undefined,
): ParameterValue {
  const parameter = propertiesOf(`Parameter ${name}`, declaration, [
    'Type',
    'Default',
    'Description',
    'AllowedPattern',
    'AllowedValues',
    'ConstraintDescription',
    'MinLength',
    'MaxLength',
    'MinValue',
    'MaxValue',
    'NoEcho',
  ]);
  const type = text(parameter, 'Type');
  if (!takenTypes.test(type)) {
    throw new Error(`${parameter.what} is of the type ${type}, which the local cloud lacks.`);
  }
  if (type.startsWith('AWS::SSM::Parameter::Value<')) return { type, value: fakeStoreValue };
  const value = given ?? optionalText(parameter, 'Default');
  if (value === undefined) throw new Error(`${parameter.what} needs a value: it has no default.`);
  const problem = problemOf(parameter, type, value);
  if (problem !== undefined) {
    const described = optionalText(parameter, 'ConstraintDescription');
    const allowed = described === undefined ? problem : `${problem}: it ${described}`;
    throw new Error(`${parameter.what} is ${JSON.stringify(value)}, but must be ${allowed}.`);
  }
  return { type, value };
}

function problemOf(parameter: Properties, type: string, value: string): string | undefined {
  const allowed = list(parameter, 'AllowedValues').map(String);
  if (allowed.length > 0 && !allowed.includes(value)) return `one of ${allowed.join(', ')}`;
  if (type === 'Number') return numberProblem(parameter, value);
  const pattern = optionalText(parameter, 'AllowedPattern');
  // The pattern holds for each item of a list (user guide, AllowedPattern).
  const held = type === listType ? itemsOf(value) : [value];
  if (pattern !== undefined && !held.every((item) => new RegExp(`^(?:${pattern})$`).test(item))) {
    return `of the form ${pattern}`;
  }
  const least = optionalNumber(parameter, 'MinLength') ?? 0;
  const most = optionalNumber(parameter, 'MaxLength') ?? Number.POSITIVE_INFINITY;
  if (value.length < least || value.length > most) return `${least} to ${most} characters long`;
  return undefined;
}

function numberProblem(parameter: Properties, value: string): string | undefined {
  const number = value.trim() === '' ? Number.NaN : Number(value);
  const least = optionalNumber(parameter, 'MinValue') ?? Number.NEGATIVE_INFINITY;
  const most = optionalNumber(parameter, 'MaxValue') ?? Number.POSITIVE_INFINITY;
  if (Number.isFinite(number) && number >= least && number <= most) return undefined;
  const limits = Number.isFinite(least) || Number.isFinite(most) ? ` from ${least} to ${most}` : '';
  return `a number${limits}`;
}
