/**
 * Which agent wrote a file, by its first records: a file given by hand need not stand in the
 * agent's folder. What looks like no other agent's is left to Claude Code's reader, which says
 * when a file is none of its own.
 */
import type { Agent } from '../../src/agents/agent.ts';
import { claudeCode } from '../../src/agents/claude-code/index.ts';
import { codex } from '../../src/agents/codex/index.ts';
import { asObject, decodeRecord, type JsonObject } from '../../src/agents/json.ts';
import { readRecords } from '../../src/agents/jsonl.ts';
import { pi } from '../../src/agents/pi/index.ts';

const RECORDS = 20;
const ANY_OBJECT = /\{"/g;

/** Throws the system's error for a file that cannot be read. */
export async function recognise(path: string): Promise<Agent> {
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
  const { type } = record;
  if (type === 'session' && typeof record['id'] === 'string') return pi;
  if (type === 'session_meta' || 'record_type' in record) return codex;
  if (typeof type === 'string' && asObject(record['payload'])) return codex;
  return 'id' in record && 'instructions' in record ? codex : undefined;
}
