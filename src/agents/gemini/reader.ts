/**
 * Reads a Gemini CLI session, document or log, record by record. It keeps what lists need of each
 * message, never its text; `finish` derives all anew from what has been added.
 */
import { basename, dirname } from 'node:path';
import type { DerivedLog, LogReader } from '../../core/reader.ts';
import { branchesOfTree, type TreeNode } from '../branchTree.ts';
import { DocumentLines } from '../documentLines.ts';
import { membersOf, readFragment, type Fragment } from '../fragment.ts';
import { asArray, asObject, asString, timeOf, type JsonObject } from '../json.ts';
import { snippet } from '../text.ts';
import { messageOf } from './message.ts';
import { projectFolder } from './project.ts';
import { replay, type Step } from './replay.ts';
import { isLog, STARTS_RECORD } from './rule.ts';

const NEWLINE = 0x0a;
const TITLE_LENGTH = 200;

interface Facts {
  readonly seq: number;
  readonly facts: JsonObject;
}

export class GeminiReader implements LogReader {
  readonly #path: string;
  readonly #isLog: boolean;
  readonly #steps: Step[] = [];
  /** What records say of the session, in order; later ones win. */
  readonly #facts: Facts[] = [];
  readonly #lines = new DocumentLines();
  #isReplacing = false;

  constructor(path: string) {
    this.#path = path;
    this.#isLog = isLog(path);
  }

  /** A `seq` given again replaces that record and all after it: a torn tail that has grown. */
  add(seq: number, record: Uint8Array): void {
    if ((this.#steps.at(-1)?.seq ?? -1) >= seq) {
      while ((this.#steps.at(-1)?.seq ?? -1) >= seq) this.#steps.pop();
      const edge = this.#steps.findLast(({ kind }) => kind === 'replace' || kind === 'end');
      this.#isReplacing = edge?.kind === 'replace';
    }
    while ((this.#facts.at(-1)?.seq ?? -1) >= seq) this.#facts.pop();
    this.#lines.add(seq, record);
    const fragment = readFragment(record, STARTS_RECORD);
    if (fragment.problem !== undefined) this.#lines.note(seq, fragment.problem, record);
    if (fragment.value) this.#read(seq, fragment, fragment.value, record);
    if (this.#isLog && record.at(-1) === NEWLINE && this.#isReplacing) this.#step(seq, 'end');
  }

  #step(seq: number, kind: 'replace' | 'end'): void {
    this.#steps.push({ seq, kind });
    this.#isReplacing = kind === 'replace';
  }

  #read(seq: number, fragment: Fragment, value: JsonObject, record: Uint8Array): void {
    const message = messageOf(value);
    if (message && fragment.kind === 'head') {
      this.#lines.note(seq, 'Is torn: its end is missing.', record);
    } else if (message) {
      this.#steps.push({ seq, kind: 'message', message });
    } else this.#readEvent(seq, fragment, value, record);
  }

  #readEvent(seq: number, fragment: Fragment, value: JsonObject, record: Uint8Array): void {
    const target = value['$rewindTo'];
    const changes = asObject(value['$set']);
    if (target !== undefined) {
      this.#steps.push({ seq, kind: 'rewind', to: asString(target) ?? '' });
    } else if (changes) {
      this.#keep(seq, changes);
      if (Array.isArray(changes['messages'])) this.#step(seq, 'replace');
    } else if (this.#isReplacing && fragment.kind === 'foot') {
      this.#keep(seq, membersOf(fragment) ?? value);
    } else if (fragment.kind !== 'part') this.#keep(seq, value);
    else this.#lines.note(seq, 'Is not a record of Gemini CLI.', record);
  }

  #keep(seq: number, facts: JsonObject): void {
    const { sessionId, projectHash, startTime, lastUpdated, kind, summary, directories } = facts;
    const [directory] = asArray(directories);
    this.#facts.push({
      seq,
      facts: { sessionId, projectHash, startTime, lastUpdated, kind, summary, directory },
    });
  }

  #fact(name: string): string | undefined {
    return asString(this.#facts.findLast(({ facts }) => asString(facts[name]))?.facts[name]);
  }

  finish(): DerivedLog {
    const { nodes, leaf } = replay(this.#steps);
    const times = [
      ...nodes.flatMap(({ entry }) => entry.timestamp ?? []),
      ...['startTime', 'lastUpdated'].flatMap((name) => timeOf(this.#fact(name)) ?? []),
    ];
    const extent = (pick: (a: number, b: number) => number): number | undefined =>
      times.length === 0 ? undefined : times.reduce((a, b) => pick(a, b));
    const createdAt = extent(Math.min);
    const updatedAt = extent(Math.max);
    const cwd = projectFolder(this.#path, this.#fact('projectHash')) ?? this.#fact('directory');
    return {
      nativeId: this.#fact('sessionId') ?? basename(this.#path).replace(/\.jsonl?$/i, ''),
      title: this.#title(nodes),
      branches: branchesOfTree(nodes, leaf),
      models: [...new Set(nodes.flatMap(({ entry }) => entry.model ?? []))],
      providers: [...new Set(nodes.flatMap(({ entry }) => entry.provider ?? []))],
      problems: this.#lines.list(),
      ...(cwd !== undefined && { cwd }),
      ...(createdAt !== undefined && { createdAt }),
      ...(updatedAt !== undefined && { updatedAt }),
      ...(this.#fact('kind') === 'subagent' && { subagentOf: basename(dirname(this.#path)) }),
    };
  }

  /** Gemini CLI's own summary, else the first words that are no command. */
  #title(nodes: readonly TreeNode[]): string {
    const prompts = nodes.flatMap(({ words }) => words ?? []);
    const prompt = prompts.find((words) => !/^[/?]/.test(words)) ?? prompts[0];
    return snippet(this.#fact('summary') ?? prompt ?? 'Untitled session', TITLE_LENGTH);
  }
}
