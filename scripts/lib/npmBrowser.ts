/**
 * A Chromium from npm for machines without a browser: @sparticuz/chromium carries a complete
 * headless Chromium in its package, with the libraries and a font that a bare Linux lacks. It exists
 * for Linux on x64 only. Installed once into .vscode-test/browser, not a dependency of the project.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { runNpm } from './npm.mjs';
import { vscodeTest } from './paths.ts';

const version = '153.0.0';
const folder = join(vscodeTest, 'browser');

const fontConfig = `<?xml version="1.0"?>
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;

export interface NpmBrowser {
  readonly program: string;
  /** Where its own libraries and font are. */
  readonly env: NodeJS.ProcessEnv;
}

/** Installs it if need be (64 MB, about 10 s). Undefined where it does not exist for the system. */
export function npmBrowser(): NpmBrowser | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const program = join(folder, 'chromium');
  const marker = join(folder, 'installed');
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== version) {
    console.error(`No browser found; installing Chromium ${version} from npm into .vscode-test …`);
    install(program);
    writeFileSync(marker, version);
  }
  const libraries = [join(folder, 'lib'), process.env['LD_LIBRARY_PATH']];
  return {
    program,
    env: {
      LD_LIBRARY_PATH: libraries.filter((path) => path !== undefined).join(':'),
      FONTCONFIG_PATH: folder,
    },
  };
}

function install(program: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  runNpm(['install', `@sparticuz/chromium@${version}`, '--ignore-scripts', '--no-save'], folder);
  const packed = join(folder, 'node_modules', '@sparticuz', 'chromium', 'bin');
  const unpacked = (name: string): Buffer => brotliDecompressSync(readFileSync(join(packed, name)));
  writeFileSync(program, unpacked('chromium.br'), { mode: 0o755 });
  for (const archive of ['al2023.tar.br', 'fonts.tar.br']) {
    execFileSync('tar', ['-x', '-C', folder], { input: unpacked(archive) });
  }
  // The one that comes with the font names folders of a cloud function.
  writeFileSync(join(folder, 'fonts.conf'), fontConfig);
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
}
