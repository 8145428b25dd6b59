/**
 * The managed policies of AWS that a template here may attach.
 * Source: AWS Managed Policy Reference Guide, the page of each policy.
 */
import { PropertyError } from '../service/properties.ts';

const logging = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * By the end of the ARN after `arn:aws:iam::aws:policy/`. The right to create log groups is left
 * out: the template makes the log groups.
 */
const actionsByName: Readonly<Record<string, readonly string[]>> = {
  'service-role/AWSLambdaBasicExecutionRole': logging,
  'service-role/AWSLambdaVPCAccessExecutionRole': [
    ...logging,
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ],
};

export function managedPolicyDocument(arn: string): object {
  const name = /^arn:aws:iam::aws:policy\/(.+)$/.exec(arn)?.[1] ?? arn;
  const actions = Object.hasOwn(actionsByName, name) ? actionsByName[name] : undefined;
  if (actions === undefined) {
    throw new PropertyError(
      `The local cloud does not have the managed policy ${arn}. It has: ${Object.keys(actionsByName).join(', ')}.`,
    );
  }
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: [...actions], Resource: '*' }],
  };
}
