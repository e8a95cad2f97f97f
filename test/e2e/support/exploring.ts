/** What the stories need of exploring: a window whose models are on a server here, and its questions. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../../scripts/lib/sandbox.ts';
import { answer, headingOf, tick, type Ticking } from './quickInput.ts';
import type { VscodeWindow } from './window.ts';

/** Settings of an endpoint, where only the machine's count. */
export function withEndpoint(url: string, models: readonly string[]): (sandbox: Sandbox) => void {
  return ({ userData }) => {
    const folder = join(userData, 'Machine');
    mkdirSync(folder, { recursive: true });
    const endpoints = [{ name: 'local', url, models }];
    writeFileSync(
      join(folder, 'settings.json'),
      JSON.stringify({ 'multipath.models.endpoints': endpoints }),
    );
  };
}

/** Answers all that is asked before an exploration starts; returns when it only waits for Enter. */
export async function answerExploring(
  window: VscodeWindow,
  wanted: {
    readonly strategies: readonly string[];
    readonly models: readonly string[];
    readonly question: string;
  },
  ticking?: Ticking,
): Promise<void> {
  await tick(window, 'Strategies', wanted.strategies, ticking);
  await tick(window, 'Models', wanted.models, ticking);
  await answer(window, 'Question', wanted.question);
  await answer(window, 'Budget');
  await headingOf(window, 'Start?').waitFor();
  await window.pick('No secrets were recognised').waitFor();
}
