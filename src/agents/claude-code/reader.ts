/**
 * Reads a Claude Code log record by record. It keeps links and counts, never a record's bytes, so
 * its memory follows the number of records and not the size of the file. `finish` derives all
 * anew from what has been added, so a log that grows gives the same as one read from the start.
 */
import { basename, dirname } from 'node:path';
import type { TokenUsage } from '../../core/message.ts';
import type { DerivedLog, LogReader, ReadProblem } from '../../core/reader.ts';
import { asObject, decodeRecord, type JsonObject } from '../json.ts';
import { officialBranch, type ActiveBranch } from './activeBranch.ts';
import { contentOf } from './content.ts';
import { deriveBranches, providerOf, type Linked } from './derive.ts';
import { EntryReader, FLAG, type Entry } from './entry.ts';
import { LogFacts } from './facts.ts';
import { linkEntries, linkSidechains } from './links.ts';
import { Names } from './names.ts';
import { Problems } from '../problems.ts';
import { Queue } from './queue.ts';
import { STARTS_RECORD } from './startsRecord.ts';
import { TaskCalls } from './taskCalls.ts';
import { FileEnds } from './title.ts';
import { UsageTable } from './usage.ts';

const SESSION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NEWLINE = 0x0a;
const TITLE_LENGTH = 200;

export class ClaudeCodeReader implements LogReader {
  readonly #path: string;
  readonly #name: string;
  readonly #entries: Entry[] = [];
  readonly #facts = new LogFacts();
  readonly #ends = new FileEnds();
  readonly #problems = new Problems();
  /** Records the official reader does not see, because their line is not just one JSON object. */
  readonly #unofficial = new Set<number>();
  readonly #names = new Names();
  readonly #usage = new UsageTable();
  readonly #reader = new EntryReader(this.#names, this.#usage);
  readonly #tasks = new TaskCalls(this.#names);
  readonly #queue = new Queue(this.#reader);
  #last: { readonly seq: number; readonly ended: boolean } | undefined;
  #records = 0;

  constructor(path: string) {
    this.#path = path;
    this.#name = basename(path).replace(/\.jsonl$/i, '');
  }

  /** A `seq` given again replaces that record and all after it: a torn tail that has grown. */
  add(seq: number, record: Uint8Array): void {
    if (this.#last && seq <= this.#last.seq) this.#truncate(seq);
    const glued = this.#last?.ended === false;
    if (glued && this.#last) {
      this.#problems.joinLine(this.#last.seq);
      this.#unofficial.add(this.#last.seq);
    }
    this.#last = { seq, ended: record.at(-1) === NEWLINE };
    this.#ends.add(seq, record);

    const { value, problem, clean } = decodeRecord(record, STARTS_RECORD);
    if (problem !== undefined) this.#problems.add(seq, problem, record);
    if (glued) this.#problems.add(seq, 'Is glued to the record before it on one line.', record);
    if (glued || !clean) this.#unofficial.add(seq);
    if (value === undefined) return;
    const object = asObject(value);
    if (object) this.#read(seq, object, record);
    else this.#problems.add(seq, 'Is not a record: a JSON object was expected.', record);
  }

  #read(seq: number, object: JsonObject, record: Uint8Array): void {
    this.#records += this.#facts.add(object) ? 1 : 0;
    const { type } = object;
    if (type === 'user' || type === 'assistant') {
      const content = contentOf(object);
      if (typeof content !== 'string' && !Array.isArray(content)) {
        this.#problems.add(seq, `Is a record of type ${type} without readable content.`, record);
      }
    }
    this.#queue.add(seq, object);
    const entry = this.#reader.read(seq, object);
    if (!entry) return;
    this.#entries.push(entry);
    this.#tasks.add(object, entry);
  }

  #truncate(seq: number): void {
    while ((this.#entries.at(-1)?.seq ?? -1) >= seq) this.#entries.pop();
    this.#ends.truncate(seq);
    this.#tasks.truncate(seq);
    this.#queue.truncate(seq);
    this.#problems.truncate(seq);
    for (const known of this.#unofficial) if (known >= seq) this.#unofficial.delete(known);
    // What stands before was whole: only an unterminated tail is ever read again.
    this.#last = seq > 0 ? { seq: seq - 1, ended: true } : undefined;
  }

  finish(): DerivedLog {
    const isSubagent = this.#isSubagent();
    const all = this.#queue.among(this.#entries);
    const entries = isSubagent ? all : all.filter((entry) => !(entry.flags & FLAG.sidechain));
    const main = { entries, links: linkEntries(entries, this.#names.size) };
    const sides =
      isSubagent || entries.length === all.length ? undefined : this.#sidechains(entries);
    const tables = { names: this.#names, usage: this.#usage, tasks: this.#tasks };
    const branches = deriveBranches(main, sides, tables);
    const facts = this.#facts;
    const forkedFrom = this.#forkedFrom(entries);
    const { subagents } = this.#tasks;
    const models = [...facts.models];
    return {
      nativeId: this.#nativeId(isSubagent),
      title: this.#title(entries),
      branches,
      models,
      providers: [...new Set(models.flatMap((model) => providerOf(model) ?? []))],
      problems: [
        ...this.#problems.list(),
        ...this.#linkProblems(main),
        ...(sides ? this.#linkProblems(sides) : []),
      ].sort((a, b) => a.line - b.line),
      ...(facts.cwd !== undefined && { cwd: facts.cwd }),
      ...(facts.gitBranch !== undefined && { gitBranch: facts.gitBranch }),
      ...(facts.createdAt !== undefined && { createdAt: facts.createdAt }),
      ...(facts.updatedAt !== undefined && { updatedAt: facts.updatedAt }),
      ...(isSubagent && { subagentOf: facts.sessionId ?? this.#trunkFolder() }),
      ...(subagents.length > 0 && { subagentCalls: subagents }),
      ...(forkedFrom && { forkedFrom }),
    };
  }

  /** What the official reader would return as the conversation. */
  activeBranch(): ActiveBranch {
    const official = this.#entries.filter((entry) => !this.#unofficial.has(entry.seq));
    return officialBranch(official, this.#names);
  }

  /** The official title; `undefined` for sessions the official list leaves out. */
  officialTitle(): string | undefined {
    return this.#ends.title();
  }

  /** All tokens of the file, subagents inside it included, every API response counted once. */
  tokens(): TokenUsage {
    return this.#usage.total();
  }

  /** The native id of a record, where it has one. */
  uuidAt(seq: number): string | undefined {
    const entries = this.#entries;
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((entries[middle]?.seq ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    const found = entries[low];
    return found?.seq === seq ? this.#names.nameOf(found.uuid) : undefined;
  }

  /** How many records are of a kind that Claude Code writes: 0 means the file is not its. */
  get knownRecords(): number {
    return this.#records;
  }

  #isSubagent(): boolean {
    if (this.#name.startsWith('agent-')) return true;
    return this.#entries.length > 0 && this.#entries.every((entry) => entry.flags & FLAG.sidechain);
  }

  /** The last copied record names the point of the fork. */
  #forkedFrom(entries: readonly Entry[]): DerivedLog['forkedFrom'] {
    const origin = entries.findLast((entry) => entry.detail?.forkedFrom)?.detail?.forkedFrom;
    if (!origin) return undefined;
    const nativeId = this.#names.nameOf(origin.session);
    const messageId = this.#names.nameOf(origin.record);
    return nativeId === undefined || messageId === undefined ? undefined : { nativeId, messageId };
  }

  #nativeId(isSubagent: boolean): string {
    if (isSubagent || SESSION_ID.test(this.#name)) return this.#name;
    return this.#facts.sessionId ?? this.#name;
  }

  /** Subagents' logs stand in `<session>/subagents/`. */
  #trunkFolder(): string {
    const [session] = dirname(this.#path).split(/[\\/]subagents(?:[\\/]|$)/);
    return basename(session ?? '');
  }

  /** The official title unless it is machine text; then the first words that were typed. */
  #title(entries: readonly Entry[]): string {
    const official = this.#ends.title();
    const prompt = entries.find((entry) => entry.detail?.words)?.detail?.words;
    const isMachine = official === undefined || official.startsWith('<');
    const title = (isMachine ? (prompt ?? official) : official) ?? 'Untitled session';
    return title.replace(/\s+/g, ' ').slice(0, TITLE_LENGTH).toWellFormed().trim();
  }

  /** Conversations of subagents in the same file, as versions before 2 wrote them. */
  #sidechains(main: readonly Entry[]): Linked {
    const entries = this.#entries.filter((entry) => entry.flags & FLAG.sidechain);
    return { entries, links: linkSidechains(entries, main, this.#names.size) };
  }

  #linkProblems({ entries, links }: Linked): ReadProblem[] {
    const at = (index: number, message: string): ReadProblem => ({
      line: this.#problems.lineOf(entries[index]?.seq ?? 0),
      message,
      text: '',
    });
    const gaps = [...links.breaks].filter(([, kind]) => kind === 'gap');
    const rings = new Set(links.rings);
    return [
      ...links.rings.map((index) => at(index, 'Its parents lead back to itself.')),
      ...gaps
        .filter(([index]) => !rings.has(index))
        .map(([index]) => at(index, 'The record before this one is missing from the file.')),
    ];
  }
}
