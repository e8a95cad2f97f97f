/**
 * Reads a rollout of Codex record by record. It keeps kinds and counts, never a record's bytes.
 * `finish` derives all anew, so a log that grows gives the same as one read from the start.
 */
import { basename } from 'node:path';
import type { DerivedLog, LogReader } from '../../core/reader.ts';
import { branchesOfTree } from '../branchTree.ts';
import { RecordIntake } from '../recordIntake.ts';
import { lineOf } from './document.ts';
import { ThreadFacts } from './facts.ts';
import { itemOf, type Item } from './item.ts';
import { recordOf, STARTS_RECORD } from './record.ts';
import { foldThread } from './thread.ts';

const NEWLINE = 0x0a;
const END = Buffer.from('\n');
const TITLE_LENGTH = 200;
const ROLLOUT = /^rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-(.+)$/;

export class CodexReader implements LogReader {
  readonly #name: string;
  readonly #isDocument: boolean;
  readonly #intake = new RecordIntake(STARTS_RECORD);
  readonly #items: Item[] = [];
  readonly #facts = new ThreadFacts();

  constructor(path: string) {
    this.#isDocument = /\.json$/i.test(path);
    this.#name = basename(path).replace(/\.json(?:l(?:\.zst)?)?$/i, '');
  }

  /** A `seq` given again replaces that record and all after it: a torn tail that has grown. */
  add(seq: number, record: Uint8Array): void {
    const line = this.#isDocument ? endedLine(record) : record;
    const object = this.#intake.read(seq, line, (from) => {
      while ((this.#items.at(-1)?.seq ?? -1) >= from) this.#items.pop();
    });
    const known = object && recordOf(object);
    if (!known) return;
    this.#facts.add(seq, known);
    const item = itemOf(seq, known);
    if (item) this.#items.push(item);
  }

  finish(): DerivedLog {
    const facts = this.#facts;
    const [own, ...copied] = facts.headers;
    const nativeId = own?.id ?? ROLLOUT.exec(this.#name)?.[1] ?? this.#name;
    const thread = foldThread(this.#items, {
      scope: copied.at(-1)?.id ?? nativeId,
      ...(own?.provider !== undefined && { provider: own.provider }),
    });
    const branches = branchesOfTree(thread.nodes, thread.leaf);
    const cwd = own?.cwd ?? facts.cwd;
    const subagentCalls = this.#subagentCalls();
    return {
      nativeId,
      title: this.#title(),
      branches,
      models: [...facts.models],
      providers: own?.provider === undefined ? [] : [own.provider],
      problems: this.#intake.problems(),
      ...(cwd !== undefined && { cwd }),
      ...(own?.gitBranch !== undefined && { gitBranch: own.gitBranch }),
      ...(own?.repository !== undefined && { repository: own.repository }),
      ...(facts.createdAt !== undefined && { createdAt: facts.createdAt }),
      ...(facts.updatedAt !== undefined && { updatedAt: facts.updatedAt }),
      ...(own?.isSubagent && { subagentOf: own.parentThread ?? own.forkedFrom ?? '' }),
      ...(subagentCalls.length > 0 && { subagentCalls }),
      // A subagent hangs on the session it works for, not in the tree of forks.
      ...(own?.forkedFrom !== undefined &&
        !own.isSubagent && { forkedFrom: { nativeId: own.forkedFrom } }),
      ...(own?.base && { base: own.base }),
      ...(facts.firstOrdinal !== undefined && { firstOrdinal: facts.firstOrdinal }),
    };
  }

  #subagentCalls(): NonNullable<DerivedLog['subagentCalls']> {
    return this.#items.flatMap(({ kind, seq, call }) => {
      const nativeId = call === undefined ? undefined : this.#facts.spawned.get(call);
      if (kind !== 'call' || call === undefined || nativeId === undefined) return [];
      return [{ nativeId, call: { seq, callId: call } }];
    });
  }

  /** The thread's name, else the first words that were typed. */
  #title(): string {
    const prompt = this.#items.find((item) => item.words && item.kind === 'prompt');
    const typed = prompt ?? this.#items.find((item) => item.words && !item.injected);
    const title = this.#facts.title ?? typed?.words ?? 'Untitled session';
    return title.replace(/\s+/g, ' ').slice(0, TITLE_LENGTH).toWellFormed().trim();
  }
}

/** Pieces of a document on one line are not glued together by accident. */
function endedLine(record: Uint8Array): Uint8Array {
  const line = lineOf(record);
  return line.length === 0 || line.at(-1) === NEWLINE ? line : Buffer.concat([line, END]);
}
