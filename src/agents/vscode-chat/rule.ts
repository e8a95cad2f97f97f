/**
 * Where VS Code's chat sessions are cut, documents and operation logs alike: what was asked and
 * what was answered are records of their own, because each is a message.
 */
import type { Splitter } from '../jsonl.ts';
import { JsonSplitter, type CutRule } from '../jsonSplitter.ts';

/** Where a request or an operation may begin behind a torn one. */
export const STARTS_RECORD = /\{\s*"(?:requestId|kind)"\s*:/g;

const PARTS: ReadonlySet<string> = new Set(['message', 'response']);

const DOCUMENT: CutRule = {
  lines: false,
  parts: PARTS,
  role: (path) => (path.length === 1 && path[0] === 'requests' ? 'list' : undefined),
};

const LOG: CutRule = {
  lines: true,
  parts: PARTS,
  role: (path, key) => {
    if (path[0] !== 'v') return undefined;
    if (path.length === 2) return path[1] === 'requests' ? 'list' : undefined;
    if (path.length > 2) return undefined;
    if (key === '["requests"') return 'list';
    return /^\["requests",\d+$/.test(key) ? 'element' : undefined;
  },
};

export function isLog(path: string): boolean {
  return path.toLowerCase().endsWith('.jsonl');
}

export function createSplitter(path: string): Splitter {
  return new JsonSplitter(isLog(path) ? LOG : DOCUMENT);
}
