/** Pages of a listing, as AWS answers them. The token says where to go on. */
import { ServiceError } from './service.ts';

/** @param refusal the service's code for a token that is none */
export function pageOf<Item>(
  items: readonly Item[],
  page: { readonly size: number; readonly token: string | undefined },
  refusal = 'InvalidNextToken',
): { items: Item[]; nextToken: string | undefined } {
  const from = page.token === undefined ? 0 : Number(page.token);
  if (!Number.isInteger(from) || from < 0) {
    throw new ServiceError(refusal, `The token ${page.token} is not one of ours.`);
  }
  const to = from + page.size;
  return {
    items: items.slice(from, to),
    nextToken: to < items.length ? String(to) : undefined,
  };
}
