/**
 * The one error type that crosses borders. Expected failures carry a code that survives a process
 * border and a message that tells the person what to do; anything else that throws is a bug.
 */

export type ErrorCode =
  | 'bad-request' // an argument is malformed or out of range
  | 'not-found' // no such session, message or file
  | 'invalid-fork-point' // the fork guard found no place to cut
  | 'conflict' // the person has to decide first
  | 'read-only' // this store or window may not write
  | 'newer-store' // the store was written by a newer version
  | 'corrupt-block' // a check failed on bytes read back from disk
  | 'corrupt-file' // a file is not what it should be
  | 'poisoned' // a write failed; the store must be reopened
  | 'io' // the disk said no (full, permission, gone)
  | 'unavailable' // the session server or the owner does not answer
  | 'timeout' // an answer did not come in time
  | 'cancelled'; // the person or a newer request stopped it

export class MultipathError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'MultipathError';
    this.code = code;
  }

  /** True for our errors, narrowed by code when one is given. */
  static is(error: unknown, code?: ErrorCode): error is MultipathError {
    return error instanceof MultipathError && (code === undefined || error.code === code);
  }
}

/** What is shown or logged for anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
