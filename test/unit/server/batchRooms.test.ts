/** Memory for batches that comes back is used again, and not kept for nothing. */
import { describe, expect, it } from 'vitest';
import { BatchRooms } from '../../../src/server/batchRooms.ts';

const MEGABYTE = 1024 * 1024;

describe('room for batches', () => {
  it('that came back is used again, also where a little more is needed', () => {
    const rooms = new BatchRooms(3);
    const first = rooms.take(MEGABYTE);
    rooms.giveBack(first);
    expect(rooms.take(MEGABYTE + 50_000)).toBe(first);
    expect(rooms.take(MEGABYTE)).not.toBe(first);
  });

  it('is kept for so many batches at most, and never where it is of no use for others', () => {
    const rooms = new BatchRooms(1);
    const [kept, spare] = [rooms.take(MEGABYTE), rooms.take(MEGABYTE)];
    const large = rooms.take(2 * MEGABYTE);
    const small = rooms.take(1_000);
    expect(small).toHaveLength(1_000);
    for (const room of [large, small, kept, spare]) rooms.giveBack(room);
    expect([large, small, spare].map(({ buffer }) => buffer.byteLength)).toEqual([0, 0, 0]);
    expect(kept.buffer.byteLength).toBeGreaterThan(0);
  });

  it('is let go of when there is nothing to read', () => {
    const rooms = new BatchRooms(3);
    const room = rooms.take(MEGABYTE);
    rooms.giveBack(room);
    rooms.clear();
    expect(room.buffer.byteLength).toBe(0);
    expect(rooms.take(MEGABYTE).length).toBeGreaterThanOrEqual(MEGABYTE);
  });
});
