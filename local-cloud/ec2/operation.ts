/** What EC2's operations share: `DryRun`, and checks of parameters. */
import { type Caller, type Operation, ServiceError } from '../service/service.ts';

/** @param takes the parameters besides DryRun */
export function operation<Input extends { readonly DryRun?: boolean | undefined }>(
  takes: readonly string[],
  run: (input: Input, caller: Caller) => object | Promise<object>,
): Operation {
  return {
    takes: ['DryRun', ...takes],
    async run(input: Input, caller) {
      if (input.DryRun === true) {
        const message = 'Request would have succeeded, but DryRun flag is set.';
        throw new ServiceError('DryRunOperation', message, 412);
      }
      return run(input, caller);
    },
  };
}

export function required<Value>(name: string, value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw new ServiceError('MissingParameter', `The request must contain the parameter ${name}`);
}

export function invalidValue(name: string, value: unknown, expected: string): ServiceError {
  return new ServiceError(
    'InvalidParameterValue',
    `Value (${String(value)}) for parameter ${name} is invalid. ${expected}`,
  );
}
