import { expect, test } from 'vitest';
import { createCallers } from '../../service/callers.ts';
import { createBackground } from '../../time/background.ts';
import { manualClock } from '../../time/manual-clock.ts';

test('background: no delay runs at once, a delay in its time', async () => {
  const { clock, background, done } = fixture();
  background.after(0, () => void done.push('at once'));
  expect(done).toEqual(['at once']);
  background.after(10, () => void done.push('later'));
  await clock.advance(9);
  expect(done).toEqual(['at once']);
  await clock.advance(1);
  expect(done).toEqual(['at once', 'later']);
});

test('background: stop drops what has not begun and waits for what has', async () => {
  const { clock, background, done } = fixture();
  const gate = Promise.withResolvers<void>();
  background.after(0, async () => {
    await gate.promise;
    done.push('begun');
    background.after(0, () => void done.push('too late'));
  });
  background.after(10, () => void done.push('not begun'));
  const stopped = background.stop();
  gate.resolve();
  await stopped;
  expect(done).toEqual(['begun']);
  expect(clock.sleepers()).toBe(0);
});

test('background: a signal takes one action back', async () => {
  const { clock, background, done } = fixture();
  const controller = new AbortController();
  background.after(10, () => void done.push('taken back'), controller.signal);
  background.after(10, () => void done.push('kept'));
  controller.abort();
  await clock.advance(10);
  expect(done).toEqual(['kept']);
});

test('background: the first failure is what stop rejects with', async () => {
  const { clock, background } = fixture();
  background.after(1, () => Promise.reject(new Error('first')));
  background.after(2, () => Promise.reject(new Error('second')));
  await clock.advance(2);
  await expect(background.stop()).rejects.toThrow('first');
});

test('callers: a principal has one key, and the key leads to it', () => {
  const callers = createCallers();
  const one = callers.issue('arn:aws:iam::123456789012:role/one');
  const two = callers.issue('arn:aws:iam::123456789012:role/two');
  expect(callers.issue('arn:aws:iam::123456789012:role/one')).toEqual(one);
  expect(two.accessKeyId).not.toBe(one.accessKeyId);
  expect(callers.find(two.accessKeyId)?.principalArn).toBe('arn:aws:iam::123456789012:role/two');
  expect(callers.find('constructor')).toBeUndefined();
});

function fixture() {
  const clock = manualClock();
  const done: string[] = [];
  return { clock, done, background: createBackground(clock) };
}
