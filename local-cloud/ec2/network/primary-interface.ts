/** The interface at device index 0, which is made and deleted with its instance. */
import type { Tags } from '../../service/properties.ts';
import type { Ec2State, Instance, NetworkInterface } from '../state.ts';

export function primaryInterfaceOf(
  ec2: Ec2State,
  instance: Instance,
  tags: Tags,
): NetworkInterface {
  const { launchData } = instance;
  return {
    networkInterfaceId: ec2.newId('eni'),
    subnet: instance.subnet,
    privateIpAddress: instance.privateIpAddress,
    macAddress: macAddressFor(instance.privateIpAddress),
    description: '',
    groups: launchData.SecurityGroupIds ?? launchData.NetworkInterfaces?.[0]?.Groups ?? [],
    tags,
    attachment: {
      attachmentId: ec2.newId('eni-attach'),
      instanceId: instance.instanceId,
      deviceIndex: 0,
      status: 'attached',
      attachTime: instance.launchTime,
      deleteOnTermination: true,
      usable: true,
    },
  };
}

/** A locally administered MAC, unique as the private address is. */
export function macAddressFor(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['02', '00', ...bytes].join(':');
}
