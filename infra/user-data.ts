/**
 * The script that a coordinator runs at its first boot. It tells the probe which cluster it belongs
 * to, and nothing more yet: the probe itself has to be in the image.
 * What can go wrong: a shell that expands something in the configuration. The here-document's mark
 * is quoted, so nothing in it is expanded.
 */
import { dirname } from 'node:path/posix';
import type { Stack } from 'aws-cdk-lib';
import type { UserData } from 'aws-cdk-lib/aws-ec2';
import {
  type ProbeConfiguration,
  probeConfigurationFile,
  probeConfigurationMark,
} from '../workflow/cluster.ts';

/** As text with CloudFormation tokens: ids and addresses are known once the stack is deployed. */
export function userDataText(
  stack: Stack,
  configuration: ProbeConfiguration,
  own: UserData | undefined,
): string {
  return [
    '#!/bin/bash',
    'set -euo pipefail',
    `mkdir -p ${dirname(probeConfigurationFile)}`,
    `cat > ${probeConfigurationFile} <<'${probeConfigurationMark}'`,
    stack.toJsonString(configuration, 2),
    probeConfigurationMark,
    ...(own === undefined ? [] : [own.render()]),
    '',
  ].join('\n');
}
