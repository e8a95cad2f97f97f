/**
 * What is bundled from what. Entry points are found by where they stand, so that a new worker, panel
 * or host test needs no line here: src/extension.ts, src/server/main.ts, any src file that ends in
 * .worker.ts or .lazy.ts, any webview-ui/PANEL/main.ts, any test/host file that ends in .test.ts.
 */
import { existsSync, globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { dist, out, root } from './paths.ts';

export interface Bundle {
  readonly name: string;
  readonly options: BuildOptions;
}

type Entry = readonly [name: string, path: string];

const server: Entry = ['server', 'src/server/main.ts'];
const ownName = (path: string): Entry => [basename(path, '.ts'), path];

/** CommonJS has no `import.meta`; the sources use it to find the files beside them. */
export const importMeta = {
  define: {
    'import.meta.url': 'importMetaUrl',
    'import.meta.filename': '__filename',
    'import.meta.dirname': '__dirname',
  },
  banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
};

/** What is imported as `./NAME.lazy.ts` is a bundle of its own, so that it costs nothing before. */
const lazyImports: Plugin = {
  name: 'lazy imports',
  setup: (hooks) => {
    hooks.onResolve({ filter: /\.lazy\.ts$/ }, ({ path, kind }) =>
      kind === 'dynamic-import'
        ? { path: `./${basename(path, '.ts')}.cjs`, external: true }
        : undefined,
    );
  },
};

const nodeOptions = {
  ...importMeta,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode', 'mocha'],
  // VS Code gives `vscode` to what is required, not to what is imported.
  supported: { 'dynamic-import': false },
  plugins: [lazyImports],
} satisfies BuildOptions;

/**
 * The session server and the scripts of its worker threads, for tests that start them; `minify` for
 * benchmarks, as they ship.
 */
export function serverBundles(outdir: string, minify: boolean): BuildOptions {
  return {
    ...nodeOptions,
    absWorkingDir: root,
    bundle: true,
    minify,
    sourcemap: minify ? false : 'inline',
    logLevel: 'silent',
    entryPoints: byName([server, ...globSync('src/**/*.worker.ts', { cwd: root }).map(ownName)]),
    outdir,
    outExtension: { '.js': '.cjs' },
  };
}

/** The extension that the host tests load beside Multipath; its package.json is copied there. */
export const companion = join(out, 'test/companion');

/** Options of every bundle; `minify` for what ships. */
export function bundles(minify: boolean): Bundle[] {
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify,
    sourcemap: minify ? false : 'linked',
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
  } satisfies BuildOptions;
  const node = { ...common, ...nodeOptions } satisfies BuildOptions;
  const ownFiles = globSync('src/**/*.{worker,lazy}.ts', { cwd: root });
  const nodeEntries = byName([['extension', 'src/extension.ts'], server, ...ownFiles.map(ownName)]);
  const panels = byName(
    globSync('webview-ui/*/main.ts', { cwd: root }).map((path) => [basename(dirname(path)), path]),
  );
  const hostTests = globSync('test/host/**/*.test.ts', { cwd: root }).sort();

  return [
    {
      name: 'extension',
      options: {
        ...node,
        entryPoints: nodeEntries,
        outdir: dist,
        outExtension: { '.js': '.cjs' },
      },
    },
    {
      name: 'webview',
      options: {
        ...common,
        platform: 'browser',
        format: 'iife',
        target: 'es2024',
        entryPoints: panels,
        outdir: join(dist, 'webview'),
        loader: { '.ttf': 'file', '.svg': 'dataurl' },
      },
    },
    {
      name: 'host tests',
      options: {
        ...node,
        minify: false,
        sourcemap: 'linked',
        stdin: { contents: hostTestEntry(hostTests), resolveDir: root, loader: 'ts' },
        outfile: join(out, 'test/host/index.cjs'),
      },
    },
    {
      name: 'companion of the host tests',
      options: {
        ...node,
        minify: false,
        sourcemap: 'linked',
        entryPoints: { extension: 'test/host/companion/extension.ts' },
        outdir: companion,
        outExtension: { '.js': '.cjs' },
      },
    },
  ];
}

/** Entry points under the names of their bundles; a source that is not there makes none. */
function byName(entries: readonly Entry[]): Record<string, string> {
  return Object.fromEntries(entries.filter(([, path]) => existsSync(join(root, path))));
}

/** The module VS Code calls `run()` of: each test file is loaded under its own name. */
function hostTestEntry(files: readonly string[]): string {
  const loaders = files.map((file) => {
    const path = JSON.stringify(`./${file.replaceAll('\\', '/')}`);
    return `[${path}, () => require(${path})]`;
  });
  return [
    `import { runHostTests } from './test/host/support/run.ts';`,
    `export const run = () => runHostTests([${loaders.join(', ')}]);`,
  ].join('\n');
}
