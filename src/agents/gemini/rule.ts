/** Where Gemini CLI's files are cut: a message is a record, in documents and in logs. */
import type { Splitter } from '../jsonl.ts';
import { JsonSplitter, type CutRule } from '../jsonSplitter.ts';

/** Where a message may begin behind a torn one. */
export const STARTS_RECORD = /\{\s*"(?:id|sessionId|\$set|\$rewindTo)"\s*:/g;

const NO_PARTS: ReadonlySet<string> = new Set();

const DOCUMENT: CutRule = {
  lines: false,
  parts: NO_PARTS,
  role: (path) => (path.length === 1 && path[0] === 'messages' ? 'list' : undefined),
};

const LOG: CutRule = {
  lines: true,
  parts: NO_PARTS,
  role: (path) => {
    const at = path.join('.');
    return at === 'messages' || at === '$set.messages' ? 'list' : undefined;
  },
};

export function isLog(path: string): boolean {
  return path.toLowerCase().endsWith('.jsonl');
}

export function createSplitter(path: string): Splitter {
  return new JsonSplitter(isLog(path) ? LOG : DOCUMENT);
}
