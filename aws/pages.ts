/**
 * Reads answers in pages, to a bound, and tells when pages are left. The SDK's paginators need an SDK
 * client; a port has functions only.
 */
import { TryAgain } from '../workflow/model/errors.ts';
import type { Call } from './calls.ts';

/** EC2 and CloudWatch use the first name, Step Functions the second. */
type TokenName = 'NextToken' | 'nextToken';

export interface Bound<Output> {
  readonly mostPages: number;
  /** After this time no further page is read. */
  readonly mostMs: number;
  /** Ends the reading before the last page. @default never */
  readonly enough?: (page: Output) => boolean;
  /** Milliseconds. @default the system's clock */
  readonly now?: () => number;
}

export interface Pages<Output> {
  readonly pages: readonly Output[];
  /** Why further pages were not read; `nothing` where there are none. */
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
    // An empty token is no token.
    next = page[token] || undefined;
    if (next === undefined) return { pages, left: 'nothing' };
    if (enough?.(page)) return { pages, left: 'not wanted' };
  } while (pages.length < mostPages && now() - startedAt < mostMs);
  return { pages, left: 'beyond the bound' };
}

/** All wanted pages. @throws TryAgain when a wanted page lies beyond the bound */
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
