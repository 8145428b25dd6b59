/**
 * How the servers are asked, as it goes into the state machine, the probe's configuration, security
 * groups and outputs.
 * What can go wrong: whether there is HTTPS may be a CloudFormation parameter, and so known only when
 * the stack is deployed. Then every value is a choice that CloudFormation makes; what it leaves open is
 * an empty text, which readers take as not given (workflow/model/server-endpoint.ts).
 */
import { CfnCondition, Fn, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  readCaBundle,
  readPins,
  type ServerAt,
  type ServerEndpoint,
} from '../../workflow/model/server-endpoint.ts';
import { defaultHttpPort, noPort, type ServerProps } from '../props/server-props.ts';

/** Known at synth, or when the stack is deployed. */
export type KnownOrChosen = boolean | CfnCondition;

export class Servers extends Construct {
  /** The one that is asked from outside, and that clients use. */
  readonly port: number;
  private readonly httpPort: number;
  private readonly httpsPort: number;
  private readonly isHttps: KnownOrChosen;
  private readonly isHttpOff: KnownOrChosen;
  private readonly hasName: KnownOrChosen;
  private readonly name: string;
  private readonly caBundle: string;
  private readonly pins: string;

  /** `props` have no problems. */
  constructor(scope: Construct, id: string, props: ServerProps) {
    super(scope, id);
    this.httpPort = props.httpPort ?? defaultHttpPort;
    this.httpsPort = props.httpsPort ?? noPort;
    this.name = props.tlsServerName ?? '';
    this.caBundle = normalized(props.caBundle, (text) => {
      const read = readCaBundle(text);
      return read.kind === 'bundle' ? read.pem : '';
    });
    this.pins = normalized(props.pinnedCertificateSha256, (text) => readPins(text) ?? '');
    this.isHttps = this.isOtherThan('HttpsIsOn', this.httpsPort, noPort);
    this.isHttpOff = this.opposite('HttpIsOff', props.httpEnabled ?? true);
    this.hasName = this.isOtherThan('TlsServerNameIsGiven', this.name, '');
    this.port = chosenNumber(this.isHttps, this.httpsPort, this.httpPort);
  }

  /** How everybody outside of a host asks. `coordinatorAddress` is what a certificate must name. */
  endpoint(coordinatorAddress: string): ServerEndpoint {
    return this.written(this.isHttps, this.port, coordinatorAddress);
  }

  /** How the probe asks the server on its own host. Without trust: it is that of `endpoint`. */
  local(coordinatorAddress: string): ServerAt {
    const port = chosenNumber(this.isHttpOff, this.httpsPort, this.httpPort);
    const { trust: _onlyOnce, ...written } = {
      trust: undefined,
      ...this.written(this.isHttpOff, port, coordinatorAddress),
    };
    // The server's: user data has 16 KB, and a CA bundle may have 4 of them.
    return { host: 'localhost', ...written } as object as ServerAt;
  }

  /** What clients and workers connect to. */
  uri(coordinatorAddress: string): string {
    const name = chosenText(this.hasName, this.name, coordinatorAddress);
    return chosenText(
      this.isHttps,
      `https://${name}:${this.httpsPort}`,
      `http://${coordinatorAddress}:${this.httpPort}`,
    );
  }

  private written(
    isHttps: KnownOrChosen,
    port: number,
    coordinatorAddress: string,
  ): ServerEndpoint {
    if (isHttps === false) return { protocol: 'http', port };
    const written = {
      protocol: chosenText(isHttps, 'https', 'http'),
      port,
      trust: {
        caBundle: chosenText(isHttps, this.caBundle, ''),
        pinnedCertificateSha256: chosenText(isHttps, this.pins, ''),
      },
      serverName: chosenText(this.hasName, this.name, coordinatorAddress),
    };
    // As written, with texts that CloudFormation fills in: who reads it makes an endpoint of it.
    return written as object as ServerEndpoint;
  }

  private isOtherThan(id: string, value: string | number, than: string | number): KnownOrChosen {
    if (!Token.isUnresolved(value)) return value !== than;
    const expression = Fn.conditionNot(Fn.conditionEquals(value, than));
    return new CfnCondition(this, id, { expression });
  }

  private opposite(id: string, choice: KnownOrChosen): KnownOrChosen {
    if (typeof choice === 'boolean') return !choice;
    return new CfnCondition(this, id, { expression: Fn.conditionNot(choice) });
  }
}

function normalized(text: string | undefined, read: (text: string) => string): string {
  if (text === undefined || text === '') return '';
  return Token.isUnresolved(text) ? text : read(text);
}

export function chosenText(choice: KnownOrChosen, yes: string, no: string): string {
  if (typeof choice === 'boolean') return choice ? yes : no;
  return Token.asString(Fn.conditionIf(choice.logicalId, yes, no));
}

function chosenNumber(choice: KnownOrChosen, yes: number, no: number): number {
  if (typeof choice === 'boolean') return choice ? yes : no;
  return Token.asNumber(Fn.conditionIf(choice.logicalId, yes, no));
}
