/**
 * Writes a fork of a thread as a rollout of its own. Where the source is a thread that Codex reads in
 * pages (0.169 and later), nothing is copied: the fork names it and how far it goes, as `codex fork`
 * does. Else the lines up to the cut are copied in the older form, without ordinals and without the
 * turns that were taken back.
 */
import { v7 as uuidv7 } from 'uuid';
import { exactObject } from '../exactJson.ts';
import { asObject, asString, without, type JsonObject } from '../json.ts';
import {
  isoTime,
  numbered,
  type AgentWriter,
  type ForkDraft,
  type ForkFacts,
  type ForkSource,
  type OwnPart,
} from '../writer.ts';
import { lineOf } from './document.ts';
import { recordOf, STARTS_RECORD } from './record.ts';
import { saidLines } from './said.ts';
import { threadCut, type ThreadCut } from './threadCut.ts';

export const writer: AgentWriter = {
  joinsParts: true,
  newId: (now) => uuidv7({ msecs: now }),
  draft,
  resume: (id) => ({ program: 'codex', args: ['resume', id] }),
  website: 'https://developers.openai.com/codex/cli',
};

/** What a copied header must not say of the fork. */
const SOURCE_STATE = [
  'parent_thread_id',
  'history_base',
  'forked_from_ordinal_exclusive',
  'agent_nickname',
  'agent_role',
  'agent_path',
];

interface CutPart {
  readonly part: OwnPart;
  readonly cut: ThreadCut;
}

async function draft(source: ForkSource, facts: ForkFacts): Promise<ForkDraft> {
  const parts: CutPart[] = [];
  for (const part of source.own) parts.push({ part, cut: await threadCut(part) });
  const last = parts.at(-1);
  const reference = last && source.saidCount === 0 ? referenceTo(last) : undefined;
  const dropped = parts.reduce((sum, { cut }) => sum + cut.turnsTakenBack, 0);
  return {
    ...placeOf(facts),
    lines: () =>
      last && reference ? byReference(last, reference, facts) : copied(parts, source, facts),
    notes: reference
      ? [
          'The fork names the session it comes from and copies nothing of it: keep that session’s file.',
        ]
      : dropped > 0
        ? [
            `${dropped === 1 ? 'One turn that was' : `${dropped} turns that were`} taken back before stays out.`,
          ]
        : [],
  };
}

/** Codex names folders and files by the local time. */
function placeOf({ id, now }: ForkFacts): Pick<ForkDraft, 'folder' | 'name'> {
  const local = new Date(now - new Date(now).getTimezoneOffset() * 60_000).toISOString();
  const [year = '', month = '', day = ''] = local.slice(0, 10).split('-');
  const time = local.slice(0, 19).replaceAll(':', '-');
  return { folder: ['sessions', year, month, day], name: `rollout-${time}-${id}.jsonl` };
}

interface Reference {
  readonly ordinal: number;
  readonly offset: number;
}

/** Where a fork by reference would begin; `undefined` where Codex would not find what it names. */
function referenceTo({ part, cut }: CutPart): Reference | undefined {
  const { header, ordinal, offset } = cut;
  const isListed = /[\\/]sessions[\\/]/.test(part.path) && part.path.endsWith('.jsonl');
  if (!part.isThere || !isListed || ordinal === undefined) return undefined;
  return header?.['history_mode'] === 'paginated' ? { ordinal, offset } : undefined;
}

function headerFrom(header: JsonObject | undefined, facts: ForkFacts): JsonObject {
  const { id, now, cwd, sameFolder } = facts;
  const copy = without(header ?? {}, SOURCE_STATE);
  const source = asString(copy['source']);
  return {
    ...copy,
    id,
    session_id: id,
    timestamp: isoTime(now),
    ...((!sameFolder || copy['cwd'] === undefined) && { cwd }),
    ...(!sameFolder && 'runtime_workspace_roots' in copy && { runtime_workspace_roots: [cwd] }),
    originator: asString(copy['originator']) ?? 'codex_cli_rs',
    cli_version: asString(copy['cli_version']) ?? '0.0.0',
    // A subagent's thread goes on as one of its own, in the picker like others.
    source: source ?? 'cli',
    multipath: facts.lineage,
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- as the lines of a copy come
async function* byReference(
  { part, cut }: CutPart,
  { ordinal, offset }: Reference,
  facts: ForkFacts,
): AsyncGenerator<string> {
  yield JSON.stringify({
    timestamp: isoTime(facts.now),
    ordinal,
    type: 'session_meta',
    payload: {
      ...headerFrom(cut.header, facts),
      forked_from_id: part.nativeId,
      forked_from_ordinal_exclusive: ordinal,
      history_mode: 'paginated',
      history_base: {
        thread_id: part.nativeId,
        end_ordinal_exclusive: ordinal,
        end_byte_offset: offset,
      },
    },
  });
}

async function* copied(
  parts: readonly CutPart[],
  source: ForkSource,
  facts: ForkFacts,
): AsyncGenerator<string> {
  const last = parts.at(-1);
  const { now } = facts;
  yield JSON.stringify({
    timestamp: isoTime(now),
    type: 'session_meta',
    payload: {
      ...headerFrom(last?.cut.header, facts),
      ...(last && { forked_from_id: last.part.nativeId }),
      history_mode: 'legacy',
    },
  });
  for (const [index, { part, cut }] of parts.entries()) {
    for await (const [seq, bytes] of numbered(part)) {
      if (seq >= cut.end) break;
      if (!cut.isKept(seq) || (index > 0 && seq === cut.headerSeq)) continue;
      const line = asEnvelope(bytes, now);
      if (line) yield JSON.stringify(line);
    }
  }
  for await (const line of saidLines(source, now)) yield JSON.stringify(line);
}

/** The record as it is written today, without its place in a thread that counts. */
function asEnvelope(bytes: Uint8Array, now: number): JsonObject | undefined {
  const object = exactObject(lineOf(bytes), STARTS_RECORD);
  const record = object && recordOf(object);
  if (!object || !record) return undefined;
  const { type, payload } = record;
  if (asObject(object['payload'])) {
    const rest = without(object, ['ordinal']);
    return type === 'session_meta' ? { ...rest, payload: legacyHeader(payload) } : rest;
  }
  // Bare items, as they were written until 2025; the message of one without a type is one.
  return {
    timestamp: object['timestamp'] ?? isoTime(now),
    type,
    payload:
      type === 'response_item' && !('type' in payload) ? { type: 'message', ...payload } : payload,
  };
}

/** The source's own header comes along as Codex copies it, but names no pages that are not there. */
function legacyHeader(payload: JsonObject): JsonObject {
  const rest = without(payload, ['history_base']);
  return 'history_mode' in rest ? { ...rest, history_mode: 'legacy' } : rest;
}
