/** Who gets in at the owner's socket, and who does not. */
import { statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contactOwner } from '../../../src/server/clientSide.ts';
import { PROTOCOL_VERSION } from '../../../src/server/handshake.ts';
import {
  type OwnerRecord,
  readOwnerRecord,
  removeOwnerRecord,
} from '../../../src/server/ownerRecord.ts';
import { type OwnerSide, startOwnerSide } from '../../../src/server/ownerSide.ts';
import { openFakeStore } from './support/fakeStore.ts';
import { temporaryFolder, until } from './support/wait.ts';

let folder: ReturnType<typeof temporaryFolder>;
let side: OwnerSide;
let record: OwnerRecord;
const problems: string[] = [];
const onProblem = (message: string) => problems.push(message);

beforeEach(async () => {
  problems.length = 0;
  folder = temporaryFolder();
  side = await startOwnerSide(folder.path, await openFakeStore(folder.path), {
    checkMs: 60_000,
    onProblem,
  });
  const written = await readOwnerRecord(folder.path);
  if (written === undefined) throw new Error('The owner left no record.');
  record = written;
});
afterEach(async () => {
  await side.close();
  folder.remove();
});

const contact = (changes: Partial<OwnerRecord> = {}, timeoutMs = 5_000) =>
  contactOwner({ ...record, ...changes }, { timeoutMs, onProblem });

/** Sends the text and collects what comes back until the socket closes. */
async function speak(text: string): Promise<string> {
  const socket: Socket = connect(record.address);
  let heard = '';
  socket.on('data', (chunk) => (heard += chunk.toString()));
  socket.on('error', () => undefined);
  socket.write(text);
  await until('the socket is closed', () => socket.closed);
  return heard;
}

describe("the owner's socket", () => {
  it('lets in who knows the token', async () => {
    const found = await contact();
    if (found.kind !== 'linked') throw new Error(`Got ${found.kind}.`);
    const { id } = await found.link.store.createSession({});
    expect(await found.link.store.getSession(id)).toMatchObject({ id });
    expect(await found.link.ping(5_000)).toBe(true);
    found.link.dispose();
    await found.link.closed;
    expect(await found.link.ping(5_000)).toBe(false);
    await expect(found.link.store.getStatus()).rejects.toMatchObject({ code: 'unavailable' });
    expect(problems).toEqual([]);
  });

  it('cuts off, unanswered, who does not', async () => {
    expect(await contact({ token: 'guess' })).toEqual({ kind: 'gone' });
    const request = '{"jsonrpc":"2.0","id":1,"method":"multipath/getStatus","params":{"args":[]}}';
    for (const text of [
      `Content-Length: ${request.length}\r\n\r\n${request}`,
      `{"token":"${record.token.slice(1)}","version":${PROTOCOL_VERSION}}\n`,
      `{"version":${PROTOCOL_VERSION}}\n`,
      'null\n',
      '\n',
      'x'.repeat(100_000),
      `{"token":"${record.token}","version":${PROTOCOL_VERSION}}\nand more`,
    ]) {
      expect(await speak(text)).toBe('');
    }
  });

  it('tells who speaks another version, and only who knows the token', async () => {
    const hello = (token: string) => `${JSON.stringify({ token, version: 999 })}\n`;
    expect(JSON.parse(await speak(hello(record.token)))).toEqual({
      ok: false,
      version: PROTOCOL_VERSION,
    });
    expect(await speak(hello('guess'))).toBe('');
  });

  it('is gone with its owner', async () => {
    await side.close();
    expect(await contact()).toEqual({ kind: 'gone' });
    expect(await readOwnerRecord(folder.path)).toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')('stands where only this user may go', () => {
    expect(statSync(dirname(record.address)).mode & 0o777).toBe(0o700);
    expect(statSync(`${folder.path}/owner.json`).mode & 0o777).toBe(0o600);
    expect(Buffer.byteLength(record.address)).toBeLessThan(104);
  });
});

describe("the owner's record", () => {
  it('is not removed by an owner that has been followed by another', async () => {
    await removeOwnerRecord(folder.path, 'an earlier token');
    expect(await readOwnerRecord(folder.path)).toEqual(record);
  });
});
