/**
 * Loads a session that was saved to a file. The file is read twice: first to see that it is whole,
 * then to take it in, so that a damaged file changes nothing. Loading the same file again, or one
 * that was cut short by a crash, ends with the same sessions.
 */
import { createHash } from 'node:crypto';
import { readRecords } from '../../agents/jsonl.ts';
import { messageOf, MultipathError } from '../../core/errors.ts';
import {
  parseLine,
  recordBytes,
  VERSION,
  type SavedFacts,
  type SavedLog,
  type SessionFileLine,
} from '../../export/sessionFile.ts';
import { rebuildLog, type DeriveLog } from '../../store/doctor/rebuild.ts';
import { beginRestoredLog, findLog, restoreFacts } from '../../store/sessionRestore.ts';
import type { StoreCore } from '../../store/storeCore.ts';

export interface LoadedSession {
  readonly sessionId: string;
  readonly changed: readonly string[];
}

const BATCH_BYTES = 1024 * 1024;
const BATCH_RECORDS = 1024;

/**
 * @throws MultipathError `not-found`, `newer-store` (a later version wrote the file), `corrupt-file`
 *   (it is none, or not whole; the message names the line)
 */
export async function loadSession(
  core: StoreCore,
  file: string,
  derive: DeriveLog,
  breathe: () => Promise<void>,
): Promise<LoadedSession> {
  const wanted = await checkFile(file, breathe);
  const loading = new Loading(core, derive, breathe);
  for await (const bytes of linesOf(file)) {
    const line = parseLine(bytes);
    if (line) await loading.take(line);
    await breathe();
  }
  await loading.end();
  const sessionId = loading.sessionOf(wanted);
  if (sessionId === undefined) {
    throw new MultipathError('corrupt-file', `${file} does not hold the session it names.`);
  }
  return { sessionId, changed: [...loading.changed] };
}

/** Returns the id of the session that the file is about. */
async function checkFile(file: string, breathe: () => Promise<void>): Promise<string> {
  const hash = createHash('sha256');
  let number = 0;
  let sessionId: string | undefined;
  let ended = false;
  let missing = 0;
  const fail = (why: string): never => {
    throw new MultipathError('corrupt-file', `${file}, line ${number}: ${why}`);
  };
  for await (const bytes of linesOf(file)) {
    number++;
    const line = parseLine(bytes);
    if (line?.type === 'multipath-session' && line.version > VERSION) {
      throw new MultipathError(
        'newer-store',
        `${file} was written by a newer version of Multipath. Update Multipath to load it.`,
      );
    }
    if (!line) return fail('this is no line of a saved session.');
    if (ended) return fail('the session has ended before.');
    if ((number === 1) !== (line.type === 'multipath-session')) {
      return fail('a saved session begins with the line that says so.');
    }
    if (line.type !== 'record' && missing > 0) return fail(`${missing} records are missing.`);
    if (line.type === 'multipath-session') sessionId = line.sessionId;
    if (line.type === 'log') missing = line.records;
    if (line.type === 'record') {
      if (missing === 0) return fail('this record is one too many.');
      if (line.more !== true) missing--;
    }
    if (line.type === 'end') {
      ended = true;
      if (line.lines !== number - 1 || line.sha256 !== hash.copy().digest('hex')) {
        return fail('the file was changed since it was saved.');
      }
    }
    hash.update(bytes);
    await breathe();
  }
  if (sessionId === undefined) return fail('this is not a saved session.');
  if (!ended) return fail('the file ends here, and the session goes on. Get the whole file.');
  return sessionId;
}

async function* linesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const records of readRecords(file)) for (const { bytes } of records) yield bytes;
  } catch (error) {
    throw new MultipathError('not-found', `${file} could not be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Takes in one line after the other. */
class Loading {
  readonly #core: StoreCore;
  readonly #derive: DeriveLog;
  readonly #breathe: () => Promise<void>;
  readonly changed = new Set<string>();
  #log: { readonly contents: SavedLog; readonly number: number } | undefined;
  /** Records of the log that were here before. */
  #here = 0;
  #taken = 0;
  #bytes = 0;
  /** Of a record that goes on in the next line. */
  #parts: Uint8Array[] = [];
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  #facts: SavedFacts[] = [];

  constructor(core: StoreCore, derive: DeriveLog, breathe: () => Promise<void>) {
    this.#core = core;
    this.#derive = derive;
    this.#breathe = breathe;
  }

  async take(line: SessionFileLine): Promise<void> {
    switch (line.type) {
      case 'log':
        await this.#finishLog();
        this.#begin(line);
        return;
      case 'record':
        if (!this.#log) return;
        this.#parts.push(recordBytes(line));
        if (line.more !== true) await this.#add(Buffer.concat(this.#parts.splice(0)));
        return;
      case 'facts':
        this.#facts.push(line);
        return;
      case 'multipath-session':
      case 'end':
    }
  }

  async end(): Promise<void> {
    await this.#finishLog();
    const { database } = this.#core;
    database.transaction(() => {
      for (const facts of this.#facts) {
        // A session whose id was taken got another one; its notes are not that other's.
        if (this.sessionOf(facts.sessionId) !== undefined) restoreFacts(database, facts);
      }
    });
    database.flush();
  }

  sessionOf(id: string): string | undefined {
    return this.#core.catalogue.position(id)?.sessionId;
  }

  #begin(contents: SavedLog): void {
    const { database } = this.#core;
    const found = findLog(database, contents.id);
    this.#taken = 0;
    this.#bytes = 0;
    this.#here = found?.whole === true ? found.records : 0;
    // What is here is not changed; a log that went on elsewhere goes on here.
    if (found?.whole === true && (found.ofFile || found.records >= contents.records)) return;
    const number = database.transaction(() => {
      const { agent, nativeId, path = '', resumed } = contents;
      if (resumed) this.#core.resumes.restore({ agent, nativeId, path, ...resumed });
      if (found?.whole === true) return found.log;
      return beginRestoredLog(this.#core, contents, found);
    });
    this.#log = { contents, number };
  }

  /** Skips records that are here. Where the two went different ways, this one stays as it is. */
  async #isNew(bytes: Uint8Array): Promise<boolean> {
    if (!this.#log || this.#taken >= this.#here) return true;
    const seq = this.#taken++;
    this.#bytes += bytes.length;
    if (seq < this.#here - 1) return false;
    const { number } = this.#log;
    const known = await this.#core.records.read(number, [seq]);
    if (Buffer.compare(known.get(seq) ?? new Uint8Array(), bytes) !== 0) this.#log = undefined;
    return false;
  }

  async #add(bytes: Uint8Array): Promise<void> {
    if (!(await this.#isNew(bytes))) return;
    this.#batch.push(bytes);
    this.#batchBytes += bytes.length;
    if (this.#batchBytes >= BATCH_BYTES || this.#batch.length >= BATCH_RECORDS) await this.#write();
  }

  async #write(): Promise<void> {
    if (!this.#log || this.#batch.length === 0) return;
    const { database, records, logs } = this.#core;
    const stored = await records.prepare(this.#batch);
    const firstSeq = this.#taken;
    this.#taken += stored.length;
    this.#bytes += this.#batchBytes;
    const byteCount = this.#bytes;
    const { number } = this.#log;
    this.#batch = [];
    this.#batchBytes = 0;
    // Without a file there is nothing to go on reading from: the checkpoint only counts.
    const checkpoint = {
      terminatedCount: this.#taken,
      terminatedBytes: byteCount,
      prefixHash: '',
    };
    database.transaction(() => {
      logs.append(number, { firstSeq, records: stored, byteCount, checkpoint });
    });
    database.flush();
  }

  async #finishLog(): Promise<void> {
    await this.#write();
    const log = this.#log;
    this.#log = undefined;
    if (!log) return;
    const { contents, number } = log;
    const { native } = contents;
    const changed = await rebuildLog(this.#core, number, {
      // A reader may need to know where the file was.
      derive: (agent, _path, records, count) =>
        this.#derive(agent, contents.path ?? '', breathing(records, this.#breathe), count),
      ...(native && { hints: () => ({ project: native.project }) }),
    });
    for (const id of changed) this.changed.add(id);
    if (findLog(this.#core.database, contents.id)?.whole === true) return;
    throw new MultipathError(
      'newer-store',
      `This version cannot read sessions of “${contents.agent}”. Update Multipath to load it.`,
    );
  }
}

async function* breathing<T>(
  items: AsyncIterable<T>,
  breathe: () => Promise<void>,
): AsyncGenerator<T> {
  for await (const item of items) {
    yield item;
    await breathe();
  }
}
