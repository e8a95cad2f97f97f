/** Power cuts while archiving: what was synced stays readable, and the archive goes on behind it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SegmentReader } from '../../../../src/store/archive/segmentReader.ts';
import { SegmentWriter } from '../../../../src/store/archive/segmentWriter.ts';
import type { MemberLocator } from '../../../../src/store/archive/segments.ts';
import { BlobStore } from '../../../../src/store/blobs.ts';
import { crcCodec } from '../../../../src/store/pages/codec.ts';
import { CrashDisk, PowerLost } from './crashDisk.ts';
import { seeded } from './storeModel.ts';

const archive = { directory: '/store/archive', codec: crcCodec };
const blobs = { directory: '/store/blobs', codec: crcCodec };

function someBytes(random: () => number): Uint8Array {
  return Uint8Array.from({ length: Math.floor(random() ** 2 * 6000) }, () => random() * 40);
}

function cutPower(disk: CrashDisk, after: number): void {
  let left = after;
  disk.before = () => {
    if (left-- <= 0) throw new PowerLost('power lost');
  };
}

describe('a power cut while archiving', () => {
  it('loses nothing that was synced, and nothing is written over', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 }),
        async (seed, cuts) => {
          const random = seeded(seed);
          const safe: { locator: MemberLocator; bytes: Uint8Array }[] = [];
          let disk = new CrashDisk();
          for (const cut of cuts) {
            const writer = new SegmentWriter({ ...archive, disk, segmentBytes: 8000 });
            cutPower(disk, cut);
            let waiting: typeof safe = [];
            try {
              for (let nth = 0; nth < 40; nth++) {
                const bytes = someBytes(random);
                const locator = await writer.appendMember({
                  logId: 'log',
                  firstSeq: nth,
                  count: 1,
                  bytes,
                });
                waiting.push({ locator, bytes });
                if (random() < 0.5) continue;
                await writer.sync();
                safe.push(...waiting);
                waiting = [];
              }
            } catch {
              // The cut; what follows looks at what is left.
            }
            disk = disk.crash(random);
            const reader = new SegmentReader({ ...archive, disk });
            for (const { locator, bytes } of safe) {
              expect(Buffer.from(await reader.readMember(locator, 'log'))).toEqual(
                Buffer.from(bytes),
              );
            }
            const scanned = new Set<string>();
            for (const segment of reader.segments()) {
              const { members } = await reader.scanSegment(segment, true);
              for (const { locator } of members) scanned.add(JSON.stringify(locator));
            }
            const missing = safe.filter(({ locator }) => !scanned.has(JSON.stringify(locator)));
            expect(missing).toEqual([]);
            reader.close();
          }
        },
      ),
      { seed: 5, numRuns: 60 },
    );
  });

  it('leaves each blob whole or absent, and every acknowledged one whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 40 }), async (seed, cut) => {
        const random = seeded(seed);
        const disk = new CrashDisk();
        const store = new BlobStore({ ...blobs, disk });
        cutPower(disk, cut);
        const kept: string[] = [];
        const tried: Uint8Array[] = [];
        try {
          for (let nth = 0; nth < 12; nth++) {
            const bytes = someBytes(random);
            tried.push(bytes);
            kept.push(await store.put(bytes));
          }
        } catch {
          // The cut.
        }
        const left = new BlobStore({ ...blobs, disk: disk.crash(random) });
        for (const [nth, hash] of kept.entries()) {
          expect(Buffer.from(await left.get(hash))).toEqual(Buffer.from(tried[nth] ?? []));
        }
        for (const bytes of tried) {
          const hash = await left.put(bytes);
          expect(Buffer.from(await left.get(hash))).toEqual(Buffer.from(bytes));
        }
      }),
      { seed: 6, numRuns: 60 },
    );
  });
});
