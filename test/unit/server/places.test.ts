/** What paths say on each platform: where an owner listens, and where locks cannot be trusted. */
import { mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { whyPathIsUnreliable } from '../../../src/server/lockReliability.ts';
import { listenForCallers } from '../../../src/server/ownerSocket.ts';
import { MAX_SOCKET_PATH_BYTES, socketPlace } from '../../../src/server/socketPlace.ts';
import { temporaryFolder } from './support/wait.ts';

const NAME = '0123456789abcdef';

describe('the place of the socket', () => {
  it('is a pipe on Windows, in the form that its system wants', () => {
    const place = socketPlace('win32', 'C:\\Users\\a\\AppData\\Local\\Temp', NAME);
    expect(place).toEqual({ kind: 'pipe', address: `\\\\.\\pipe\\multipath-${NAME}` });
  });

  it('is the temporary folder of a Mac, which is deep but not too deep', () => {
    const temporary = '/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T';
    expect(socketPlace('darwin', temporary, NAME)).toEqual({
      kind: 'socket',
      parents: [temporary, '/tmp'],
    });
  });

  it.each([
    ['deep', `/var/folders/${'d'.repeat(80)}`],
    ['deep in bytes, not in characters', `/home/${'ü'.repeat(35)}`],
  ])('is /tmp where the temporary folder is too %s', (_what, temporary) => {
    expect(socketPlace('darwin', temporary, NAME)).toEqual({ kind: 'socket', parents: ['/tmp'] });
  });

  it('is never longer than a system takes', () => {
    for (let length = 1; length < 120; length++) {
      const place = socketPlace('darwin', `/${'t'.repeat(length)}`, NAME);
      if (place.kind !== 'socket') throw new Error('no socket');
      for (const parent of place.parents) {
        const address = join(parent, 'multipath-XXXXXX', NAME);
        expect(Buffer.byteLength(address)).toBeLessThanOrEqual(MAX_SOCKET_PATH_BYTES);
      }
      expect(place.parents).toContain('/tmp');
    }
  });

  it.skipIf(process.platform === 'win32').each([
    ['too deep', (folder: string) => join(folder, 'd'.repeat(100))],
    ['missing', (folder: string) => join(folder, 'missing')],
  ])('is private in /tmp when the temporary folder is %s', async (what, deeper) => {
    const folder = temporaryFolder();
    const temporary = deeper(folder.path);
    if (what === 'too deep') mkdirSync(temporary);
    const before = process.env['TMPDIR'];
    onTestFinished(() => {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      folder.remove();
    });
    process.env['TMPDIR'] = temporary;
    expect(tmpdir()).toBe(temporary);
    const socket = await listenForCallers(() => undefined);
    onTestFinished(() => socket.close());
    expect(dirname(dirname(socket.address))).toBe('/tmp');
    expect(statSync(dirname(socket.address)).mode & 0o777).toBe(0o700);
  });
});

describe('locks', () => {
  const variables = { OneDriveCommercial: 'D:\\Work Files' };

  it.each([
    ['win32', '\\\\server\\share\\store', 'network drive'],
    ['win32', '\\\\?\\UNC\\server\\share\\store', 'network drive'],
    ['win32', '//server/share/store', 'network drive'],
    ['win32', '\\\\wsl.localhost\\Ubuntu\\home\\a', 'network drive'],
    ['win32', 'C:\\Users\\a\\OneDrive - Firm\\store', 'OneDrive - Firm'],
    ['win32', 'C:\\Users\\a\\Dropbox (Personal)\\store', 'Dropbox (Personal)'],
    ['win32', 'C:/Users/a/iCloudDrive/store', 'iCloudDrive'],
    ['win32', 'd:\\work files\\store', 'Work Files'],
    ['darwin', '/Users/a/Library/Mobile Documents/com~apple~CloudDocs/store', 'Mobile Documents'],
    ['darwin', '/Users/a/Library/CloudStorage/GoogleDrive-a@b.c/My Drive', 'CloudStorage'],
    ['darwin', '/Volumes/Team Share/store', 'Team Share'],
    ['linux', '/home/a/Nextcloud/store', 'Nextcloud'],
  ] as const)('on %s cannot be trusted in %s', (platform, path, part) => {
    expect(whyPathIsUnreliable(path, { platform, variables })).toContain(part);
  });

  it.each([
    ['win32', 'C:\\Users\\a\\AppData\\Roaming\\Code\\User\\globalStorage'],
    ['win32', '\\\\?\\C:\\Users\\a\\store'],
    ['win32', 'D:\\Work Files of others\\store'],
    ['darwin', '/Users/a/Library/Application Support/Code/User/globalStorage'],
    ['linux', '/home/a/.config/Code/User/globalStorage'],
    ['linux', '/Volumes/x'],
    ['linux', '/home/a/my dropbox notes/store'],
  ] as const)('on %s can be trusted in %s', (platform, path) => {
    expect(whyPathIsUnreliable(path, { platform, variables })).toBeUndefined();
  });
});
