/** The entry of the local cloud: others import no other path. */

export {
  type Latencies,
  type LatencyName,
  latenciesFrom,
  latencyNames,
  noLatencies,
} from './chance/latency.ts';
export { type Random, randomFrom } from './chance/random.ts';
export { type LocalCloud, startLocalCloud } from './cloud.ts';
export { type CloudWatch, createCloudWatch } from './cloudwatch/cloudwatch.ts';
export {
  createEc2,
  type Ec2,
  type InstanceSnapshot,
  type NetworkInterfaceSnapshot,
} from './ec2/ec2.ts';
export type { BootedMachine, BootMachine, MachineSpec } from './ec2/instances/machine.ts';
export { type Network, noNetwork } from './ec2/network/network.ts';
export type { EventBus, EventBusOptions } from './event-bus/event-bus.ts';
export { fixedContext } from './iam/access-request.ts';
export { actionTable } from './iam/action-table.ts';
export type { Authorizer } from './iam/authorizer.ts';
export { createFunctionLogs } from './lambda/function-logs.ts';
export type { FunctionProperties, Lambda } from './lambda/lambda.ts';
export { createCallers } from './service/callers.ts';
export { dispatch } from './service/dispatch.ts';
export { connect } from './service/in-process.ts';
export { type Caller, type Service, ServiceError } from './service/service.ts';
export type { CloudEvent } from './service/signals.ts';
export { wireServices } from './services.ts';
export type { Sns } from './sns/sns.ts';
export type { ExecutionStatus } from './step-functions/redrive.ts';
export { createStepFunctions, type StepFunctions } from './step-functions/step-functions.ts';
export type { Identities } from './template/identities.ts';
export { resolveIntrinsics, type Scope } from './template/intrinsics.ts';
export { parameterValues } from './template/parameters.ts';
export { createPreparedReading } from './template/prepared.ts';
export { resourceMakers } from './template/resource-makers.ts';
export { createNow, createStack } from './template/stack.ts';
export { readTemplate } from './template/template.ts';
export { type Clock, realClock } from './time/clock.ts';
export { manualClock } from './time/manual-clock.ts';
