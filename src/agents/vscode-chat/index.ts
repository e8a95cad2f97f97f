/** VS Code chat (Copilot and others): where its sessions are, how they are cut, read and shown. */
import type { Agent } from '../agent.ts';
import { defaultRoots, discover, watch } from './discover.ts';
import { VscodeChatReader } from './reader.ts';
import { renderer } from './render.ts';
import { createSplitter } from './rule.ts';

export const vscodeChat: Agent = {
  id: 'vscode-chat',
  label: 'VS Code Chat (Copilot)',
  defaultRoots,
  discover,
  watch,
  createReader: (path) => new VscodeChatReader(path),
  createSplitter,
  renderer,
};
