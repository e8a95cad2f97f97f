/** Codex CLI, Codex Desktop and its editor extension: one format, one folder. */
import type { Agent } from '../agent.ts';
import { defaultRoots, discover, watch } from './discover.ts';
import { createSplitter } from './document.ts';
import { CodexReader } from './reader.ts';
import { renderer } from './render.ts';
import { writer } from './write.ts';

export const codex: Agent = {
  id: 'codex',
  label: 'Codex CLI',
  defaultRoots,
  discover,
  watch,
  createSplitter,
  createReader: (path) => new CodexReader(path),
  renderer,
  writer,
};
