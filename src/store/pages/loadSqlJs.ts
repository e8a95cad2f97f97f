/**
 * Loads sql.js once, and keeps hold of its memory, which it does not hand out. The WebAssembly file
 * is in the package of sql.js in development, and beside the bundle that this is a part of, where
 * the build puts it.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import initSqlJs, { type SqlJsStatic } from 'sql.js';

/** Memory of WebAssembly; its buffer is another one after it has grown. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** What is used of the global, which has types only where there is a DOM. */
declare const WebAssembly: {
  readonly Memory: abstract new () => WasmMemory;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  compile(bytes: Uint8Array): Promise<object>;
};

const memories = new WeakMap<SqlJsStatic, WasmMemory>();
let loaded: Promise<SqlJsStatic> | undefined;

export function loadSqlJs(): Promise<SqlJsStatic> {
  loaded ??= load();
  return loaded;
}

/** The memory that an instance works in; `undefined` for one that was not loaded here. */
export function memoryOf(sql: SqlJsStatic): WasmMemory | undefined {
  return memories.get(sql);
}

async function load(): Promise<SqlJsStatic> {
  const module = await WebAssembly.compile(await readFile(wasmFile()));
  let memory: WasmMemory | undefined;
  const sql = await initSqlJs({
    // Emscripten's own way to have somebody else make the instance, which alone names its memory.
    instantiateWasm: (imports: object, receive: (instance: object) => void) => {
      const instance = new WebAssembly.Instance(module, imports);
      memory = Object.values(instance.exports).find((one) => one instanceof WebAssembly.Memory);
      receive(instance);
      return undefined;
    },
  });
  if (memory) memories.set(sql, memory);
  return sql;
}

function wasmFile(): string | URL {
  const isSource = import.meta.url.endsWith('.ts');
  return isSource
    ? createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm')
    : new URL('sql-wasm.wasm', import.meta.url);
}
