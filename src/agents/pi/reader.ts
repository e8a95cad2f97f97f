/**
 * Reads a session of pi record by record, of any version: old ones are a line without ids, newer
 * ones a tree whose last entry is the live leaf. It keeps links and counts, never a record's bytes.
 */
import type { DerivedLog, LogReader, ReadProblem } from '../../core/reader.ts';
import { branchesOfTree } from '../branchTree.ts';
import { asString, timeOf, type JsonObject } from '../json.ts';
import { RecordIntake } from '../recordIntake.ts';
import { entryOf, STARTS_RECORD, type Entry } from './entry.ts';
import { treeOf } from './tree.ts';

const TITLE_LENGTH = 200;

export class PiReader implements LogReader {
  readonly #name: string;
  readonly #intake = new RecordIntake(STARTS_RECORD);
  readonly #entries: Entry[] = [];
  #header: JsonObject | undefined;
  #title: string | undefined;
  #createdAt: number | undefined;
  #updatedAt: number | undefined;

  constructor(path: string) {
    this.#name = fileName(path);
  }

  /** A `seq` given again replaces that record and all after it: a torn tail that has grown. */
  add(seq: number, record: Uint8Array): void {
    const object = this.#intake.read(seq, record, (from) => {
      while ((this.#entries.at(-1)?.seq ?? -1) >= from) this.#entries.pop();
    });
    if (!object) return;
    const time = timeOf(object['timestamp']);
    if (time !== undefined) {
      this.#createdAt = Math.min(this.#createdAt ?? time, time);
      this.#updatedAt = Math.max(this.#updatedAt ?? time, time);
    }
    if (object['type'] === 'session') this.#header ??= object;
    else if (object['type'] === 'session_info') {
      this.#title = asString(object['name']) ?? this.#title;
    } else if (object['type'] === 'title') this.#title ??= asString(object['title'])?.trim();
    const entry = entryOf(seq, object);
    if (entry) this.#entries.push(entry);
  }

  finish(): DerivedLog {
    const tree = treeOf(this.#entries);
    const entries = tree.nodes.map(({ entry }) => entry);
    const header = this.#header ?? {};
    const source = asString(header['parentSession']) ?? asString(header['branchedFrom']);
    const parent = source === undefined ? undefined : sessionIdIn(fileName(source));
    const cwd = asString(header['cwd']);
    return {
      nativeId: asString(header['id']) ?? sessionIdIn(this.#name),
      title: this.#titleOf(),
      branches: branchesOfTree(tree.nodes, tree.leaf),
      models: [...new Set(entries.flatMap(({ model }) => model ?? []))],
      providers: [...new Set(entries.flatMap(({ provider }) => provider ?? []))],
      problems: this.#problems(tree.lost, tree.rings),
      ...(cwd !== undefined && { cwd }),
      ...(this.#createdAt !== undefined && { createdAt: this.#createdAt }),
      ...(this.#updatedAt !== undefined && { updatedAt: this.#updatedAt }),
      ...(parent !== undefined && { forkedFrom: { nativeId: parent } }),
    };
  }

  #titleOf(): string {
    const words = this.#entries.find((entry) => entry.words)?.words;
    const title = this.#title ?? words ?? 'Untitled session';
    return title.replace(/\s+/g, ' ').slice(0, TITLE_LENGTH).toWellFormed().trim();
  }

  #problems(lost: readonly number[], rings: readonly number[]): ReadProblem[] {
    const at = (seq: number, message: string): ReadProblem => ({
      line: this.#intake.lineOf(seq),
      message,
      text: '',
    });
    return [
      ...this.#intake.problems(),
      ...lost.map((seq) => at(seq, 'The record before this one is missing from the file.')),
      ...rings.map((seq) => at(seq, 'Its parents lead back to itself.')),
    ].sort((a, b) => a.line - b.line);
  }
}

/** Of a path of any system: the agent may have run on another one. */
function fileName(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? '').replace(/\.jsonl$/i, '');
}

/** The id behind the time in `<time>_<id>`. */
function sessionIdIn(name: string): string {
  return name.slice(name.indexOf('_') + 1);
}
