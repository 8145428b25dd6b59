/** Links into the AWS console, for outputs: in the region and partition that the stack is deployed to. */
import { Aws, CfnCondition, Fn, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** `fragment` is what stands behind the `#`, and begins with a slash where the console's does. */
export function consoleLink(scope: Construct, service: string, fragment: string): string {
  const stack = Stack.of(scope);
  const inChina = inPartition(stack, 'InChina', 'aws-cn');
  const inGovCloud = inPartition(stack, 'InGovCloud', 'aws-us-gov');
  const outsideChina = Fn.conditionIf(
    inGovCloud.logicalId,
    'console.amazonaws-us-gov.com',
    'console.aws.amazon.com',
  );
  const domain = Fn.conditionIf(inChina.logicalId, 'console.amazonaws.cn', outsideChina);
  const host = `${stack.region}.${Token.asString(domain)}`;
  return `https://${host}/${service}/home?region=${stack.region}#${fragment}`;
}

function inPartition(stack: Stack, id: string, partition: string): CfnCondition {
  const found = stack.node.tryFindChild(id);
  if (found instanceof CfnCondition) return found;
  const expression = Fn.conditionEquals(Aws.PARTITION, partition);
  return new CfnCondition(stack, id, { expression });
}
