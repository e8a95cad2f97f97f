import { describe, expect, it } from 'vitest';
import { crc32c } from '../../../../src/store/pages/crc32c.ts';

const ascii = (text: string) => Buffer.from(text, 'latin1');

describe('crc32c', () => {
  it.each([
    ['nothing', new Uint8Array(0), 0x00000000],
    ['the usual check', ascii('123456789'), 0xe3069283],
    // RFC 3720, appendix B.4
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['32 rising', Uint8Array.from({ length: 32 }, (_, nth) => nth), 0x46dd794e],
    ['32 falling', Uint8Array.from({ length: 32 }, (_, nth) => 31 - nth), 0x113fdb5c],
  ])('of %s', (_name, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it('goes on from what comes before, at every split and alignment', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, nth) => (nth * 37) % 256);
    for (let split = 0; split <= bytes.length; split++) {
      expect(crc32c(bytes.subarray(split), crc32c(bytes.subarray(0, split)))).toBe(crc32c(bytes));
    }
  });
});
