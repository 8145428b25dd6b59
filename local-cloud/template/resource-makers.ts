/**
 * What each type of CloudFormation resource becomes here, with its Ref and GetAtt (source: the
 * type's page in the CloudFormation User Guide, "Return values").
 * What can go wrong: an ignored property. So each type lists its properties, including those
 * without an effect here. Any other is refused.
 */

import type { Random } from '../chance/random.ts';
import type { CloudWatch } from '../cloudwatch/cloudwatch.ts';
import type { Ec2 } from '../ec2/ec2.ts';
import type { EventBus } from '../event-bus/event-bus.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { ResourcePolicies } from '../iam/resource-policies.ts';
import type { Lambda } from '../lambda/lambda.ts';
import type { Sns } from '../sns/sns.ts';
import type { StepFunctions } from '../step-functions/step-functions.ts';
import type { Assets } from './assets.ts';
import type { CustomResources } from './custom-resources.ts';
import type { Identities } from './identities.ts';
import { customResourceMaker } from './makers/custom-resource.ts';
import { networkMakers } from './makers/network.ts';
import { storeMakers } from './makers/stores.ts';
import { workMakers } from './makers/work.ts';
import { type Makers, named } from './resource.ts';

export interface MakerOptions {
  readonly region: string;
  readonly accountId: string;
  readonly random: Random;
  readonly ec2: Ec2;
  readonly cloudWatch: CloudWatch;
  readonly eventBus: EventBus;
  readonly lambda: Lambda;
  readonly sns: Sns;
  readonly stepFunctions: StepFunctions;
  readonly authorizer: Authorizer;
  readonly resourcePolicies: ResourcePolicies;
  readonly identities: Identities;
  readonly assets: Assets;
  /** The beginning of addresses in the VPC. */
  readonly vpcAddressPrefixes: readonly string[];
  /**
   * Runs custom resources.
   * @default custom resources are taken as done
   */
  readonly customResources?: CustomResources;
}

export function resourceMakers(options: MakerOptions): Makers {
  return {
    ...options.identities.makers,
    ...networkMakers(options),
    ...workMakers(options),
    ...storeMakers(options),
    'AWS::CloudFormation::CustomResource': customResourceMaker(options.customResources),
    'AWS::CDK::Metadata': (resource) => named(resource, { physicalId: resource.logicalId }, []),
  };
}
