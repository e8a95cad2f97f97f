/**
 * Errors across a process border: a MultipathError keeps its code and message; whatever else is
 * thrown on the other side arrives as `unavailable` with its message. A lost connection is told
 * apart from every answer, because only then is it unknown whether the request took effect.
 */
import { ErrorCodes, ResponseError } from 'vscode-jsonrpc';
import { type ErrorCode, messageOf, MultipathError } from '../core/errors.ts';

/** The other end went away before it answered; the request may or may not have taken effect. */
export class ConnectionLostError extends MultipathError {
  constructor(options?: { cause?: unknown }) {
    super(
      'unavailable',
      'The session server stopped before it answered. It restarts by itself; try again in a moment.',
      options,
    );
    this.name = 'ConnectionLostError';
  }
}

interface ErrorData {
  readonly code: ErrorCode;
}

const CODES: Readonly<Record<ErrorCode, true>> = {
  'bad-request': true,
  'not-found': true,
  'invalid-fork-point': true,
  conflict: true,
  'read-only': true,
  'newer-store': true,
  'corrupt-block': true,
  'corrupt-file': true,
  poisoned: true,
  io: true,
  unavailable: true,
  timeout: true,
  cancelled: true,
};

/** JSON-RPC's own code for our errors; outside its reserved range, and no answer depends on it. */
const APPLICATION_ERROR = 100;
/** LSP's code for a request that was cancelled. */
const REQUEST_CANCELLED = -32800;
/** vscode-jsonrpc's ConnectionErrors.Closed and .Disposed: thrown on use, not received. */
const CLOSED_LOCALLY: readonly unknown[] = [1, 2];
const LOST: readonly unknown[] = [
  ErrorCodes.MessageWriteError,
  ErrorCodes.MessageReadError,
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.ConnectionInactive,
  ...CLOSED_LOCALLY,
];

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(CODES, value);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (Reflect.get(value, name) as unknown)
    : undefined;
}

/** What to answer a request with when handling it threw. */
export function toWireError(error: unknown): ResponseError<ErrorData> {
  const code = error instanceof MultipathError ? error.code : 'unavailable';
  return new ResponseError(APPLICATION_ERROR, messageOf(error), { code });
}

/** What a rejected request means. */
export function fromWireError(error: unknown): MultipathError {
  if (error instanceof MultipathError) return error;
  const code = property(property(error, 'data'), 'code');
  if (isErrorCode(code)) return new MultipathError(code, messageOf(error), { cause: error });
  const number = property(error, 'code');
  if (LOST.includes(number)) return new ConnectionLostError({ cause: error });
  if (number === REQUEST_CANCELLED) {
    return new MultipathError('cancelled', 'The request was cancelled.', { cause: error });
  }
  return new MultipathError('unavailable', messageOf(error), { cause: error });
}
