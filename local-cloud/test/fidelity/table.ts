/** All areas of the fidelity table, in the order of fidelity.md. */
import { apiCalls } from './api-calls.ts';
import { cloudWatchActions } from './cloudwatch/actions.ts';
import { cloudWatchAlarms } from './cloudwatch/alarms.ts';
import { cloudWatchEvaluation } from './cloudwatch/evaluation.ts';
import { cloudWatchMetrics } from './cloudwatch/metrics.ts';
import { serviceMetrics } from './cloudwatch/service-metrics.ts';
import { ec2Attachments } from './ec2/attachments.ts';
import { ec2Describes } from './ec2/describes.ts';
import { ec2Detachments } from './ec2/detachments.ts';
import { ec2Ends } from './ec2/ends.ts';
import { instanceMetadata } from './ec2/instance-metadata.ts';
import { ec2LaunchTemplates } from './ec2/launch-templates.ts';
import { ec2Launches } from './ec2/launches.ts';
import { packets } from './ec2/packets.ts';
import { ec2States } from './ec2/states.ts';
import { ec2Surroundings } from './ec2/surroundings.ts';
import { eventBridge } from './event-bus/deliveries.ts';
import { eventBridgeRules } from './event-bus/rules.ts';
import { permissions } from './iam/permissions.ts';
import { policies } from './iam/policies.ts';
import { serviceRoles } from './iam/service-roles.ts';
import { lambdaFunctions } from './lambda-functions.ts';
import type { Area } from './row.ts';
import { stepFunctions } from './step-functions/executions.ts';
import { stepFunctionsRedrive } from './step-functions/redrive.ts';
import { stepFunctionsServices } from './step-functions/services.ts';
import { stepFunctionsTasks } from './step-functions/tasks.ts';
import { customResources } from './template/custom-resources.ts';
import { cloudFormation } from './template/stacks.ts';
import { cloudFormationTemplates } from './template/templates.ts';

export const areas: readonly Area[] = [
  ec2Attachments,
  ec2Detachments,
  ec2Ends,
  ec2States,
  ec2LaunchTemplates,
  ec2Launches,
  ec2Describes,
  ec2Surroundings,
  instanceMetadata,
  packets,
  cloudWatchMetrics,
  cloudWatchEvaluation,
  cloudWatchAlarms,
  cloudWatchActions,
  eventBridgeRules,
  eventBridge,
  stepFunctions,
  stepFunctionsTasks,
  stepFunctionsServices,
  stepFunctionsRedrive,
  serviceMetrics,
  lambdaFunctions,
  cloudFormationTemplates,
  cloudFormation,
  customResources,
  permissions,
  policies,
  serviceRoles,
  apiCalls,
];
