/**
 * Bundles everything into dist/ (what ships) and out/ (the host tests).
 * `--minify` makes what is packaged; `--watch` rebuilds on change.
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { bundles, companion, type Bundle } from './lib/bundles.ts';
import { dist, root } from './lib/paths.ts';

/** Files that are taken as they are, and the folder they go to. */
const copies = [
  ['node_modules/sql.js/dist/sql-wasm.wasm', dist],
  ['node_modules/@vscode/codicons/dist/codicon.css', join(dist, 'webview')],
  ['node_modules/@vscode/codicons/dist/codicon.ttf', join(dist, 'webview')],
  ['test/host/companion/package.json', companion],
] as const;

/** Builds all bundles from nothing. Throws with the messages of esbuild if one fails. */
export async function build(minify: boolean): Promise<esbuild.Metafile[]> {
  rmSync(dist, { recursive: true, force: true });
  copyStatic();
  const results = await Promise.all(
    bundles(minify).map(async ({ options }) => (await esbuild.build(options)).metafile),
  );
  return results.filter((metafile) => metafile !== undefined);
}

function copyStatic(): void {
  for (const [from, folder] of copies) {
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(root, from), join(folder, basename(from)));
  }
}

function printSizes(metafiles: readonly esbuild.Metafile[]): void {
  const rows = metafiles
    .flatMap((metafile) => Object.entries(metafile.outputs))
    .filter(([path]) => !path.endsWith('.map'))
    .map(
      ([path, { bytes }]) => `${(bytes / 1024).toFixed(1).padStart(9)} KB  ${relative(root, path)}`,
    );
  console.log(rows.sort().join('\n'));
}

async function watch(all: readonly Bundle[]): Promise<void> {
  copyStatic();
  for (const { name, options } of all) {
    const report: esbuild.Plugin = {
      name: 'report',
      setup: (hooks) => {
        hooks.onStart(() => {
          console.log(`${name}: building`);
        });
        hooks.onEnd(({ errors }) => {
          console.log(
            errors.length === 0
              ? `${name}: built`
              : esbuild.formatMessagesSync(errors, { kind: 'error' }).join('\n'),
          );
        });
      },
    };
    await (await esbuild.context({ ...options, plugins: [report] })).watch();
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      minify: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
    },
  });
  try {
    if (values.watch) await watch(bundles(false));
    else printSizes(await build(values.minify));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
