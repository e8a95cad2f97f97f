/**
 * `ccusage` beside a benchmark: fetched by npm into a folder outside the project, once, at one
 * version, and only by the benchmark that wants it. It is no dependency of anything.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The last version that is JavaScript and brings its prices along; later ones are native. */
const VERSION = '18.0.11';
const FOLDER = join(tmpdir(), `multipath-ccusage-${VERSION}`);
const SCRIPT = join(FOLDER, 'node_modules', 'ccusage', 'dist', 'index.js');
const INSTALL_MS = 60_000;
const RUN_MS = 120_000;

export interface UsageTotals {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheCreationTokens: number;
  readonly cacheReadTokens: number;
  readonly totalTokens: number;
  readonly totalCost: number;
}

/** Why it cannot be run here; `undefined` when it can. */
export function ccusageMissing(): string | undefined {
  if (existsSync(SCRIPT)) return undefined;
  try {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, 'package.json'), '{ "private": true }\n');
    const wanted = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-save'];
    execFileSync('npm', [...wanted, `ccusage@${VERSION}`], {
      cwd: FOLDER,
      stdio: 'ignore',
      timeout: INSTALL_MS,
    });
  } catch {
    return `npm could not fetch ccusage ${VERSION}`;
  }
  return existsSync(SCRIPT) ? undefined : `ccusage ${VERSION} is not what it was`;
}

/** The totals of a folder laid out like `~/.claude`, from its own process, without the network. */
export function ccusageTotals(home: string): UsageTotals {
  const output = execFileSync(process.execPath, [SCRIPT, 'daily', '--json', '--offline'], {
    env: { ...process.env, CLAUDE_CONFIG_DIR: home, NODE_OPTIONS: '' },
    timeout: RUN_MS,
    maxBuffer: 64 << 20,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { totals } = JSON.parse(output.toString()) as { readonly totals: UsageTotals };
  return totals;
}
