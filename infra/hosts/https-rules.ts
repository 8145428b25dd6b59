/**
 * What only several of the ready-made stack's parameters together can get wrong about HTTPS, as rules
 * that CloudFormation checks before it makes anything. The construct checks the same at synth
 * (server-props.ts).
 */
import { type CfnParameter, CfnRule, Fn, type ICfnRuleConditionExpression } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { noPort } from '../props/server-props.ts';
import type { StackParameters } from '../stack/stack-parameters.ts';

type Condition = ICfnRuleConditionExpression;

export function addHttpsRules(scope: Construct, parameters: StackParameters): void {
  const { caBundle, httpEnabled, httpsPort, pinnedCertificateSha256, tlsServerName } = parameters;
  const hasHttps = not(is(httpsPort, String(noPort)));
  const isOpen = (parameter: CfnParameter) => is(parameter, '');
  const rule = (id: string, ruleCondition: Condition, assert: Condition, sentence: string) =>
    new CfnRule(scope, id, {
      ruleCondition,
      assertions: [{ assert, assertDescription: sentence }],
    });

  rule(
    'HttpsIsVerified',
    hasHttps,
    Fn.conditionOr(
      Fn.conditionAnd(isOpen(caBundle), not(isOpen(pinnedCertificateSha256))),
      Fn.conditionAnd(not(isOpen(caBundle)), isOpen(pinnedCertificateSha256)),
    ),
    'With HttpsPort, give either CaBundle or PinnedCertificateSha256: one of the two must say what makes a certificate the right one',
  );
  rule(
    'OnlyHttpsIsVerified',
    not(hasHttps),
    Fn.conditionAnd(isOpen(caBundle), isOpen(pinnedCertificateSha256), isOpen(tlsServerName)),
    'CaBundle, PinnedCertificateSha256 and TlsServerName need HttpsPort: only HTTPS can use them',
  );
  rule(
    'SomethingIsSpoken',
    is(httpEnabled, 'no'),
    hasHttps,
    'HttpEnabled is no, but HttpsPort is not given',
  );
}

function is(parameter: CfnParameter, value: string): Condition {
  return Fn.conditionEquals({ Ref: parameter.logicalId }, value);
}

function not(condition: Condition): Condition {
  return Fn.conditionNot(condition);
}
