import { describe, expect, it } from 'vitest';
import { MultipathError } from '../../../../src/core/errors.ts';
import { crcCodec, positionBytes } from '../../../../src/store/pages/codec.ts';

const place = { file: 'warm', block: 7, generation: 2 };
const plain = Uint8Array.from({ length: 4096 }, (_, nth) => nth % 251);

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (error) {
    return MultipathError.is(error) ? error.code : 'other';
  }
}

describe('the CRC codec', () => {
  it('gives back what was sealed, as body and proof', () => {
    const sealed = crcCodec.seal(plain, place);
    expect(sealed.length).toBe(plain.length + crcCodec.overhead);
    expect(sealed.subarray(0, plain.length)).toEqual(plain);
    expect(crcCodec.open(sealed, place)).toEqual(plain);
  });

  it.each([
    ['block', { ...place, block: 8 }],
    ['file', { ...place, file: 'warn' }],
    ['generation', { ...place, generation: 3 }],
  ])('notices a block moved to another %s', (_what, elsewhere) => {
    const sealed = crcCodec.seal(plain, place);
    expect(codeOf(() => crcCodec.open(sealed, elsewhere))).toBe('corrupt-block');
  });

  it('notices a flipped bit anywhere, and a block cut short', () => {
    const sealed = crcCodec.seal(plain.subarray(0, 64), place);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Uint8Array.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(codeOf(() => crcCodec.open(flipped, place))).toBe('corrupt-block');
    }
    expect(codeOf(() => crcCodec.open(sealed.subarray(0, 3), place))).toBe('corrupt-block');
    expect(codeOf(() => crcCodec.open(sealed.subarray(0, 60), place))).toBe('corrupt-block');
  });

  it('does not take zeros for a sealed block of zeros', () => {
    expect(codeOf(() => crcCodec.open(new Uint8Array(4100), place))).toBe('corrupt-block');
  });
});

describe('positions', () => {
  it('are never alike for different places', () => {
    const positions = [
      { file: 'a', block: 1 },
      { file: 'a', block: 0, generation: 1 },
      { file: 'a\u0001', block: 0 },
      { file: '', block: 1 },
      { file: 'a', block: 2n ** 40n },
    ].map((position) => Buffer.from(positionBytes(position)).toString('hex'));
    expect(new Set(positions).size).toBe(positions.length);
  });
});
