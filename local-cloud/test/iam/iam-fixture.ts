/** An account with EC2, CloudWatch and IAM, in which tests call as roles with policies of their own. */

import { noLatencies } from '../../chance/latency.ts';
import { randomFrom } from '../../chance/random.ts';
import { createCloudWatch } from '../../cloudwatch/cloudwatch.ts';
import { createAuthorizer, type RoleDocuments } from '../../iam/authorizer.ts';
import { createResourcePolicies } from '../../iam/resource-policies.ts';
import { dispatch } from '../../service/dispatch.ts';
import type { Caller } from '../../service/service.ts';
import { type Ec2Fixture, ec2Fixture } from '../ec2/fixture.ts';

const accountId = '123456789012';
const region = 'us-east-1';

export interface StatementJson {
  readonly Effect?: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: object;
  readonly Principal?: unknown;
}

export function policyOf(...statements: readonly StatementJson[]): object {
  return {
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement })),
  };
}

export async function iamFixture() {
  const fixture: Ec2Fixture = await ec2Fixture();
  const { ec2, clock } = fixture;
  const common = { clock, latencies: noLatencies, region, accountId };
  const cloudWatch = createCloudWatch({ ...common, random: randomFrom(1), onEvent: () => {} });
  const roles = new Map<string, RoleDocuments>();
  const resourcePolicies = createResourcePolicies(accountId);
  const authorizer = createAuthorizer({
    region,
    accountId,
    roles,
    managedPolicies: new Map(),
    resourcePolicies,
    ec2: ec2.resources,
  });
  const called = { ec2: ec2.service, cloudwatch: cloudWatch.service };
  return {
    ...fixture,
    cloudWatch,
    authorizer,
    resourcePolicies,
    /** A role with these statements, which every service may use; the name is its own. */
    role(roleName: string, ...statements: readonly StatementJson[]): Caller {
      const arn = `arn:aws:iam::${accountId}:role/${roleName}`;
      const document = policyOf(...statements);
      const trusted = { Service: services.map((service) => `${service}.amazonaws.com`) };
      roles.set(roleName, {
        roleName,
        arn,
        trust: trustOf({ Principal: trusted }),
        policies: statements.length === 0 ? [] : [{ policyName: 'own', document }],
        managedPolicyArns: [],
      });
      return { accessKeyId: roleName, principalArn: arn, sessionName: 'session' };
    },
    /** A role without policies that trusts whom the statement names. */
    trusting(roleName: string, statement: object): string {
      const arn = `arn:aws:iam::${accountId}:role/${roleName}`;
      const trust = trustOf(statement);
      roles.set(roleName, { roleName, arn, trust, policies: [], managedPolicyArns: [] });
      return arn;
    },
    call: (caller: Caller, service: keyof typeof called, operation: string, input: object) =>
      dispatch(called[service], operation, input, caller, {
        clock,
        authorize: authorizer.authorize,
      }),
    async stop() {
      await cloudWatch.stop();
      await ec2.stop();
    },
  };
}

const services = ['ec2', 'events', 'lambda', 'states'];

function trustOf(statement: object): object {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }],
  };
}

export type IamFixture = Awaited<ReturnType<typeof iamFixture>>;

export function withIam(act: (fixture: IamFixture) => Promise<void> | void): () => Promise<void> {
  return async () => {
    const fixture = await iamFixture();
    try {
      await act(fixture);
    } finally {
      await fixture.stop();
    }
  };
}
