/** The agents Multipath reads. One more agent is one more folder beside this file and a line here. */
import type { Agent } from './agent.ts';
import { claudeCode } from './claude-code/index.ts';
import { codex } from './codex/index.ts';
import { gemini } from './gemini/index.ts';
import { pi } from './pi/index.ts';
import { vscodeChat } from './vscode-chat/index.ts';

export const AGENTS: readonly Agent[] = [claudeCode, codex, gemini, pi, vscodeChat];

/** The agent of a stored session; absent when a newer version wrote it. */
export function agentById(id: string): Agent | undefined {
  return AGENTS.find((agent) => agent.id === id);
}
