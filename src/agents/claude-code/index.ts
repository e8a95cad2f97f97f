/** Claude Code: where its logs are, how they are read and how they are shown. */
import type { Agent } from '../agent.ts';
import { defaultRoots, deletesAfterDays, discover, watch } from './discover.ts';
import { ClaudeCodeReader } from './reader.ts';
import { renderer } from './render.ts';
import { writer } from './write.ts';

export const claudeCode: Agent = {
  id: 'claude-code',
  label: 'Claude Code',
  defaultRoots,
  discover,
  watch,
  deletesAfterDays,
  createReader: (path) => new ClaudeCodeReader(path),
  renderer,
  writer,
};
