/**
 * Reads a chat session of VS Code, document or operation log, record by record. What it keeps of a
 * record has no long texts in it; `finish` replays all anew from what has been added.
 */
import { basename } from 'node:path';
import type { DerivedLog, LogReader, OutlineEntry } from '../../core/reader.ts';
import { branchesOfTree, type TreeNode } from '../branchTree.ts';
import { DocumentLines } from '../documentLines.ts';
import { membersOf, readFragment, type Fragment } from '../fragment.ts';
import { asObject, asString, type JsonObject } from '../json.ts';
import { snippet } from '../text.ts';
import { operationOf, type Operation } from './operations.ts';
import { projectFolder } from './project.ts';
import { replay, type Replayed, type Request, type Step } from './replay.ts';
import {
  errorOf,
  isToolError,
  isToolOpen,
  modelOf,
  promptOf,
  providerOf,
  responseOf,
  shownTools,
  timeOf,
  tokensOf,
} from './request.ts';
import { isLog, STARTS_RECORD } from './rule.ts';
import { skeletonOf } from './skeleton.ts';

const SESSION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NEWLINE = 0x0a;
const TITLE_LENGTH = 200;
const WORDS_LENGTH = 120;

export class VscodeChatReader implements LogReader {
  readonly #path: string;
  readonly #isLog: boolean;
  readonly #steps: Step[] = [];
  readonly #lines = new DocumentLines();
  /** The operation whose list is still open, as the place of its step. */
  #open = -1;

  constructor(path: string) {
    this.#path = path;
    this.#isLog = isLog(path);
  }

  /** A `seq` given again replaces that record and all after it: a torn tail that has grown. */
  add(seq: number, record: Uint8Array): void {
    while ((this.#steps.at(-1)?.seq ?? -1) >= seq) this.#steps.pop();
    if (this.#open >= this.#steps.length) this.#open = -1;
    this.#lines.add(seq, record);
    const fragment = readFragment(record, STARTS_RECORD);
    if (fragment.problem !== undefined) this.#lines.note(seq, fragment.problem, record);
    const value = asObject(skeletonOf(fragment.value));
    if (value) this.#read(seq, { ...fragment, value }, value, record);
    if (this.#isLog && record.at(-1) === NEWLINE) this.#open = -1;
  }

  #read(seq: number, fragment: Fragment, value: JsonObject, record: Uint8Array): void {
    if (fragment.kind === 'part' || fragment.kind === 'foot') {
      this.#goOn(seq, fragment, membersOf(fragment) ?? value);
    } else if ('requestId' in value || 'message' in value) {
      this.#steps.push({ seq, kind: 'request', members: value });
    } else if (typeof value['kind'] === 'number') {
      const operation = operationOf(value);
      if (operation && fragment.kind === 'head' && !isCut(operation)) {
        this.#lines.note(seq, 'Is torn: its end is missing.', record);
      } else if (operation) this.#operate(seq, operation, fragment);
      else this.#lines.note(seq, 'Is an operation of an unknown kind.', record);
    } else this.#steps.push({ seq, kind: 'session', members: value });
  }

  #operate(seq: number, operation: Operation, { kind }: Fragment): void {
    const [first, place, part] = operation.path;
    const request = asObject(operation.value);
    if (kind === 'head' && first === 'requests' && typeof place === 'number' && request) {
      if (part === undefined) {
        this.#steps.push({ seq, kind: 'request', members: request, place });
        return;
      }
    }
    if (kind === 'head') this.#open = this.#steps.length;
    this.#steps.push({ seq, kind: 'operation', operation });
  }

  /** A list that ends, with what stands behind it; or more of the request before. */
  #goOn(seq: number, { kind }: Fragment, members: JsonObject): void {
    if (kind === 'part' || 'response' in members || 'message' in members) {
      this.#steps.push({ seq, kind: 'members', members });
      return;
    }
    const open = this.#steps[this.#open];
    const at = members['i'];
    if (open?.kind === 'operation' && open.operation.kind === 2) {
      // VS Code may say behind the values where the list is cut before them.
      if (typeof at === 'number') {
        const operation = operationOf({ kind: 2, k: open.operation.path, v: [], i: at });
        if (operation) this.#steps[this.#open] = { ...open, operation };
      }
    } else if (Object.keys(members).some((key) => key !== '')) {
      this.#steps.push({ seq, kind: 'session', members });
    }
  }

  finish(): DerivedLog {
    const replayed = replay(this.#steps);
    const { session, failed } = replayed;
    const { nodes, leaf } = treeOf(replayed);
    const times = [
      timeOf(session['creationDate']),
      timeOf(session['lastMessageDate']),
      ...nodes.map(({ entry }) => entry.timestamp),
    ].filter((time) => time !== undefined);
    const cwd = projectFolder(this.#path);
    return {
      nativeId: this.#nativeId(replayed),
      title: titleOf(session, nodes),
      branches: branchesOfTree(nodes, leaf),
      models: [...new Set(nodes.flatMap(({ entry }) => entry.model ?? []))],
      providers: [...new Set(nodes.flatMap(({ entry }) => entry.provider ?? []))],
      problems: [
        ...this.#lines.list(),
        ...failed.map((seq) => ({
          line: this.#lines.lineOf(seq),
          message: 'Changes something that is not there.',
          text: '',
        })),
      ].sort((a, b) => a.line - b.line),
      ...(cwd !== undefined && { cwd }),
      ...(times.length > 0 && {
        createdAt: times.reduce((a, b) => Math.min(a, b)),
        updatedAt: times.reduce((a, b) => Math.max(a, b)),
      }),
    };
  }

  /** Exported chats have no id: theirs is the id of the first request. */
  #nativeId({ session, nodes }: Replayed): string {
    const name = basename(this.#path).replace(/\.jsonl?$/i, '');
    const id = asString(session['sessionId']);
    if (id !== undefined) return id;
    if (SESSION_ID.test(name)) return name;
    const first = asString(nodes[0]?.item.state['requestId']);
    return first === undefined ? name : `export-${first}`;
  }
}

/** Whether the splitter cuts such an operation into pieces. */
function isCut({ path }: Operation): boolean {
  return path.length === 0 || (path[0] === 'requests' && path.length <= 2);
}

/** Every request is a question and, once there is one, an answer below it. */
function treeOf({ nodes, leaf }: Replayed): { readonly nodes: TreeNode[]; readonly leaf: number } {
  const tree: TreeNode[] = [];
  /** Per request: the last of its messages. */
  const ends: number[] = [];
  for (const { parent, item } of nodes) {
    let above = parent === -1 ? -1 : (ends[parent] ?? -1);
    for (const node of messagesOf(item)) {
      tree.push({ parent: above, ...node });
      above = tree.length - 1;
    }
    ends.push(above);
  }
  return { nodes: tree, leaf: ends[leaf] ?? -1 };
}

function messagesOf({ asked, answered, state }: Request): Omit<TreeNode, 'parent'>[] {
  const messages: Omit<TreeNode, 'parent'>[] = [];
  const timestamp = timeOf(state['timestamp']);
  const time = timestamp !== undefined && { timestamp };
  if (asked.length > 0) {
    const id = asString(state['requestId']);
    const words = snippet(promptOf(state), WORDS_LENGTH);
    const ids = id !== undefined && { nativeId: id, lineageId: id };
    const entry: OutlineEntry = { role: 'user', seqs: inOrder(asked), ...ids, ...time };
    messages.push({ entry, ...(words !== '' && { words }) });
  }
  const isEmpty = responseOf(state).length === 0 && errorOf(state) === undefined;
  if (answered.length > 0 && !isEmpty) messages.push({ entry: answerOf(answered, state) });
  return messages;
}

function answerOf(answered: readonly number[], state: JsonObject): OutlineEntry {
  const id = asString(state['responseId']) ?? asString(state['requestId']);
  const nativeId = id !== undefined && id === state['requestId'] ? `${id}/response` : id;
  const completed = timeOf(asObject(state['modelState'])?.['completedAt']);
  const timestamp = completed ?? timeOf(state['timestamp']);
  const model = modelOf(state);
  const provider = providerOf(model);
  const tokens = tokensOf(state);
  const calls = shownTools(state);
  const errors = calls.filter(isToolError).length + (errorOf(state) === undefined ? 0 : 1);
  return {
    role: 'assistant',
    seqs: inOrder(answered),
    ...(nativeId !== undefined && { nativeId, lineageId: nativeId }),
    ...(timestamp !== undefined && { timestamp }),
    ...(model !== undefined && { model }),
    ...(provider !== undefined && { provider }),
    ...(tokens && { tokens }),
    ...(calls.some((call) => isToolOpen(call, state)) && { open: true }),
    ...(calls.length > 0 && { tools: calls.length }),
    ...(errors > 0 && { errors }),
  };
}

function inOrder(seqs: readonly number[]): number[] {
  return [...new Set(seqs)].sort((a, b) => a - b);
}

function titleOf(session: JsonObject, nodes: readonly TreeNode[]): string {
  const prompt = nodes.find(({ words }) => words !== undefined)?.words;
  const own = asString(session['customTitle']) ?? asString(session['computedTitle']);
  return snippet(own ?? prompt ?? 'Untitled session', TITLE_LENGTH);
}
