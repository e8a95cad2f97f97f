/**
 * Logs that could not be derived again because their agent's reader failed. They stay as they were
 * understood, the store doctor names them, and another version of the extension, whose reader may
 * be a better one, tries them again.
 */
import * as v from 'valibot';
import type { Database } from '../../store/database.ts';

const KEY = 'unread_logs';
/** By the number of a log: the version that failed last. */
const noted = v.record(v.string(), v.string());
type Noted = v.InferOutput<typeof noted>;

export class UnreadLogs {
  readonly #database: Database;
  readonly #version: string;

  constructor(database: Database, version: string) {
    this.#database = database;
    this.#version = version;
  }

  /** Logs that only another version tried. */
  due(): readonly number[] {
    return Object.entries(this.#noted()).flatMap(([log, version]) =>
      version === this.#version ? [] : [Number(log)],
    );
  }

  /** This version cannot read it. */
  failed(log: number): void {
    this.#write({ ...this.#noted(), [log]: this.#version });
  }

  /** It was read, or is not there any more. */
  settled(log: number): void {
    const { [log]: known, ...others } = this.#noted();
    if (known !== undefined) this.#write(others);
  }

  #noted(): Noted {
    const row = this.#database.get('SELECT value FROM meta WHERE key = ?', [KEY]);
    const parsed = v.safeParse(noted, parsedJson(row?.['value']));
    return parsed.success ? parsed.output : {};
  }

  #write(value: Noted): void {
    this.#database.transaction(() => {
      this.#database.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [
        KEY,
        JSON.stringify(value),
      ]);
    });
  }
}

function parsedJson(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : undefined;
  } catch {
    return undefined; // not written by us
  }
}
