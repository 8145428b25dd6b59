import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { takeLoopback, withPortAdvice } from '../../drill/loopback.ts';

const port = 18_081;

test('loopback: two at a time get networks of their own, and one that was given back is taken again', async () => {
  const first = await takeLoopback(port);
  const second = await takeLoopback(port);
  expect(second.prefix).not.toBe(first.prefix);
  await first.release();
  const third = await takeLoopback(port);
  expect(third.prefix).toBe(first.prefix);
  await Promise.all([second.release(), third.release()]);
});

test('loopback: a port in use everywhere is one sentence with address, port and what to do', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(port + 1, '0.0.0.0', resolve));
  try {
    await expect(takeLoopback(port + 1)).rejects.toThrow(
      /^Port 18082 is in use at 127\.64\.255\.254 .* Choose another port with --port\.$/,
    );
  } finally {
    taken.close();
  }
});

test("loopback: the local cloud's own word about a port gets the same advice", () => {
  const cause = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
  const error = new Error('Something listens at 127.64.0.4:8080 already.', { cause });
  expect(withPortAdvice(error)).toMatchObject({
    message: `${error.message} Choose another port with --port.`,
  });
  const other = new Error('The port in use is not told here.');
  expect(withPortAdvice(other)).toBe(other);
});
