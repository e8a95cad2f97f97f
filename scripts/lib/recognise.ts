/**
 * Which agent wrote a file, by how it begins: a file given by hand need not stand in the agent's
 * folder. What looks like no other agent's is left to Claude Code's reader, which says when a file
 * is none of its own.
 */
import { open } from 'node:fs/promises';
import type { Agent } from '../../src/agents/agent.ts';
import { claudeCode } from '../../src/agents/claude-code/index.ts';
import { codex } from '../../src/agents/codex/index.ts';
import { gemini } from '../../src/agents/gemini/index.ts';
import { asObject, decodeRecord, type JsonObject } from '../../src/agents/json.ts';
import { readRecords } from '../../src/agents/jsonl.ts';
import { pi } from '../../src/agents/pi/index.ts';
import { vscodeChat } from '../../src/agents/vscode-chat/index.ts';

const RECORDS = 20;
const HEAD_BYTES = 65_536;
const ANY_OBJECT = /\{"/g;

/** Throws the system's error for a file that cannot be read. */
export async function recognise(path: string): Promise<Agent> {
  if (/\.json$/i.test(path)) return (await writerOfDocument(path)) ?? claudeCode;
  let seen = 0;
  for await (const records of readRecords(path)) {
    for (const { bytes } of records) {
      const object = asObject(decodeRecord(bytes, ANY_OBJECT).value);
      const agent = object && writerOf(object);
      if (agent) return agent;
      if (++seen >= RECORDS) return claudeCode;
    }
  }
  return claudeCode;
}

function writerOf(record: JsonObject): Agent | undefined {
  const { type, kind } = record;
  if (typeof kind === 'number' && ('v' in record || 'k' in record)) return vscodeChat;
  if ('projectHash' in record || '$set' in record || '$rewindTo' in record) return gemini;
  if (type === 'gemini') return gemini;
  if (type === 'session' && typeof record['id'] === 'string') return pi;
  if (type === 'session_meta' || 'record_type' in record) return codex;
  if (typeof type === 'string' && asObject(record['payload'])) return codex;
  return 'id' in record && 'instructions' in record ? codex : undefined;
}

/** A document may be of any size, and on one line: only its beginning is looked at. */
async function writerOfDocument(path: string): Promise<Agent | undefined> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.toString('utf8', 0, bytesRead);
    if (/"(?:responderUsername|requesterUsername|requests)"\s*:/.test(head)) return vscodeChat;
    return /"projectHash"\s*:/.test(head) ? gemini : undefined;
  } finally {
    await handle.close();
  }
}
