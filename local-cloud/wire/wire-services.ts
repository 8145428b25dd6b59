/** How to speak with each service over HTTP, as its SDK client does. */
import * as cloudWatchClient from '@aws-sdk/client-cloudwatch';
import * as ec2Client from '@aws-sdk/client-ec2';
import * as sfnClient from '@aws-sdk/client-sfn';
import type { Service } from '../service/service.ts';
import { type OperationSchema, operationSchemaOf } from './schemas.ts';

export type WireProtocol =
  | { readonly kind: 'ec2-query'; readonly xmlNamespace: string }
  | {
      readonly kind: 'aws-json';
      readonly version: '1.0' | '1.1';
      /** The part of X-Amz-Target before the operation's name. */
      readonly target: string;
      /** The namespace of the service in its schemas. */
      readonly namespace: string;
      /**
       * Whether the service once spoke the query protocol: its errors keep those codes in a header.
       */
      readonly queryCompatible: boolean;
    };

export interface WireService {
  readonly service: Service;
  readonly protocol: WireProtocol;
  readonly schemas: ReadonlyMap<string, OperationSchema>;
}

const known: Readonly<
  Record<string, { protocol: WireProtocol; client: Readonly<Record<string, unknown>> }>
> = {
  ec2: {
    protocol: { kind: 'ec2-query', xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/' },
    client: ec2Client,
  },
  cloudwatch: {
    protocol: {
      kind: 'aws-json',
      version: '1.0',
      target: 'GraniteServiceVersion20100801',
      namespace: 'com.amazonaws.cloudwatch',
      queryCompatible: true,
    },
    client: cloudWatchClient,
  },
  sfn: {
    protocol: {
      kind: 'aws-json',
      version: '1.0',
      target: 'AWSStepFunctions',
      namespace: 'com.amazonaws.sfn',
      queryCompatible: false,
    },
    client: sfnClient,
  },
};

export function wireServiceOf(service: Service): WireService {
  const entry = Object.hasOwn(known, service.name) ? known[service.name] : undefined;
  if (entry === undefined) {
    throw new Error(
      `The service ${service.name} cannot be served over HTTP. These can: ${Object.keys(known).join(', ')}.`,
    );
  }
  const operations = Object.keys(service.operations);
  return {
    service,
    protocol: entry.protocol,
    schemas: new Map(operations.map((name) => [name, operationSchemaOf(entry.client, name)])),
  };
}
