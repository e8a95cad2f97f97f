/**
 * The first exchange on the owner's socket: one line of JSON each way, before the protocol begins.
 * A caller without the token is cut off unanswered. One with it that speaks another version of the
 * protocol is told so: windows may run different versions of the extension until they are reloaded.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import * as v from 'valibot';

/** Raised with every change of the protocol that an older or newer peer would misunderstand. */
export const PROTOCOL_VERSION = 2;

const MAX_LINE_BYTES = 4096;
const NEWLINE = 0x0a;

const helloSchema = v.looseObject({ token: v.string(), version: v.number() });
const replySchema = v.looseObject({ ok: v.boolean(), version: v.number() });

export type HandshakeReply =
  | { readonly kind: 'welcome' }
  | { readonly kind: 'other-version'; readonly version: number }
  | { readonly kind: 'closed' }
  | { readonly kind: 'silent' };

function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

interface Line {
  readonly text: string;
  readonly rest: Buffer;
}

/** The first line that arrives, and what came behind it; the socket is left paused. */
function readLine(socket: Socket, timeoutMs: number): Promise<Line | 'closed' | 'silent'> {
  return new Promise((resolve) => {
    let received: Buffer = Buffer.alloc(0);
    const finish = (result: Line | 'closed' | 'silent') => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose);
      resolve(result);
    };
    const onClose = () => finish('closed');
    const onData = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf(NEWLINE);
      if (end === -1 && received.length <= MAX_LINE_BYTES) return;
      socket.pause();
      if (end === -1) finish('closed');
      else finish({ text: received.toString('utf8', 0, end), rest: received.subarray(end + 1) });
    };
    const timer = setTimeout(() => finish('silent'), timeoutMs);
    socket.on('data', onData).on('close', onClose);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Owner's side. True when the caller may speak: resume the socket when its reader is attached.
 * False when the socket has been closed.
 */
export async function admitCaller(
  socket: Socket,
  token: string,
  timeoutMs: number,
): Promise<boolean> {
  const line = await readLine(socket, timeoutMs);
  // Nothing may follow the line before it is answered.
  const hello = typeof line === 'string' || line.rest.length > 0 ? undefined : parseJson(line.text);
  const parsed = v.safeParse(helloSchema, hello);
  if (!parsed.success || !sameSecret(parsed.output.token, token)) {
    socket.destroy();
    return false;
  }
  const ok = parsed.output.version === PROTOCOL_VERSION;
  const reply = `${JSON.stringify({ ok, version: PROTOCOL_VERSION })}\n`;
  if (ok) socket.write(reply);
  else socket.end(reply, () => socket.destroy());
  return ok;
}

/** Caller's side. After a welcome the socket is paused: resume it when its reader is attached. */
export async function introduceOurselves(
  socket: Socket,
  token: string,
  timeoutMs: number,
): Promise<HandshakeReply> {
  socket.write(`${JSON.stringify({ token, version: PROTOCOL_VERSION })}\n`);
  const line = await readLine(socket, timeoutMs);
  if (typeof line === 'string') return { kind: line };
  const parsed = v.safeParse(replySchema, parseJson(line.text));
  if (!parsed.success) return { kind: 'closed' };
  if (!parsed.output.ok) return { kind: 'other-version', version: parsed.output.version };
  if (line.rest.length > 0) socket.unshift(line.rest);
  return { kind: 'welcome' };
}
