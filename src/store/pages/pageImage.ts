/**
 * The object that stands in for a file inside sql.js. Its in-memory file system keeps the bytes
 * given to `new Database(bytes)` as they are, and only ever uses `length`, `slice`, `subarray` and
 * `set` on them; this object answers those with pages from elsewhere. It is an undocumented trait
 * of Emscripten's file system, so `hookProof.ts` proves it at every start.
 *
 * Invariant: nothing but an error that Emscripten knows leaves a callback. Anything else would
 * unwind through WebAssembly and leave SQLite's state undefined; an `ErrnoError` becomes an I/O
 * error that SQLite handles. The true error waits in `takeFault`.
 */
import type { Database, SqlJsStatic } from 'sql.js';
import { MultipathError } from '../../core/errors.ts';
import { PAGE_SIZE } from './pageFile.ts';

/** Pages to read and write, from 0. */
export interface PageBacking {
  readonly pageCount: number;
  /** The page's bytes, not to be changed by the caller. */
  readPage(page: number): Uint8Array;
  /** Copies the bytes. A page behind the end makes the image longer. */
  writePage(page: number, bytes: Uint8Array): void;
}

/** EBADF in Emscripten's numbering: SQLite reports a plain I/O error for it. */
const ERRNO = 8;
/** Larger than any file, so that no write makes Emscripten grow (and so replace) the object. */
const ENDLESS = 2 ** 52;

/**
 * An error that Emscripten takes for its own and turns into an error number. It knows them by their
 * name, but its optimised build reads the number from a property whose name changes from build to
 * build; so every property this error does not have is the number.
 */
function hookError(): Error {
  const error = new Error('page access failed');
  error.name = 'ErrnoError';
  return new Proxy(error, {
    get: (target, key): unknown => (key in target ? Reflect.get(target, key) : ERRNO),
  });
}

export class PageImage {
  readonly #backing: PageBacking;
  #adopted = false;
  #fault: unknown;
  #broken: MultipathError | undefined;

  constructor(backing: PageBacking) {
    this.#backing = backing;
  }

  /** The error behind the last I/O error that SQLite reported, once. */
  takeFault(): unknown {
    const fault = this.#fault;
    this.#fault = undefined;
    return fault;
  }

  /** Set once sql.js has let go of this object; what it holds is then no longer the database. */
  get broken(): MultipathError | undefined {
    return this.#broken;
  }

  get length(): number {
    return this.#adopted ? ENDLESS : this.#backing.pageCount * PAGE_SIZE;
  }

  /** Called once, when sql.js takes the object as a file's contents. */
  slice(): this {
    this.#adopted = true;
    return this;
  }

  subarray(from: number, to: number): Uint8Array {
    return this.#answer(() => {
      if (to <= from) return new Uint8Array(0);
      // SQLite reads a page or less; more is Emscripten copying the file in order to replace it.
      if (to - from > PAGE_SIZE) throw this.#letGo();
      const page = Math.floor(from / PAGE_SIZE);
      const start = from - page * PAGE_SIZE;
      const length = to - from;
      if (start + length <= PAGE_SIZE) {
        const bytes = this.#backing.readPage(page);
        return length === PAGE_SIZE ? bytes : bytes.subarray(start, start + length);
      }
      const joined = new Uint8Array(length);
      const head = PAGE_SIZE - start;
      joined.set(this.#backing.readPage(page).subarray(start));
      joined.set(this.#backing.readPage(page + 1).subarray(0, length - head), head);
      return joined;
    });
  }

  set(bytes: Uint8Array, offset: number): void {
    this.#answer(() => {
      for (let done = 0; done < bytes.length;) {
        const page = Math.floor((offset + done) / PAGE_SIZE);
        const start = offset + done - page * PAGE_SIZE;
        const part = bytes.subarray(done, done + PAGE_SIZE - start);
        this.#backing.writePage(
          page,
          part.length === PAGE_SIZE ? part : this.#fill(page, start, part),
        );
        done += part.length;
      }
    });
  }

  /** A page of which only a part is written. */
  #fill(page: number, start: number, part: Uint8Array): Uint8Array {
    const whole =
      page >= this.#backing.pageCount
        ? new Uint8Array(PAGE_SIZE)
        : Uint8Array.from(this.#backing.readPage(page));
    whole.set(part, start);
    return whole;
  }

  #letGo(): MultipathError {
    this.#broken = new MultipathError(
      'poisoned',
      'The database file was shortened (VACUUM?), which a paged database cannot do. ' +
        'Nothing was lost on disk: reload the window to reopen it.',
    );
    return this.#broken;
  }

  #answer<T>(work: () => T): T {
    try {
      if (this.#broken) throw this.#broken;
      return work();
    } catch (error) {
      this.#fault ??= error;
      throw hookError();
    }
  }
}

/** Opens sql.js on an image of at least one page. */
export function openImage(sql: SqlJsStatic, image: PageImage): Database {
  // sql.js asks for an array but uses only the four members above; see the header.
  return new sql.Database(image as unknown as ArrayLike<number>);
}
