/** CloudFormation's custom resources: what their function is sent, and which answers count. */
import { request } from 'node:http';
import { expect, vi } from 'vitest';
import { randomFrom } from '../../../chance/random.ts';
import {
  type CustomResourceEvent,
  type CustomResources,
  type CustomResourcesOptions,
  createCustomResources,
} from '../../../template/custom-resources.ts';
import { customResourceMaker } from '../../../template/makers/custom-resource.ts';
import type { Stack } from '../../../template/stack.ts';
import { realClock } from '../../../time/clock.ts';
import { stackOf, story, thing } from '../../template/stack-fixture.ts';
import type { Area } from '../row.ts';

const reference = 'CloudFormation user guide, custom resource request and response reference';

export const customResources: Area = {
  title: 'CloudFormation, custom resources',
  file: 'test/fidelity/template/custom-resources.ts',
  isRealTime: true,
  rows: [
    {
      behaviour:
        'the function is sent what is to be, every value as text, and where the answer goes; what the answer gives can be referred to',
      source: reference,
      localCloud: 'The same; the URL is one of this machine, not of S3.',
      check: onCustomResources(async ({ stack, events, answers }) => {
        answers.push({ Data: { Said: 'ready' } });
        expect(await stack.create()).toBe('CREATE_COMPLETE');
        expect(stack.outputs()).toEqual({ Said: 'ready' });
        expect(events).toMatchObject([
          {
            RequestType: 'Create',
            ResourceType: 'Custom::Cluster',
            LogicalResourceId: 'Cluster',
            StackId: expect.stringContaining(':stack/analytics/'),
            ResponseURL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}$/),
            ResourceProperties: { Count: '2', ServiceToken: 'arn:of:the:function', Size: '1' },
          },
        ]);
        expect(events[0]).not.toHaveProperty('PhysicalResourceId');
      }),
    },
    {
      behaviour:
        'a change of its properties is an `Update` with those of before; no change, no call; a deletion is a `Delete`',
      source: reference,
      localCloud: 'The same. An answer with another id, which replaces it, is an error here.',
      check: onCustomResources(async ({ stack, events }) => {
        await stack.create();
        await stack.update({ template: template(2) });
        await stack.update({ template: template(2, { Other: thing() }) });
        await stack.delete();
        expect(events.map(({ RequestType }) => RequestType)).toEqual([
          'Create',
          'Update',
          'Delete',
        ]);
        expect(events[1]).toMatchObject({
          PhysicalResourceId: 'cluster-1',
          ResourceProperties: { Size: '2' },
          OldResourceProperties: { Size: '1' },
        });
        expect(new Set(events.map(({ RequestId }) => RequestId)).size).toBe(3);
      }),
    },
    {
      behaviour:
        'an answer FAILED fails the stack with its reason; a failed creation is deleted, a failed update is updated back',
      source: `${reference}; stack failure options`,
      localCloud: 'The same, in CloudFormation’s words.',
      check: onCustomResources(async ({ stack, events, answers }) => {
        answers.push({ Status: 'FAILED', Reason: 'The image has no server.' });
        expect(await stack.create()).toBe('ROLLBACK_COMPLETE');
        expect(events.map(({ RequestType }) => RequestType)).toEqual(['Create', 'Delete']);
        expect(events[1]?.PhysicalResourceId).toBe('cluster-1');
        const [said] = story(stack).filter((one) => one.startsWith('CREATE_FAILED'));
        expect(said).toContain(
          'Received response status [FAILED] from custom resource. Message returned: The image has no server. (RequestId: ',
        );
        await stack.delete();
        await stack.create();
        answers.push({ Status: 'FAILED', Reason: 'No.' });
        expect(await stack.update({ template: template(2) })).toBe('UPDATE_ROLLBACK_COMPLETE');
        expect(events.at(-1)).toMatchObject({
          RequestType: 'Update',
          ResourceProperties: { Size: '1' },
          OldResourceProperties: { Size: '2' },
        });
      }),
    },
    {
      behaviour:
        'without an answer within `ServiceTimeout` (1 to 3600 s, 3600 unless given) the request has failed; a later answer changes nothing',
      source: reference,
      localCloud: 'The same; a drill can say that the time is over now.',
      check: onCustomResources(async ({ stack, custom, events, answers, put }) => {
        answers.push('nothing');
        const creating = stack.create();
        await vi.waitFor(() => expect(events).toHaveLength(1), 100_000);
        custom.timeOutNow();
        expect(await creating).toBe('ROLLBACK_COMPLETE');
        expect(story(stack).join('\n')).toContain('did not receive a response');
        const [late] = events;
        if (late !== undefined) expect(await put(late, {})).toBe(200);
        expect(stack.status()).toBe('ROLLBACK_COMPLETE');
        await stack.delete();
        const tooLong = template(1, {}, { ServiceTimeout: '3601' });
        expect(await stack.create({ template: tooLong })).toBe('ROLLBACK_COMPLETE');
        expect(story(stack).join('\n')).toContain('ServiceTimeout is 3601, but must be from 1 to');
      }),
    },
    {
      behaviour: 'an answer that is for another request is passed over',
      source: reference,
      localCloud: 'The same.',
      check: onCustomResources(async ({ stack, events, answers, put }) => {
        answers.push('nothing');
        const creating = stack.create();
        await vi.waitFor(() => expect(events).toHaveLength(1), 100_000);
        const [event] = events;
        if (event === undefined) throw new Error('No event.');
        await put(event, { RequestId: 'another', Status: 'FAILED', Reason: 'No.' });
        expect(stack.status()).toBe('CREATE_IN_PROGRESS');
        await put(event, {});
        expect(await creating).toBe('CREATE_COMPLETE');
      }),
    },
    {
      behaviour:
        'an answer has at most 4096 bytes and an id; the URL is signed for PUT without a content type, anything else is refused',
      source: `${reference}; aws-cloudformation/custom-resource-helper and cfn-response send an empty content-type`,
      localCloud: 'The same.',
      check: onCustomResources(async ({ stack, events, answers, put }) => {
        answers.push({ Data: { Long: 'x'.repeat(4_096) } }, {}, { PhysicalResourceId: '' });
        expect(await stack.create()).toBe('ROLLBACK_COMPLETE');
        await stack.delete();
        expect(await stack.create()).toBe('ROLLBACK_COMPLETE');
        const told = story(stack).filter((one) => one.startsWith('CREATE_FAILED'));
        expect(told[0]).toContain('Response object is too long.');
        expect(told[1]).toContain('Invalid PhysicalResourceId');
        const [event] = events;
        if (event === undefined) throw new Error('No event.');
        expect(await put(event, {}, { 'content-type': 'application/json' })).toBe(403);
      }),
    },
    {
      behaviour:
        'the call is asynchronous: an event may be delivered more than once, and a call that fails is tried twice more',
      source: 'Lambda developer guide, asynchronous invocation',
      localCloud: 'By `deliveries`; once by default. The retries are the same.',
      check: onCustomResources(
        async ({ stack, events }) => {
          expect(await stack.create()).toBe('CREATE_COMPLETE');
          await vi.waitFor(() => expect(events).toHaveLength(2), 100_000);
          expect(events[0]).toEqual(events[1]);
        },
        { deliveries: () => [0, 0] },
      ),
    },
  ],
};

function template(size: number, resources: object = {}, properties: object = {}): object {
  return {
    Resources: {
      Cluster: {
        Type: 'Custom::Cluster',
        Properties: { ServiceToken: 'arn:of:the:function', Count: 2, Size: size, ...properties },
      },
      ...resources,
    },
    Outputs: { Said: { Value: { 'Fn::GetAtt': ['Cluster', 'Said'] } } },
  };
}

interface CustomResourceFixture {
  readonly stack: Stack;
  readonly custom: CustomResources;
  readonly events: CustomResourceEvent[];
  /** What is answered next, over a SUCCESS; `nothing` for no answer. */
  readonly answers: (object | 'nothing')[];
  /** @returns the status */
  put(event: CustomResourceEvent, answer: object, headers?: object): Promise<number>;
}

function onCustomResources(
  act: (fixture: CustomResourceFixture) => Promise<void>,
  more: Partial<CustomResourcesOptions> = {},
): () => Promise<void> {
  return async () => {
    const events: CustomResourceEvent[] = [];
    const answers: (object | 'nothing')[] = [];
    const custom = await createCustomResources({
      clock: realClock,
      random: randomFrom(1),
      async invoke(_arn, input) {
        const event = input as CustomResourceEvent;
        events.push(event);
        const answer = answers.shift() ?? {};
        if (answer !== 'nothing') await putAnswer(event, answer);
      },
      ...more,
    });
    const makers = { 'AWS::CloudFormation::CustomResource': customResourceMaker(custom) };
    const { stack } = stackOf(template(1), {}, {}, makers);
    try {
      await act({ stack, custom, events, answers, put: putAnswer });
    } finally {
      await custom.stop();
    }
  };
}

function putAnswer(
  { ResponseURL, RequestId, StackId, LogicalResourceId }: CustomResourceEvent,
  answer: object,
  headers: object = {},
): Promise<number> {
  const body = JSON.stringify({
    Status: 'SUCCESS',
    PhysicalResourceId: 'cluster-1',
    Data: { Said: 'nothing' },
    RequestId,
    StackId,
    LogicalResourceId,
    ...answer,
  });
  return new Promise((resolve, reject) => {
    const put = request(ResponseURL, { method: 'PUT', headers: { ...headers } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    put.on('error', reject);
    put.end(body);
  });
}
