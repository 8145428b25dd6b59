/**
 * Answers that come in pages, read to a bound. The SDK's paginators want an instance of the SDK's own
 * client, and load it; a port is functions. What is left unread is told, never dropped.
 */
import { TryAgain } from '../workflow/model/errors.ts';
import type { Call } from './calls.ts';

/** EC2 and CloudWatch; Step Functions. */
type TokenName = 'NextToken' | 'nextToken';

export interface Bound<Output> {
  readonly mostPages: number;
  /** No further page is asked for after so long. */
  readonly mostMs: number;
  /** Ends the reading before the last page. @default never */
  readonly enough?: (page: Output) => boolean;
  /** Milliseconds. @default the system's clock */
  readonly now?: () => number;
}

export interface Pages<Output> {
  readonly pages: readonly Output[];
  /** Where there are further pages: why they were not read. */
  readonly left: 'nothing' | 'not wanted' | 'beyond the bound';
}

/** @throws what the call throws */
export async function readPages<
  Token extends TokenName,
  Input extends { readonly [Name in Token]?: string | undefined },
  Output extends { readonly [Name in Token]?: string | undefined },
>(
  call: Call<Input, Output>,
  token: Token,
  input: Input,
  { mostPages, mostMs, enough, now = Date.now }: Bound<Output>,
): Promise<Pages<Output>> {
  const startedAt = now();
  const pages: Output[] = [];
  let next: string | undefined;
  do {
    const page = await call(next === undefined ? input : { ...input, [token]: next });
    pages.push(page);
    // An empty token is none.
    next = page[token] || undefined;
    if (next === undefined) return { pages, left: 'nothing' };
    if (enough?.(page)) return { pages, left: 'not wanted' };
  } while (pages.length < mostPages && now() - startedAt < mostMs);
  return { pages, left: 'beyond the bound' };
}

/** The pages that are wanted. @throws TryAgain when one lies beyond the bound; what the call throws */
export async function readWantedPages<
  Token extends TokenName,
  Input extends { readonly [Name in Token]?: string | undefined },
  Output extends { readonly [Name in Token]?: string | undefined },
>(
  what: string,
  call: Call<Input, Output>,
  token: Token,
  input: Input,
  bound: Bound<Output>,
): Promise<readonly Output[]> {
  const { pages, left } = await readPages(call, token, input, bound);
  if (left !== 'beyond the bound') return pages;
  const { mostPages, mostMs } = bound;
  throw new TryAgain(
    `${what} has more pages than were read: ${pages.length} of at most ${mostPages}, within ${mostMs / 1000} s.`,
  );
}
