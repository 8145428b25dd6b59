/**
 * The code of functions: `cdk synth` writes folders, and manifests with the S3 key of each folder.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../service/properties.ts';

export interface Assets {
  /** @throws Error when no manifest names the key */
  folderOf(what: string, objectKey: string): string;
}

/** Reads every `*.assets.json` of a folder (cdk.out). */
export async function readAssets(assetsDirectory: string): Promise<Assets> {
  const folders = new Map<string, string>();
  for (const file of await manifestsIn(assetsDirectory)) {
    const manifest: unknown = JSON.parse(await readFile(join(assetsDirectory, file), 'utf8'));
    const files = isRecord(manifest) && isRecord(manifest.files) ? manifest.files : {};
    for (const asset of Object.values(files)) {
      for (const objectKey of objectKeysOf(asset)) {
        folders.set(objectKey, join(assetsDirectory, pathOf(asset)));
      }
    }
  }
  return {
    folderOf(what, objectKey) {
      const folder = folders.get(objectKey);
      if (folder !== undefined) return folder;
      throw new Error(
        `${what}: its code ${objectKey} is in no *.assets.json of ${assetsDirectory}. Synthesize again.`,
      );
    },
  };
}

async function manifestsIn(assetsDirectory: string): Promise<string[]> {
  const found = await stat(assetsDirectory).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new Error(`The assets directory ${assetsDirectory} is not a folder. Synthesize first.`);
  }
  return (await readdir(assetsDirectory)).filter((file) => file.endsWith('.assets.json'));
}

function objectKeysOf(asset: unknown): string[] {
  const destinations = isRecord(asset) && isRecord(asset.destinations) ? asset.destinations : {};
  return Object.values(destinations).flatMap((destination) =>
    isRecord(destination) && typeof destination.objectKey === 'string'
      ? [destination.objectKey]
      : [],
  );
}

function pathOf(asset: unknown): string {
  const source = isRecord(asset) && isRecord(asset.source) ? asset.source : {};
  return typeof source.path === 'string' ? source.path : '';
}
