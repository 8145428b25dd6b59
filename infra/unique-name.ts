/**
 * A cluster's name is part of alarm names, the state machine's name and tags: it may be there once in
 * an account and region.
 * What can go wrong: two clusters of one app with one name. CloudFormation finds that minutes into the
 * deployment, or, where two stacks come one after the other, one cluster sees the other's coordinators.
 */
import { Stack, Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';

const names = new WeakMap<IConstruct, string>();

/**
 * Takes the name for this cluster. A name or an environment that only CloudFormation knows is the same
 * within one stack; between stacks nobody can tell.
 *
 * @throws Error when another cluster of the app has it
 */
export function takeName(scope: Construct, clusterName: string): void {
  const stack = Stack.of(scope);
  const taken = scope.node.root.node.findAll().find((other) => {
    if (names.get(other) !== clusterName) return false;
    const otherStack = Stack.of(other);
    if (otherStack === stack) return true;
    const { account, region } = stack;
    const known = ![clusterName, account, region].some((value) => Token.isUnresolved(value));
    return known && otherStack.account === account && otherStack.region === region;
  });
  if (taken !== undefined) {
    const shown = Token.isUnresolved(clusterName) ? "the stack's name" : `"${clusterName}"`;
    throw new Error(
      `CoordinatorFailover ${scope.node.path}:\nclusterName is ${shown}, but ${taken.node.path} has it already, ` +
        'and it must be unique in account and region.',
    );
  }
  names.set(scope, clusterName);
}
