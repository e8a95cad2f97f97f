/** Which colour a branch has: a class of graph.css.ts, since the page's policy refuses styles. */
import type { FamilyBranch } from '../../src/core/family.ts';
import type { Colouring } from './savedView.ts';

/** Each agent has its colour in every family; others share what is left. */
const AGENTS = ['claude-code', 'multipath', 'codex', 'gemini', 'pi', 'vscode-chat'];
const SCORES = 5;

export function colourOf(branch: FamilyBranch, colouring: Colouring): string {
  if (colouring === 'agent') return `mp-agent-${agentColour(branch.agent)}`;
  return branch.score === undefined ? 'mp-unscored' : `mp-score-${step(branch.score)}`;
}

export function agentColour(agent: string): number {
  const known = AGENTS.indexOf(agent);
  return known === -1 ? AGENTS.length : known;
}

function step(score: number): number {
  return Math.max(0, Math.min(SCORES - 1, Math.floor((score / 100) * SCORES)));
}
