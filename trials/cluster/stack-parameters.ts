/** Values for the stack's parameters, as somebody who deploys it would give them. */

export const vpcId = 'vpc-0123456789abcdef0';
export const subnetId = 'subnet-0123456789abcdef0';
export const imageId = 'ami-0123456789abcdef0';

export function stackParameters(
  coordinators: number,
  others: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    VpcId: vpcId,
    SubnetId: subnetId,
    ImageId: imageId,
    HACoordinatorsCount: String(coordinators),
    ...others,
  };
}
