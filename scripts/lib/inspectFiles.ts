/** Which files a command line means, and where each would go below an output folder. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

export interface InspectedFile {
  readonly path: string;
  /** Relative path that keeps files of the same name apart. */
  readonly target: string;
}

/** Throws the system's error for a path that does not exist or cannot be listed. */
export async function filesBelow(paths: readonly string[]): Promise<InspectedFile[]> {
  const found = new Set<string>();
  const bases: string[] = [];
  for (const given of new Set(paths.map((one) => path.resolve(one)))) {
    if ((await stat(given)).isDirectory()) {
      bases.push(given);
      for (const file of await walk(given)) found.add(file);
    } else {
      bases.push(path.dirname(given));
      found.add(given);
    }
  }
  const base = bases.reduce(commonFolder);
  return [...found].map((file) => ({ path: file, target: path.relative(base, file) }));
}

async function walk(folder: string): Promise<string[]> {
  const files: string[] = [];
  const open = [folder];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const entry of await readdir(at, { withFileTypes: true })) {
      const inside = path.join(at, entry.name);
      if (entry.isDirectory()) open.push(inside);
      else if (entry.isFile()) files.push(inside);
    }
  }
  return files.sort();
}

function commonFolder(a: string, b: string): string {
  let folder = a;
  while (path.relative(folder, b).startsWith('..')) folder = path.dirname(folder);
  return folder;
}
