/** The proof must fail for every way in which another sql.js could drive the hook differently. */
import type { SqlJsStatic } from 'sql.js';
import { describe, expect, it } from 'vitest';
import { proveHook } from '../../../../src/store/pages/hookProof.ts';
import { loadSqlJs } from '../../../../src/store/pages/loadSqlJs.ts';

const sql = await loadSqlJs();

interface Hook {
  length: number;
  slice(): unknown;
  subarray(from: number, to: number): Uint8Array;
  set(bytes: Uint8Array, offset: number): void;
}

function isHook(data: unknown): data is Hook {
  return typeof data === 'object' && data !== null && !(data instanceof Uint8Array);
}

/** sql.js with something between it and the page image. */
function changed(between: (hook: Hook) => unknown): SqlJsStatic {
  class Database extends sql.Database {
    constructor(data?: ArrayLike<number> | null) {
      super(isHook(data) ? (between(data) as ArrayLike<number>) : data);
    }
  }
  return { ...sql, Database };
}

/** All bytes copied out, as a file system would that does not keep the object. */
function copied(hook: Hook): Uint8Array {
  const bytes = new Uint8Array(hook.length);
  for (let at = 0; at < bytes.length; at += 4096) bytes.set(hook.subarray(at, at + 4096), at);
  return bytes;
}

function wrapped(hook: Hook, other: Partial<Hook>): Hook {
  let adopted = false;
  const wrapper: Hook = {
    get length() {
      return adopted ? 2 ** 52 : hook.length;
    },
    slice() {
      adopted = true;
      return wrapper;
    },
    subarray: (from, to) => hook.subarray(from, to),
    set: (bytes, offset) => hook.set(bytes, offset),
    ...other,
  };
  return wrapper;
}

describe('the proof', () => {
  it('holds for the sql.js we ship', () => {
    expect(() => proveHook(sql)).not.toThrow();
    expect(() => proveHook(changed((hook) => wrapped(hook, {})))).not.toThrow();
  });

  it('fails when the object is copied instead of kept', () => {
    expect(() => proveHook(changed(copied))).toThrow(/writes do not reach/);
  });

  it('fails when writes are dropped', () => {
    expect(() => proveHook(changed((hook) => wrapped(hook, { set: () => undefined })))).toThrow();
  });

  it('fails when reads are answered from elsewhere', () => {
    const between = (hook: Hook) =>
      wrapped(hook, { subarray: (from, to) => hook.subarray(from, to).map((byte) => byte ^ 1) });
    expect(() => proveHook(changed(between))).toThrow();
  });

  it('fails when our errors are swallowed', () => {
    const between = (hook: Hook) =>
      wrapped(hook, {
        subarray(from, to) {
          try {
            return hook.subarray(from, to);
          } catch {
            return new Uint8Array(to - from);
          }
        },
      });
    expect(() => proveHook(changed(between))).toThrow(/a failed read/);
  });
});
