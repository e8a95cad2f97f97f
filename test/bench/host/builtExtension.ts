/**
 * The extension as it ships, built into a folder of the benchmark, an extension that does nothing,
 * and the module that measures both. The project's own dist/ is left alone.
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { bundles } from '../../../scripts/lib/bundles.ts';
import { root } from '../../../scripts/lib/paths.ts';

export interface BuiltExtensions {
  /** Folders to load for development; a window loads one of them. */
  readonly multipath: string;
  readonly empty: string;
  /** The module whose `run` measures. */
  readonly measure: string;
}

export async function buildExtensions(folder: string): Promise<BuiltExtensions> {
  const multipath = join(folder, 'multipath');
  const dist = join(multipath, 'dist');
  mkdirSync(dist, { recursive: true });
  for (const shipped of ['package.json', 'package.nls.json', 'l10n', 'media']) {
    cpSync(join(root, shipped), join(multipath, shipped), { recursive: true });
  }
  cpSync(join(root, 'node_modules/sql.js/dist/sql-wasm.wasm'), join(dist, 'sql-wasm.wasm'));
  const bundle = bundles(true).find(({ name }) => name === 'extension');
  if (!bundle) throw new Error('There is no bundle of the extension.');
  await esbuild.build({ ...bundle.options, outdir: dist });

  const measure = join(folder, 'measure.cjs');
  await esbuild.build({
    entryPoints: [join(root, 'test/bench/host/measure.ts')],
    outfile: measure,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  });
  return { multipath, empty: writeEmpty(join(folder, 'empty')), measure };
}

function writeEmpty(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name: 'empty',
    publisher: 'bench',
    version: '1.0.0',
    engines: { vscode: '^1.110.0' },
    extensionKind: ['workspace'],
    activationEvents: [],
    main: './main.cjs',
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'main.cjs'), 'exports.activate = () => {};\n');
  return folder;
}
