/** Agents as people call them, and their icons; an agent that is not known here goes by its id. */
import { l10n } from 'vscode';
import { oneLine } from '../text.ts';
import { OWN_AGENT } from './groups.ts';

const AGENTS: Readonly<Record<string, { readonly name: string; readonly icon: string }>> = {
  'claude-code': { name: 'Claude Code', icon: 'claude' },
  codex: { name: 'Codex CLI', icon: 'openai' },
  'vscode-chat': { name: 'VS Code Chat (Copilot)', icon: 'copilot' },
  gemini: { name: 'Gemini CLI', icon: 'sparkle' },
  pi: { name: 'pi', icon: 'terminal' },
};

export function agentName(agent: string): string {
  if (agent === OWN_AGENT) return l10n.t('Begun here');
  return AGENTS[agent]?.name ?? oneLine(agent, 40);
}

export function agentIcon(agent: string): string {
  return agent === OWN_AGENT ? 'repo-forked' : (AGENTS[agent]?.icon ?? 'hubot');
}
