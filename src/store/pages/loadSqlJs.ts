/**
 * Loads sql.js once. It finds `sql-wasm.wasm` in the folder of the script it runs in: its own
 * package in development, the bundle's folder when bundled, where the build puts the file.
 */
import initSqlJs, { type SqlJsStatic } from 'sql.js';

/** @param wasmPath where the WebAssembly file is, if not beside the script */
export function loadSqlJs(wasmPath?: string): Promise<SqlJsStatic> {
  return initSqlJs(wasmPath === undefined ? {} : { locateFile: () => wasmPath });
}
