/**
 * Writes docs/multipath-api.d.ts: the public API's types in one file without imports, for the
 * authors of other extensions to copy. Derived from src/core, comments included.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { root } from './lib/paths.ts';
import { runTool } from './lib/run.ts';

const file = join(root, 'docs', 'multipath-api.d.ts');

/** The text the file should have. Throws when the sources do not compile. */
async function generate(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'multipath-api-'));
  try {
    const { code, output } = await runTool('@typescript/cli/bin/tsc', [
      ...['src/core/api.ts', '--ignoreConfig', '--declaration', '--emitDeclarationOnly'],
      ...['--outDir', folder, '--allowImportingTsExtensions', '--strict', '--skipLibCheck'],
      ...['--exactOptionalPropertyTypes', '--module', 'preserve', '--target', 'es2024'],
      ...['--types', ''],
    ]);
    if (code !== 0) throw new Error(output);
    const parts = readdirSync(folder)
      .sort((a, b) => Number(b === 'api.d.ts') - Number(a === 'api.d.ts') || a.localeCompare(b))
      .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll(IMPORT, ''));
    const text = parts.join('\n').replaceAll(EMPTY, '').replaceAll(VALUE, '');
    return await format(`${HEADER}\n${text}`, {
      parser: 'typescript',
      printWidth: 100,
      singleQuote: true,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const IMPORT = /^import type [^;]+;\n/gm;
const EMPTY = /^export \{\};\n/gm;
/** Functions and classes beside the types, with their comments: they are not part of the API. */
const VALUE = /(?:^\/\*\*(?:(?!\*\/)[^])*\*\/\n)?^export declare (?:class [^]*?^\}\n|[^;]+;\n)/gm;
const HEADER = `// Types of Multipath's public API, version 1. Copy this file into your extension.
// How to use it: docs/api.md. Generated from the sources; do not edit.
`;

/** An empty text when the file is what it should be. */
export async function apiTypesProblem(): Promise<string> {
  const wanted = await generate();
  return readFileSync(file, 'utf8') === wanted
    ? ''
    : 'docs/multipath-api.d.ts is out of date: npm run api';
}

if (import.meta.main) writeFileSync(file, await generate());
