/** The real agents, where `npm run agents` has put them, each with a home of its own. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelServer } from './modelServer.ts';

const MODULES = path.join(import.meta.dirname, '../../../../.agents/node_modules');
const CODEX = path.join(MODULES, '@openai/codex/bin/codex.js');
const PI = path.join(MODULES, '@mariozechner/pi-coding-agent/dist/cli.js');

export const hasCodex = existsSync(CODEX);
export const hasPi = existsSync(PI);
/** Said with the name of a skipped suite. */
export const GET = 'not installed: npm run agents';

/** Far more than an answer takes; a hanging agent must not hang the suite. */
const LONGEST_MS = 60_000;

export interface RealAgent {
  /** What the session store is told to look in. */
  readonly home: string;
  /** Asks and waits for the answer. Fails with what the agent said. */
  run(args: readonly string[]): Promise<void>;
  /** Session files, oldest first. */
  files(): string[];
}

/** Codex with a home below a folder, working in `cwd`. */
export function codexIn(folder: string, cwd: string, model: ModelServer): RealAgent {
  const home = path.join(folder, 'codex');
  mkdirSync(home, { recursive: true });
  writeFileSync(
    path.join(home, 'config.toml'),
    [
      'model = "mock-model"',
      'model_provider = "mock"',
      '[model_providers.mock]',
      'name = "mock"',
      `base_url = "${model.url}"`,
      'wire_api = "responses"',
      'env_key = "MOCK_KEY"',
      '',
    ].join('\n'),
  );
  return agentOf(home, cwd, CODEX, { CODEX_HOME: home, MOCK_KEY: 'x' });
}

/** pi with a home below a folder, working in `cwd`. */
export function piIn(folder: string, cwd: string, model: ModelServer): RealAgent {
  const home = path.join(folder, 'pi');
  mkdirSync(home, { recursive: true });
  const mock = {
    baseUrl: model.url,
    api: 'openai-completions',
    apiKey: 'x',
    models: [{ id: 'mock-model', contextWindow: 1_000_000 }],
  };
  writeFileSync(path.join(home, 'models.json'), JSON.stringify({ providers: { mock } }));
  return agentOf(home, cwd, PI, {
    PI_CODING_AGENT_DIR: home,
    PI_OFFLINE: '1',
    PI_TELEMETRY: '0',
  });
}

function agentOf(
  home: string,
  cwd: string,
  program: string,
  variables: Readonly<Record<string, string>>,
): RealAgent {
  return {
    home,
    run: (args) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [program, ...args], {
          cwd,
          env: { ...process.env, ...variables },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let said = '';
        const hear = (chunk: Buffer): void => void (said += chunk.toString('utf8'));
        child.stdout.on('data', hear);
        child.stderr.on('data', hear);
        const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
        child.on('error', reject);
        child.on('close', (code) => {
          clearTimeout(timer);
          if (code === 0) resolve();
          else
            reject(
              new Error(`${path.basename(program)} ${args.join(' ')}: ${String(code)}\n${said}`),
            );
        });
      }),
    files: () => {
      const sessions = path.join(home, 'sessions');
      if (!existsSync(sessions)) return [];
      return readdirSync(sessions, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.jsonl'))
        .sort()
        .map((name) => path.join(sessions, name));
    },
  };
}
