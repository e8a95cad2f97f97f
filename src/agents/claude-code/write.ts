/**
 * Writes a fork as Claude Code's own SDK does (`fork_session`), but along the chain of the messages
 * that are shown and not by position in the file: new ids, `forkedFrom` on every record, no record
 * of what was tried and left. The record of the last message is the last of the chain, because that
 * is how Claude Code finds where to go on.
 */
import { randomUUID } from 'node:crypto';
import { MultipathError } from '../../core/errors.ts';
import { exactObject } from '../exactJson.ts';
import { asArray, asObject, asString, without, type JsonObject } from '../json.ts';
import {
  derivedUuid,
  isoTime,
  numbered,
  type AgentWriter,
  type ForkDraft,
  type ForkFacts,
  type ForkSource,
  type OwnPart,
} from '../writer.ts';
import { contentOf } from './content.ts';
import { forkPath, type ForkPath } from './forkPath.ts';
import { saidLines } from './said.ts';
import { STARTS_RECORD } from './startsRecord.ts';

/** Longer names of folders end in a hash that the agent does not tell how to make. */
const MOST_FOLDER = 200;
/** What would carry the source session's state into the fork. */
const SESSION_STATE = ['teamName', 'agentName', 'slug', 'sourceToolAssistantUUID'];

export const writer: AgentWriter = {
  newId: () => randomUUID(),
  draft,
  resume: (id) => ({ program: 'claude', args: ['--resume', id] }),
  website: 'https://docs.claude.com/en/docs/claude-code/setup',
};

async function draft(source: ForkSource, facts: ForkFacts): Promise<ForkDraft> {
  const [part] = source.own;
  const path = part && (await forkPath(part));
  const notes: string[] = [];
  if (part && path) {
    const loose = await looseEnds(part, path);
    if (loose > 0) notes.push(looseNote(loose));
  }
  return {
    folder: part && facts.sameFolder ? 'beside-source' : projectFolder(facts.cwd),
    name: `${facts.id}.jsonl`,
    lines: () => lines(source, facts, path),
    notes,
  };
}

/** The folder of a project, as Claude Code names it. @throws MultipathError `bad-request` */
function projectFolder(cwd: string): readonly string[] {
  const name = cwd.normalize('NFC').replace(/[^A-Za-z0-9]/g, '-');
  if (name.length <= MOST_FOLDER) return ['projects', name];
  throw new MultipathError(
    'bad-request',
    `The path of the folder is too long to tell where Claude Code keeps its sessions: ${cwd}. Choose a shorter one.`,
  );
}

async function* lines(
  source: ForkSource,
  facts: ForkFacts,
  path: ForkPath | undefined,
): AsyncGenerator<string> {
  const [part] = source.own;
  const told = new Told();
  if (part && path) yield* copied(part, path, { ...facts, isEnd: source.saidCount === 0 }, told);
  const { id, now, title, lineage } = facts;
  const context = { facts, version: told.version, gitBranch: told.gitBranch };
  const parent = path && renamed(id, path.kept.get(path.leaf)?.uuid);
  for await (const line of saidLines(source, context, parent ?? null)) yield JSON.stringify(line);

  const timestamp = isoTime(now);
  const end = (type: string, more: JsonObject): string =>
    JSON.stringify({ type, sessionId: id, ...more, uuid: derivedUuid(id, type), timestamp });
  if (told.replacements.length > 0) {
    yield end('content-replacement', { replacements: told.replacements });
  }
  yield end('custom-title', { customTitle: title, multipath: lineage });
}

/** What records tell on the way that is needed after them. */
class Told {
  version = '2.1.0';
  gitBranch = '';
  replacements: unknown[] = [];
}

interface CopyFacts extends ForkFacts {
  /** True where nothing comes after the copied records. */
  readonly isEnd: boolean;
}

async function* copied(
  part: OwnPart,
  path: ForkPath,
  facts: CopyFacts,
  told: Told,
): AsyncGenerator<string> {
  let leaf: string | undefined;
  for await (const [seq, bytes] of numbered(part)) {
    const isKept = path.kept.has(seq);
    const record = isKept || mayReplace(bytes) ? exactObject(bytes, STARTS_RECORD) : undefined;
    if (!record) continue;
    if (record['type'] === 'content-replacement' && record['sessionId'] === part.nativeId) {
      told.replacements.push(...asArray(record['replacements']));
    }
    if (!isKept) continue;
    told.version = asString(record['version']) ?? told.version;
    told.gitBranch = asString(record['gitBranch']) ?? told.gitBranch;
    const line = JSON.stringify(forked(record, seq, part, path, facts));
    if (seq === path.leaf) leaf = line;
    else yield line;
  }
  if (leaf !== undefined) yield leaf;
}

function mayReplace(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 256)).includes(
    'content-replacement',
  );
}

function forked(
  record: JsonObject,
  seq: number,
  part: OwnPart,
  path: ForkPath,
  { id, now, cwd, sameFolder, isEnd }: CopyFacts,
): JsonObject {
  const { uuid, isNamed, parent } = path.kept.get(seq) ?? { isNamed: false, parent: null };
  const copy: Record<string, unknown> = { ...without(record, SESSION_STATE) };
  if (uuid !== undefined) {
    const logical = asString(record['logicalParentUuid']);
    Object.assign(copy, {
      uuid: renamed(id, uuid),
      parentUuid: renamed(id, parent ?? undefined) ?? null,
      isSidechain: false,
      ...(isNamed && { forkedFrom: { sessionId: part.nativeId, messageUuid: uuid } }),
      ...('logicalParentUuid' in record && {
        logicalParentUuid:
          logical !== undefined && path.ids.has(logical) ? renamed(id, logical) : null,
      }),
    });
    const compaction = asObject(record['compactMetadata']);
    if (compaction) copy['compactMetadata'] = renamedIn(compaction, id, path);
  }
  copy['sessionId'] = id;
  if (!sameFolder && 'cwd' in record) copy['cwd'] = cwd;
  if (isEnd && seq === path.leaf) copy['timestamp'] = isoTime(now);
  const message = asObject(record['message']);
  const content = tied(contentOf(record), path.answered);
  if (message && content) copy['message'] = { ...message, content };
  return copy;
}

/** The new id of a record: always the same one in the same fork. */
function renamed(id: string, uuid: string): string;
function renamed(id: string, uuid: string | undefined): string | undefined;
function renamed(id: string, uuid: string | undefined): string | undefined {
  return uuid === undefined ? undefined : derivedUuid(id, uuid);
}

/** Ids of records that a compaction names, wherever they stand in it. */
function renamedIn(value: unknown, id: string, path: ForkPath): unknown {
  if (typeof value === 'string') return path.ids.has(value) ? renamed(id, value) : value;
  if (Array.isArray(value)) return value.map((one: unknown) => renamedIn(one, id, path));
  const object = asObject(value);
  if (!object) return value;
  const members = Object.entries(object).map(([key, one]) => [key, renamedIn(one, id, path)]);
  return Object.fromEntries(members) as JsonObject;
}

/** Content in which calls without a result, and results without a call, are text. */
function tied(content: unknown, answered: ReadonlySet<string>): readonly unknown[] | undefined {
  if (!Array.isArray(content) || !content.some((block) => isLoose(block, answered))) {
    return undefined;
  }
  return asArray(content).map((block) => {
    const object = asObject(block);
    return object && isLoose(block, answered) ? asText(object) : block;
  });
}

function isLoose(value: unknown, answered: ReadonlySet<string>): boolean {
  const block = asObject(value);
  if (block?.['type'] === 'tool_use') return !answered.has(asString(block['id']) ?? '');
  if (block?.['type'] !== 'tool_result') return false;
  return !answered.has(asString(block['tool_use_id']) ?? '');
}

function asText(block: JsonObject): JsonObject {
  const name = asString(block['name']);
  const text =
    block['type'] === 'tool_use'
      ? `[Call of the tool ${name ?? ''}, which has no result]\n${JSON.stringify(block['input'])}`
      : `[Result of a tool call that is not part of this conversation]\n${said(block['content'])}`;
  return { type: 'text', text };
}

function said(content: unknown): string {
  if (typeof content === 'string') return content;
  return asArray(content)
    .map((part) => asString(asObject(part)?.['text']) ?? JSON.stringify(part))
    .join('\n');
}

async function looseEnds(part: OwnPart, path: ForkPath): Promise<number> {
  let count = 0;
  for await (const [seq, bytes] of numbered(part)) {
    if (!path.kept.has(seq)) continue;
    const record = exactObject(bytes, STARTS_RECORD);
    const blocks = record ? asArray(contentOf(record)) : [];
    count += blocks.filter((block) => isLoose(block, path.answered)).length;
  }
  return count;
}

function looseNote(count: number): string {
  return count === 1
    ? 'One tool call without a result (or a result without its call) becomes text: no model accepts half of a pair.'
    : `${count} tool calls without a result (or results without their call) become text: no model accepts half of a pair.`;
}
