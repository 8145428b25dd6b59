import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createImds } from '../../probe/imds.ts';
import { type StandInMetadata, setInterfaces, startMetadata } from './stand-in-metadata.ts';

const first = '0e:00:00:00:00:01';
const second = '0e:00:00:00:00:02';
const { signal } = new AbortController();

let metadata: StandInMetadata;
let nowMs = 0;

beforeEach(async () => {
  nowMs = 0;
  metadata = await startMetadata({ [first]: 'eni-1' });
});
afterEach(() => metadata.stop());

describe('imds: answers', () => {
  test('the name of the host', async () => {
    expect(await imds().instanceId(signal)).toBe('i-00000000000000001');
  });

  test('its interfaces, with one token, each described once', async () => {
    const client = imds();
    expect(await client.networkInterfaceIds(signal)).toEqual(['eni-1']);
    setInterfaces(metadata, { [first]: 'eni-1', [second]: 'eni-2' });
    expect(await client.networkInterfaceIds(signal)).toEqual(['eni-1', 'eni-2']);
    expect(await client.networkInterfaceIds(signal)).toEqual(['eni-1', 'eni-2']);
    expect(metadata.asked.map((line) => line.replace('/latest/meta-data/', ''))).toEqual([
      'PUT /latest/api/token',
      'GET network/interfaces/macs/',
      `GET network/interfaces/macs/${first}/interface-id`,
      'GET network/interfaces/macs/',
      `GET network/interfaces/macs/${second}/interface-id`,
      'GET network/interfaces/macs/',
    ]);
  });

  test('an interface that went away is gone', async () => {
    const client = imds();
    setInterfaces(metadata, { [first]: 'eni-1', [second]: 'eni-2' });
    await client.networkInterfaceIds(signal);
    setInterfaces(metadata, { [first]: 'eni-1' });
    expect(await client.networkInterfaceIds(signal)).toEqual(['eni-1']);
  });

  test('an interface that is listed but not yet described comes later', async () => {
    const client = imds();
    metadata.answers.set('network/interfaces/macs/', `${first}/\n${second}/`);
    expect(await client.networkInterfaceIds(signal)).toEqual(['eni-1']);
    setInterfaces(metadata, { [first]: 'eni-1', [second]: 'eni-2' });
    expect(await client.networkInterfaceIds(signal)).toEqual(['eni-1', 'eni-2']);
  });

  test('a token that is no longer taken is replaced at the next question', async () => {
    const client = imds();
    await client.instanceId(signal);
    metadata.token = 'token-2';
    await expect(client.instanceId(signal)).rejects.toThrow('status 401');
    expect(await client.instanceId(signal)).toBe('i-00000000000000001');
  });

  test('a token is renewed after half of its six hours', async () => {
    const client = imds();
    await client.instanceId(signal);
    nowMs = 3 * 3600 * 1000 - 1;
    await client.instanceId(signal);
    nowMs += 1;
    await client.instanceId(signal);
    expect(metadata.asked.filter((line) => line.startsWith('PUT'))).toHaveLength(2);
  });
});

describe('imds: no answer', () => {
  test('silence ends at the deadline', async () => {
    metadata.mode = 'hangs';
    await expect(imds().instanceId(signal)).rejects.toThrow('did not answer in 300 ms');
  });

  test('a broken connection', async () => {
    metadata.mode = 'breaks';
    await expect(imds().instanceId(signal)).rejects.toThrow('hang up');
  });

  test('garbage instead of a token', async () => {
    metadata.mode = 'garbage';
    await expect(imds().instanceId(signal)).rejects.toThrow('gave no token (status 200)');
  });

  test('garbage instead of names', async () => {
    metadata.answers.set('instance-id', 'not a name');
    metadata.answers.set('network/interfaces/macs/', '<html>\n');
    const client = imds();
    await expect(client.instanceId(signal)).rejects.toThrow('gave no instance id');
    await expect(client.networkInterfaceIds(signal)).rejects.toThrow('lists no network interfaces');
  });

  test('an answer without an end', async () => {
    metadata.mode = 'endless';
    await expect(imds().instanceId(signal)).rejects.toThrow(/without an end|did not answer/);
  });

  test('called off', async () => {
    metadata.mode = 'hangs';
    const stop = new AbortController();
    const asked = imds().instanceId(stop.signal);
    setTimeout(() => stop.abort(), 20);
    // Not its own time-out, which says that nobody answered.
    await expect(asked).rejects.toThrow('aborted');
  });
});

function imds() {
  return createImds({ endpoint: metadata.endpoint, monotonicMs: () => nowMs, timeoutMs: 300 });
}
