/**
 * The server side of EC2's protocol: form-encoded requests, XML answers, by the SDK's schemas.
 * What can go wrong: a parameter that is not in the schema, an invalid number, a key with a
 * thousand dots. Each is a ServiceError.
 */
import type { NormalizedSchema } from '@smithy/core/schema';
import { ServiceError } from '../service/service.ts';
import { type OperationSchema, requireForm } from './schemas.ts';

const longestForm = 5_000;
const deepestKey = 16;

export interface QueryRequest {
  readonly action: string;
  readonly parameters: ParameterNode;
}

export interface ParameterNode {
  value?: string;
  readonly members: Map<string, ParameterNode>;
}

export function parseQuery(body: string): QueryRequest {
  const root: ParameterNode = { members: new Map() };
  let count = 0;
  for (const [key, value] of new URLSearchParams(body)) {
    count += 1;
    if (count > longestForm) {
      throw new ServiceError('RequestLimitExceeded', `More than ${longestForm} parameters.`);
    }
    place(root, key, value);
  }
  const action = root.members.get('Action')?.value ?? '';
  if (action === '') {
    throw new ServiceError('MissingAction', 'The request must contain the parameter Action.');
  }
  root.members.delete('Action');
  root.members.delete('Version');
  return { action, parameters: root };
}

/** The operation's input. Unknown parameters are refused. */
export function readQuery(schema: OperationSchema, parameters: ParameterNode): object {
  const input = schema.input.isUnitSchema() ? {} : readStructure(schema.input, parameters, '');
  requireForm(schema.input, input, { missing: 'MissingParameter', wrong: 'InvalidParameterValue' });
  return input;
}

export function writeQueryOutput(
  schema: OperationSchema,
  output: object,
  xmlNamespace: string,
  requestId: string,
): string {
  const content = schema.output.isUnitSchema()
    ? '<return>true</return>'
    : structureContent(schema.output, output);
  const element = `${schema.name}Response`;
  return `${declaration}<${element} xmlns="${xmlNamespace}"><requestId>${requestId}</requestId>${content}</${element}>`;
}

export function writeQueryError(error: ServiceError, requestId: string): string {
  return `${declaration}<Response><Errors><Error><Code>${escaped(error.code)}</Code><Message>${escaped(error.message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

function place(root: ParameterNode, key: string, value: string): void {
  const parts = key.split('.');
  if (parts.length > deepestKey) {
    throw new ServiceError('MalformedQueryString', `A parameter is nested too deeply: ${key}`);
  }
  let node = root;
  for (const part of parts) {
    const next = node.members.get(part) ?? { members: new Map<string, ParameterNode>() };
    node.members.set(part, next);
    node = next;
  }
  node.value = value;
}

function read(schema: NormalizedSchema, node: ParameterNode, path: string): unknown {
  if (schema.isListSchema()) return readList(schema, node, path);
  if (schema.isStructSchema()) return readStructure(schema, node, path);
  if (node.members.size > 0 || node.value === undefined) throw unknownParameter(path);
  return readScalar(schema, node.value);
}

function readStructure(schema: NormalizedSchema, node: ParameterNode, path: string): object {
  if (node.value !== undefined) throw unknownParameter(path);
  const structure: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const [name, member] of schema.structIterator()) {
    const key = requestKey(name, member);
    known.add(key);
    const found = node.members.get(key);
    if (found !== undefined) structure[name] = read(member, found, under(path, key));
  }
  for (const key of node.members.keys()) {
    if (!known.has(key)) throw unknownParameter(under(path, key));
  }
  return structure;
}

function readList(schema: NormalizedSchema, node: ParameterNode, path: string): unknown[] {
  if (node.value !== undefined) throw unknownParameter(path);
  const member = schema.getValueSchema();
  const numbered = [...node.members].map(([key, item]) => {
    if (!/^[1-9]\d{0,5}$/.test(key)) throw unknownParameter(under(path, key));
    return { number: Number(key), item };
  });
  numbered.sort((left, right) => left.number - right.number);
  return numbered.map(({ number, item }) => read(member, item, under(path, String(number))));
}

/** The raw value where the form is wrong: requireForm names it. */
function readScalar(schema: NormalizedSchema, text: string): unknown {
  if (schema.isBooleanSchema()) {
    return text === 'true' || (text === 'false' ? false : text);
  }
  if (schema.isNumericSchema()) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (schema.isTimestampSchema()) return new Date(text);
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(text, 'base64'));
  return text;
}

/** The name in the SDK: for queries, else the XML name or the name of the member, capitalized. */
function requestKey(name: string, member: NormalizedSchema): string {
  const { ec2QueryName, xmlName } = member.getMergedTraits();
  if (typeof ec2QueryName === 'string') return ec2QueryName;
  const key = xmlName ?? name;
  return key.charAt(0).toUpperCase() + key.slice(1);
}

function unknownParameter(path: string): ServiceError {
  return new ServiceError('UnknownParameter', `The parameter ${path} is not recognized`);
}

function under(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function structureContent(schema: NormalizedSchema, value: object): string {
  const fields = value as Readonly<Record<string, unknown>>;
  let content = '';
  for (const [name, member] of schema.structIterator()) {
    content += element(member, member.getMemberTraits().xmlName ?? name, fields[name]);
  }
  return content;
}

function element(schema: NormalizedSchema, tag: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (schema.isListSchema()) {
    const member = schema.getValueSchema();
    const itemTag = member.getMergedTraits().xmlName ?? 'member';
    const items = (value as readonly unknown[]).map((item) => element(member, itemTag, item));
    return `<${tag}>${items.join('')}</${tag}>`;
  }
  if (schema.isStructSchema()) return `<${tag}>${structureContent(schema, value)}</${tag}>`;
  return `<${tag}>${escaped(scalarText(value))}</${tag}>`;
}

function scalarText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return String(value);
}

/** XML 1.0 has no form for most control characters: they become question marks. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#xD;')
    .replace(unwritable, '?');
}

const unwritable = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
