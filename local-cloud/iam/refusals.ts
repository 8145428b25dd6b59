/**
 * How services answer what IAM refuses. The message names the action.
 * Source: IAM user guide, "Troubleshoot access denied error messages"; the codes and messages as
 * reported: EC2 (aws/karpenter-provider-aws, issue 7370), CloudWatch
 * (aws-samples/amazon-cloudwatch-auto-alarms, issue 1), Step Functions
 * (FormidableLabs/aws-lambda-serverless-reference, issue 31), SNS by an alarm
 * (aws-solutions/automated-security-response-on-aws, issue 43).
 */
import { ServiceError } from '../service/service.ts';
import type { AccessRequest } from './access-request.ts';

export type Refusal =
  | { readonly kind: 'implicit'; readonly by: PolicyType }
  | { readonly kind: 'explicit'; readonly by: PolicyType };

type PolicyType = 'identity-based' | 'resource-based';

/** `who`: `User: arn:...`, or `Resource: arn:...` for a service that acts for a resource. */
export function refusalText(
  who: string,
  { action, resource }: AccessRequest,
  { kind, by }: Refusal,
): string {
  const why =
    kind === 'explicit'
      ? `with an explicit deny in ${by === 'identity-based' ? 'an' : 'a'} ${by} policy`
      : `because no ${by} policy allows the ${action} action`;
  const on = resource === undefined ? '' : ` on resource: ${resource}`;
  return `${who} is not authorized to perform: ${action}${on} ${why}`;
}

/** The error that the service answers. */
export function refusalError(service: string, request: AccessRequest, text: string): ServiceError {
  switch (service) {
    case 'ec2': {
      const isRead = request.action.startsWith('ec2:Describe');
      const encoded = isRead ? '' : `. Encoded authorization failure message: ${encode(text)}`;
      const message = `You are not authorized to perform this operation. ${text}${encoded}`;
      return new ServiceError('UnauthorizedOperation', message, 403);
    }
    case 'cloudwatch':
      return new ServiceError('AccessDenied', text, 403);
    case 'sns':
      return new ServiceError('AuthorizationError', text, 403);
    case 'lambda':
      return new ServiceError('AccessDeniedException', text, 403);
    default:
      return new ServiceError('AccessDeniedException', text, 400);
  }
}

/** Opaque, as AWS's message, which sts:DecodeAuthorizationMessage decodes. */
function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
