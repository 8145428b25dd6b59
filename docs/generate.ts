/** `npm run docs`: writes every document that is made from the code, and says which have changed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument, root } from './made/document.ts';
import { documents } from './made/documents.ts';

for (const { file, make } of documents) {
  const text = await make();
  const isChanged = text !== readDocument(file);
  if (isChanged) writeFileSync(join(root, file), text);
  console.log(`${isChanged ? 'written ' : 'in step '} ${file}`);
}
// What was loaded for some of them keeps the process open.
process.exit(0);
