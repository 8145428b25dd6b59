import { expect, test } from 'vitest';
import { json, trino477 } from '../../../test/workflow/model/http-answers.ts';
import { startClient } from '../../bench/client.ts';
import { createVirtualNetwork, type Server } from '../../simulation/network.ts';
import { createVirtualTime } from '../../simulation/virtual-time.ts';

const address = '10.0.0.4';

function server(coordinatorId: string, starting = false): Server {
  const answer = json({ ...trino477, coordinatorId, starting });
  return { answer: () => answer, awake: () => new Promise(() => {}) };
}

async function clientOf(happens: (at: (seconds: number, action: () => void) => void) => void) {
  const time = createVirtualTime(0);
  const network = createVirtualNetwork(time, () => {});
  const put = (instanceId: string, what: Server | undefined) => {
    network.host(instanceId).server = what;
  };
  put('i-1', server('first'));
  put('i-2', server('second'));
  network.route(address, 'i-1');
  const client = startClient({ time, network, address });
  happens((seconds, action) => void time.after(seconds * 1000, action));
  moves.network = network;
  moves.put = put;
  await time.run(
    () => client.servedAtMs() !== undefined,
    () => 60_000,
  );
  client.stop();
  return client.servedAtMs();
}

const moves = {} as {
  network: ReturnType<typeof createVirtualNetwork>;
  put: (instanceId: string, what: Server | undefined) => void;
};

test('client: an outage is over at the first of ten ready answers of another coordinator', async () => {
  const servedAtMs = await clientOf((at) => {
    at(5, () => moves.network.route(address, null));
    at(20.05, () => moves.network.route(address, 'i-2'));
  });
  expect(servedAtMs).toBe(20_100);
});

test('client: nobody else answers, so it is not over', async () => {
  const servedAtMs = await clientOf((at) => {
    at(5, () => moves.network.route(address, null));
    at(20, () => moves.network.route(address, 'i-1'));
  });
  expect(servedAtMs).toBeUndefined();
});

test('client: one that still starts serves nobody, and one that flickers begins anew', async () => {
  const servedAtMs = await clientOf((at) => {
    at(5, () => {
      moves.put('i-2', server('second', true));
      moves.network.route(address, 'i-2');
    });
    at(10, () => moves.put('i-2', server('second')));
    at(10.45, () => moves.put('i-2', server('second', true)));
    at(12, () => moves.put('i-2', server('second')));
  });
  expect(servedAtMs).toBe(12_000);
});
