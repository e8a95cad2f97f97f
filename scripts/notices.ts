/**
 * Writes ThirdPartyNotices.txt: name, version, licence and its text for every package of which code
 * is in a bundle that ships. Fails on a licence that a package under the MIT licence must not carry.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { bundles } from './lib/bundles.ts';
import { root } from './lib/paths.ts';

const file = join(root, 'ThirdPartyNotices.txt');

const allowed = new Set([
  ...['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['CC0-1.0', 'CC-BY-4.0', 'Unlicense'],
]);

/** Packages whose files are copied instead of bundled. */
const copied = ['node_modules/sql.js', 'node_modules/@vscode/codicons'];

/** The text the file should have. Throws on a licence that is missing or not allowed. */
async function generate(): Promise<string> {
  const folders = new Set(copied);
  for (const { name, options } of bundles(true)) {
    if (name.includes('host tests')) continue;
    const { metafile } = await esbuild.build({ ...options, write: false });
    for (const input of Object.keys(metafile?.inputs ?? {})) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
      if (folder !== undefined) folders.add(folder);
    }
  }
  const packages = [...folders].map(packageIn);
  const notices = packages.map((one) => notice(one, packages)).sort();
  return [
    'Multipath contains code of the packages below, each under its own licence.\n',
    ...new Set(notices),
  ].join(`\n${'-'.repeat(80)}\n\n`);
}

interface Package {
  readonly title: string;
  readonly licence: string;
  /** Where its sources are; empty where it does not say. */
  readonly repository: string;
  readonly texts: readonly string[];
}

function packageIn(folder: string): Package {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
    repository?: { url?: string } | string;
  };
  const { name, version, license = 'none', repository = '' } = manifest;
  const texts = readdirSync(join(root, folder))
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .map((file) =>
      readFileSync(join(root, folder, file), 'utf8')
        .replaceAll('\r\n', '\n')
        .trim(),
    );
  return {
    title: `${name} ${version}`,
    licence: license,
    repository: typeof repository === 'string' ? repository : (repository.url ?? ''),
    texts,
  };
}

function notice(one: Package, all: readonly Package[]): string {
  const { title, licence, repository } = one;
  const alternatives = licence.replaceAll(/[()]/g, '').split(' OR ');
  if (!alternatives.some((alternative) => allowed.has(alternative))) {
    throw new Error(`${title} has the licence ${licence}, which Multipath must not carry.`);
  }
  // Of the packages that are made in one repository, some leave its licence out.
  const bearer =
    one.texts.length > 0
      ? one
      : all.find(
          (other) =>
            repository !== '' &&
            other.repository === repository &&
            other.licence === licence &&
            other.texts.length > 0,
        );
  if (!bearer) throw new Error(`${title} brings no licence text.`);
  return `${title} (${licence})\n\n${bearer.texts.join('\n\n')}\n`;
}

/** What is wrong with the file as it stands, nothing if it is current. */
export async function noticesProblem(): Promise<string> {
  const current = readFileSync(file, 'utf8') === (await generate());
  return current ? '' : 'ThirdPartyNotices.txt is out of date: npm run notices';
}

if (import.meta.main) writeFileSync(file, await generate());
