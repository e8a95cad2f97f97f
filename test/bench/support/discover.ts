/** Finds benchmarks by their file names; nothing is listed by hand. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../../scripts/lib/paths.ts';
import type { Benchmark } from './benchmark.ts';

/** Absolute paths, in the order of their names. */
export function benchmarkFiles(): string[] {
  return globSync('test/**/*.bench.ts', { cwd: root })
    .sort()
    .map((path) => join(root, path));
}

/** @throws Error where the file exports no `benchmark` */
export async function loadBenchmark(file: string): Promise<Benchmark> {
  const module = (await import(pathToFileURL(file).href)) as { readonly benchmark?: Benchmark };
  if (!module.benchmark) throw new Error(`${file} exports no "benchmark".`);
  return module.benchmark;
}
