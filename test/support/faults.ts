/** Calls to AWS that fail: before their effect, or after it, so that only the answer is lost. */
import type { FailoverCalls } from '../../aws/calls.ts';

export type Fault = 'before' | 'after';

class LostResponse extends Error {
  override readonly name = 'TimeoutError';
}

/** The call with this number (from 0, over all operations) fails once; the others work. */
export function failingOnce<Port extends object>(cloud: Port, number: number, fault: Fault): Port {
  let count = 0;
  return eachCall(cloud, async (_name, call) => {
    const mine = count === number;
    count += 1;
    if (mine && fault === 'before') throw new LostResponse('The request was not sent.');
    const answer = await call();
    if (mine) throw new LostResponse('The answer was lost.');
    return answer;
  });
}

/** Notes the names of all calls. */
export function listening(cloud: FailoverCalls, calls: string[]): FailoverCalls {
  return eachCall(cloud, (name, call) => {
    calls.push(name);
    return call();
  });
}

/** Runs something just before the first call with this name. */
export function interrupting(
  cloud: FailoverCalls,
  name: keyof FailoverCalls,
  act: () => Promise<void>,
): FailoverCalls {
  let done = false;
  return eachCall(cloud, async (called, call) => {
    if (called === name && !done) {
      done = true;
      await act();
    }
    return call();
  });
}

/** Every call with this name is refused with an error of that name. */
export function refusing<Port extends object>(
  cloud: Port,
  name: keyof Port,
  errorName: string,
  message = '',
): Port {
  return eachCall(cloud, (called, call) => {
    if (called !== name) return call();
    return Promise.reject(Object.assign(new Error(message), { name: errorName }));
  });
}

function eachCall<Port extends object>(
  cloud: Port,
  around: (name: string, call: () => Promise<unknown>) => Promise<unknown>,
): Port {
  return new Proxy(cloud, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== 'function') return call;
      return (input: unknown) =>
        around(String(name), async () => {
          const answer: unknown = await Reflect.apply(call, target, [input]);
          return answer;
        });
    },
  });
}
