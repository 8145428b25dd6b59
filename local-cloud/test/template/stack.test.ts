import { describe, expect, test } from 'vitest';
import { stackOf, story, thing } from './stack-fixture.ts';

const reference = (logicalId: string) => ({ Ref: logicalId });
const version = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Version'] });

/** B refers to A, C comes after B. */
const three = (size: number, more: object = {}) => ({
  Resources: {
    C: thing({}, { DependsOn: 'B' }),
    B: thing({ a: reference('A'), version: version('A') }),
    A: thing({ size, ...more }),
  },
  Outputs: { Version: { Value: version('A') } },
});

describe('stack', () => {
  test('creation: tells what it makes, in the order of the references', async () => {
    const { stack } = stackOf(three(1));
    expect(stack.status()).toBe('NOT_CREATED');
    expect(await stack.create()).toBe('CREATE_COMPLETE');
    expect(story(stack)).toEqual([
      'CREATE_IN_PROGRESS analytics',
      'CREATE_IN_PROGRESS A',
      'CREATE_COMPLETE A',
      'CREATE_IN_PROGRESS B',
      'CREATE_COMPLETE B',
      'CREATE_IN_PROGRESS C',
      'CREATE_COMPLETE C',
      'CREATE_COMPLETE analytics',
    ]);
    expect(stack.outputs()).toEqual({ Version: '1' });
  });

  test('creation: a failure takes away what was made, and the stack must be deleted first', async () => {
    const { stack, done, failing } = stackOf(three(1));
    failing.push('make C');
    expect(await stack.create()).toBe('ROLLBACK_COMPLETE');
    expect(done).toEqual(['make A-1', 'make B-2', 'remove B-2', 'remove A-1']);
    await expect(stack.create()).rejects.toThrow(
      'Stack analytics is in ROLLBACK_COMPLETE state and can not be created.',
    );
    expect(await stack.delete()).toBe('DELETE_COMPLETE');
    expect(await stack.create()).toBe('CREATE_COMPLETE');
  });

  test('creation: what is retained outlives a rollback, unless only the creation is excepted', async () => {
    const { stack, done, failing } = stackOf({
      Resources: {
        Kept: thing({}, { DeletionPolicy: 'Retain' }),
        Taken: thing({}, { DeletionPolicy: 'RetainExceptOnCreate' }),
        Last: thing({}, { DependsOn: ['Kept', 'Taken'] }),
      },
    });
    failing.push('make Last');
    expect(await stack.create()).toBe('ROLLBACK_COMPLETE');
    expect(done).toEqual(['make Kept-1', 'make Taken-2', 'remove Taken-2']);
  });

  test('update: changes what has changed, and what refers to it', async () => {
    const { stack, done } = stackOf(three(1));
    await stack.create();
    done.length = 0;
    expect(await stack.update({ template: three(2) })).toBe('UPDATE_COMPLETE');
    expect(done).toEqual(['change A-1 to {"size":2}', 'change B-2 to {"a":"A-1","version":"2"}']);
    expect(stack.outputs()).toEqual({ Version: '2' });
  });

  test('update: by a parameter alone', async () => {
    const template = {
      Parameters: { Size: { Type: 'Number', Default: 1 } },
      Resources: { A: thing({ size: reference('Size') }) },
    };
    const { stack, done } = stackOf(template);
    await stack.create();
    await stack.update({ parameters: { Size: '7' } });
    expect(done.at(-1)).toBe('change A-1 to {"size":"7"}');
  });

  test('update: a replacement is made first, what refers to it follows, the old one goes last', async () => {
    const { stack, done } = stackOf(three(1));
    await stack.create();
    done.length = 0;
    await stack.update({ template: three(1, { Kind: 'other' }) });
    expect(done).toEqual(['make A-4', 'change B-2 to {"a":"A-4","version":"1"}', 'remove A-1']);
  });

  test('update: a replaced one that is retained stays', async () => {
    const template = (kind: string) => ({
      Resources: { A: thing({ Kind: kind }, { UpdateReplacePolicy: 'Retain' }) },
    });
    const { stack, done } = stackOf(template('one'));
    await stack.create();
    expect(await stack.update({ template: template('other') })).toBe('UPDATE_COMPLETE');
    expect(done).toEqual(['make A-1', 'make A-2']);
    expect(story(stack)).toContain('DELETE_SKIPPED A');
  });

  test('update: what is no longer in the template goes, what is new comes', async () => {
    const { stack, done } = stackOf({ Resources: { A: thing(), B: thing() } });
    await stack.create();
    await stack.update({ template: { Resources: { B: thing(), C: thing() } } });
    expect(done).toEqual(['make A-1', 'make B-2', 'make C-3', 'remove A-1']);
    expect([...stack.resources().keys()]).toEqual(['B', 'C']);
  });

  test('update: a failure is rolled back, the one that failed included', async () => {
    const { stack, done, failing } = stackOf(three(1));
    await stack.create();
    done.length = 0;
    failing.push('change B-2 to {"a":"A-1","version":"2"}');
    const bigger = { ...three(2), Resources: { ...three(2).Resources, New: thing() } };
    expect(await stack.update({ template: bigger })).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(done).toEqual([
      'change A-1 to {"size":2}',
      'change A-1 to {"size":1}',
      // A is at its third version now: what refers to it is changed with it.
      'change B-2 to {"a":"A-1","version":"3"}',
    ]);
    expect(stack.outputs()).toEqual({ Version: '1' });
    expect(story(stack)).toContain(
      'UPDATE_FAILED B: Could not change B-2 to {"a":"A-1","version":"2"}.',
    );
  });

  test('update: rolled back from a replacement, the old one is taken up again', async () => {
    const { stack, done, failing } = stackOf(three(1));
    await stack.create();
    done.length = 0;
    failing.push('change B-2');
    await stack.update({ template: three(1, { Kind: 'other' }) });
    expect(done).toEqual(['make A-4', 'change B-2 to {"a":"A-1","version":"1"}', 'remove A-4']);
    expect(stack.resources().get('A')?.physicalId).toBe('A-1');
  });

  test('update: a rollback that fails is said', async () => {
    const { stack, failing } = stackOf(three(1));
    await stack.create();
    failing.push('change B-2', 'change A-1 to {"size":1}');
    expect(await stack.update({ template: three(2) })).toBe('UPDATE_ROLLBACK_FAILED');
  });

  test('update: nothing to do is an error', async () => {
    const { stack } = stackOf(three(1));
    await stack.create();
    await expect(stack.update({ template: three(1) })).rejects.toThrow(
      'No updates are to be performed.',
    );
  });

  test('update: a type that nobody has written down cannot be changed', async () => {
    const stone = (weight: number) => ({
      Resources: { A: { Type: 'Test::Stone', Properties: { weight } } },
    });
    const { stack } = stackOf(stone(1));
    await stack.create();
    await stack.update({ template: stone(2) });
    expect(story(stack)).toContain(
      'UPDATE_FAILED A: Test::Stone A cannot be updated by the local cloud.',
    );
  });

  test('deletion: goes the other way round, leaves what is retained, and can be repeated', async () => {
    const template = three(1);
    const kept = { ...template.Resources, Kept: thing({}, { DeletionPolicy: 'Retain' }) };
    const { stack, done, failing } = stackOf({ ...template, Resources: kept });
    await stack.create();
    done.length = 0;
    failing.push('remove B-2');
    expect(await stack.delete()).toBe('DELETE_FAILED');
    expect(done).toEqual(['remove C-3']);
    expect(story(stack)).toContain('DELETE_SKIPPED Kept');
    expect(await stack.delete()).toBe('DELETE_COMPLETE');
    expect(done).toEqual(['remove C-3', 'remove B-2', 'remove A-1']);
    expect(await stack.delete()).toBe('DELETE_COMPLETE');
  });

  test('deletion: a policy that is not implemented is refused', async () => {
    const { stack } = stackOf({ Resources: { A: thing({}, { DeletionPolicy: 'Snapshot' }) } });
    await expect(stack.create()).rejects.toThrow('A has the policy "Snapshot"');
  });
});
