/**
 * Props that EC2, SNS or the workflow would refuse much later than synth, each by itself: ranges, the
 * root volume, an e-mail address, booleans.
 * What can go wrong: a value that is refused here and good on AWS. So the limits are AWS's own, or
 * wider, and tokens are passed over.
 */
import { isIPv4 } from 'node:net';
import { Token } from 'aws-cdk-lib';
import type { CoordinatorFailoverProps } from './props.ts';

interface Check {
  readonly fits: (value: unknown) => boolean;
  readonly allowed: string;
}

/** One line per prop that is given and wrong. */
export function valueProblems(props: CoordinatorFailoverProps): string[] {
  const names = Object.keys(checks) as (keyof typeof checks)[];
  return names.flatMap((name) => {
    const value = props[name];
    const { fits, allowed }: Check = checks[name];
    if (value === undefined || Token.isUnresolved(value) || fits(value)) return [];
    return [`${name} is ${shown(value)}, but must be ${allowed}.`];
  });
}

const trueOrFalse: Check = {
  fits: (value) => typeof value === 'boolean',
  allowed: 'true or false',
};

const range: Check = { fits: isIpv4Range, allowed: 'an IPv4 range such as "10.0.0.0/16"' };

/** Of a gp3 volume. Source: EBS User Guide, "General Purpose SSD volumes": 64 TiB. */
const mostGib = 65_536;

const checks = {
  keepCoordinatorNode: trueOrFalse,
  httpEnabled: trueOrFalse,
  clientCidr: range,
  sshCidr: range,
  rootDeviceName: {
    fits: (value) => typeof value === 'string' && /^\/dev\/[a-z0-9]+$/.test(value),
    allowed: 'a device such as "/dev/xvda"',
  },
  rootVolumeGib: {
    fits: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= mostGib,
    allowed: `a whole number from 1 to ${mostGib}`,
  },
  notificationEmail: {
    fits: (value) => typeof value === 'string' && /^[^@\s]+@[^@\s]+$/.test(value),
    allowed: 'an e-mail address such as "ops@example.com"',
  },
} as const satisfies { readonly [Name in keyof CoordinatorFailoverProps]?: Check };

function isIpv4Range(value: unknown): boolean {
  const parts = typeof value === 'string' ? /^([\d.]+)\/(\d{1,2})$/.exec(value) : null;
  const [, address = '', bits] = parts ?? [];
  return isIPv4(address) && Number(bits) <= 32;
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}
