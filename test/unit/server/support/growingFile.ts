/** A file in memory that grows, shrinks and is rewritten, and counts the bytes that are read of it. */
import type { FileOpener, FileStatus } from '../../../../src/agents/byteSource.ts';
import { readAnew, NOTHING_READ, type Batch } from '../../../../src/server/fileReading.ts';
import { WarmReadings, type ReadResult } from '../../../../src/server/warmReadings.ts';
import type { Agent } from '../../../../src/agents/agent.ts';
import type { EncodedLog } from '../../../../src/store/encodedLog.ts';
import type { Checkpoint } from '../../../../src/store/logs.ts';

export class GrowingFile {
  readonly path: string;
  bytes: Buffer = Buffer.alloc(0);
  bytesRead = 0;
  #status: FileStatus = { dev: 1, ino: 1, size: 0, mtimeMs: 0 };
  /** Called before every read. */
  onRead: () => void = () => undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Replaces what the file holds; `anew` is another file under the same name. */
  write(bytes: Uint8Array, anew = false): void {
    this.bytes = Buffer.from(bytes);
    const { dev, ino, mtimeMs } = this.#status;
    this.#status = {
      dev,
      ino: anew ? ino + 1 : ino,
      size: this.bytes.length,
      mtimeMs: mtimeMs + 1,
    };
  }

  readonly open: FileOpener = () =>
    Promise.resolve({
      stat: () => Promise.resolve(this.#status),
      read: (buffer, offset, length, position) => {
        this.onRead();
        const part = this.bytes.subarray(position, position + length);
        buffer.set(part, offset);
        this.bytesRead += part.length;
        return Promise.resolve({ bytesRead: part.length });
      },
      close: () => Promise.resolve(),
    });
}

/** What an owner of the store keeps of one file, and what its worker told it. */
export class ReadingOwner {
  readonly #agent: Agent;
  readonly #file: GrowingFile;
  readonly #readings: WarmReadings;
  #records: Uint8Array[] = [];
  #known: Checkpoint | undefined;
  #saved: number | undefined;
  #derived: EncodedLog | undefined;
  generations = 0;
  /** Of the clock, in milliseconds; files begin at 0. */
  now = 0;

  constructor(agent: Agent, file: GrowingFile, maxBytes?: number) {
    this.#agent = agent;
    this.#file = file;
    this.#readings = new WarmReadings({
      open: file.open,
      now: () => this.now,
      ...(maxBytes !== undefined && { maxBytes }),
    });
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#records);
  }

  get derived(): EncodedLog | undefined {
    return this.#derived;
  }

  /** Reads what is new, and takes it in as the store does. */
  async read(): Promise<ReadResult> {
    const result = await this.#readings.read(
      {
        agent: this.#agent,
        path: this.#file.path,
        ...(this.#known && { known: this.#known }),
        ...(this.#saved !== undefined && { saved: this.#saved }),
      },
      {
        onBatch: ({ firstSeq, records, checkpoint }: Batch) => {
          this.#records = [
            ...this.#records.slice(0, firstSeq),
            ...records.map((record) => Uint8Array.from(record)),
          ];
          this.#known = checkpoint;
          return Promise.resolve();
        },
        signal: new AbortController().signal,
      },
      () => {
        this.generations++;
        this.#records = [];
        this.#known = undefined;
      },
    );
    this.#saved = result.result;
    this.#derived = merged(result.derived, this.#derived);
    return result;
  }
}

/** Reads a file as if it had never been read. */
export async function fromScratch(agent: Agent, file: GrowingFile): Promise<EncodedLog> {
  const steps = { onBatch: () => Promise.resolve(), signal: new AbortController().signal };
  const open = await file.open(file.path);
  return (await readAnew(agent, file.path, open, NOTHING_READ, steps, () => undefined)).derive();
}

function merged(derived: EncodedLog, before: EncodedLog | undefined): EncodedLog {
  return {
    ...derived,
    branches: derived.branches.map((branch, index) => ({
      ...branch,
      chunks: branch.chunks.map((chunk, at) => chunk ?? before?.branches[index]?.chunks[at]),
    })),
  };
}
