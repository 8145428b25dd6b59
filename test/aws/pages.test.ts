import { expect, test } from 'vitest';
import { readPages, readWantedPages } from '../../aws/pages.ts';

interface Page {
  readonly number: number;
  readonly NextToken?: string;
}

/** So many pages; `asked` notes what was asked for. */
function book(pages: number, asked: unknown[] = []) {
  return async (input: { readonly NextToken?: string; readonly of: string }): Promise<Page> => {
    asked.push(input);
    const number = Number(input.NextToken ?? 1);
    return number < pages ? { number, NextToken: String(number + 1) } : { number };
  };
}

const bound = { mostPages: 3, mostMs: 1_000 };
const numbers = (pages: readonly Page[]) => pages.map(({ number }) => number);

test('pages: followed to the last one, with the same input and each page its token', async () => {
  const asked: unknown[] = [];
  const { pages, left } = await readPages(book(3, asked), 'NextToken', { of: 'all' }, bound);
  expect(numbers(pages)).toEqual([1, 2, 3]);
  expect(left).toBe('nothing');
  expect(asked).toEqual([
    { of: 'all' },
    { of: 'all', NextToken: '2' },
    { of: 'all', NextToken: '3' },
  ]);
});

test('pages: an empty token is none', async () => {
  const call = async () => ({ NextToken: '' });
  expect((await readPages(call, 'NextToken', {}, bound)).left).toBe('nothing');
});

test('pages: a number of pages is the bound, and it is said that there are more', async () => {
  const { pages, left } = await readPages(book(4), 'NextToken', { of: 'all' }, bound);
  expect(numbers(pages)).toEqual([1, 2, 3]);
  expect(left).toBe('beyond the bound');
});

test('pages: time is a bound as well', async () => {
  let now = 0;
  const slow = async (input: { readonly NextToken?: string; readonly of: string }) => {
    now += 600;
    return book(3)(input);
  };
  const { pages, left } = await readPages(
    slow,
    'NextToken',
    { of: 'all' },
    { ...bound, now: () => now },
  );
  expect(numbers(pages)).toEqual([1, 2]);
  expect(left).toBe('beyond the bound');
});

test('pages: enough is enough, and then more is not wanted', async () => {
  const enough = ({ number }: Page) => number === 2;
  const wanted = { ...bound, enough };
  const { pages, left } = await readPages(book(4), 'NextToken', { of: 'all' }, wanted);
  expect(numbers(pages)).toEqual([1, 2]);
  expect(left).toBe('not wanted');
  expect(await readWantedPages('Book', book(4), 'NextToken', { of: 'all' }, wanted)).toHaveLength(
    2,
  );
});

test('pages: what may not be cut off is refused where the bound cuts it off', async () => {
  const read = (pages: number) =>
    readWantedPages('DescribeBook', book(pages), 'NextToken', { of: 'all' }, bound);
  expect(await read(3)).toHaveLength(3);
  await expect(read(4)).rejects.toMatchObject({
    name: 'TryAgain',
    message: 'DescribeBook has more pages than were read: 3 of at most 3, within 1 s.',
  });
});
