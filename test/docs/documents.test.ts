/** That the documents which are made from the code are those that the code makes now. */
import { expect, test } from 'vitest';
import { readDocument } from '../../docs/made/document.ts';
import { documents } from '../../docs/made/documents.ts';

test('documents are in step', async () => {
  const outOfStep: string[] = [];
  for (const { file, make } of documents) {
    if ((await make()) !== readDocument(file)) outOfStep.push(file);
  }
  expect(outOfStep, 'Documents are out of step with the code: npm run docs').toEqual([]);
});
