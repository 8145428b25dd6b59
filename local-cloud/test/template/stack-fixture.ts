/** A stack of resources that record what happens to them, and fail on demand. */
import { randomFrom } from '../../chance/random.ts';
import {
  type Created,
  type Makers,
  type ToBeMade,
  unlessReplaced,
} from '../../template/resource.ts';
import { createStack, type Stack } from '../../template/stack.ts';
import type { StackOptions } from '../../template/stack-steps.ts';

export interface StackFixture {
  readonly stack: Stack;
  /** `make A`, `change A to {"size":2}`, `remove A`. */
  readonly done: string[];
  /** What fails from now on, by those words; each entry fails once. */
  readonly failing: string[];
}

/** `Kind` replaces a thing, every other property changes it in place. Its version counts changes. */
export function stackOf(
  template: object,
  parameters: Record<string, string> = {},
  more: Partial<StackOptions> = {},
  makers: Makers = {},
): StackFixture {
  const done: string[] = [];
  const failing: string[] = [];
  let made = 0;
  const act = (what: string) => {
    const index = failing.findIndex((one) => what.startsWith(one));
    if (index >= 0) {
      failing.splice(index, 1);
      throw new Error(`Could not ${what}.`);
    }
    done.push(what);
  };
  const thing = (from: ToBeMade, physicalId: string, version: number): Created => ({
    physicalId,
    attributes: { Version: String(version) },
    change: unlessReplaced(from, ['Kind'], (to) => {
      act(`change ${physicalId} to ${JSON.stringify(to.properties)}`);
      return thing(to, physicalId, version + 1);
    }),
    remove: () => act(`remove ${physicalId}`),
  });
  const stack = createStack({
    template,
    parameters,
    stackName: 'analytics',
    region: 'eu-central-1',
    accountId: '123456789012',
    random: randomFrom(1),
    makers: {
      'Test::Thing'(resource) {
        made += 1;
        const physicalId = `${resource.logicalId}-${made}`;
        act(`make ${physicalId}`);
        return thing(resource, physicalId, 1);
      },
      ...makers,
      'Test::Stone': ({ logicalId }) => ({ physicalId: logicalId }),
    },
    ...more,
  });
  return { stack, done, failing };
}

export function thing(properties: object = {}, more: object = {}): object {
  return { Type: 'Test::Thing', Properties: properties, ...more };
}

/** `CREATE_FAILED B: Could not make B-2.` */
export function story(stack: Stack): string[] {
  return stack
    .events()
    .map(
      ({ status, logicalId, reason }) =>
        `${status} ${logicalId}${reason === undefined ? '' : `: ${reason}`}`,
    );
}
