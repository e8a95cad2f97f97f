import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PAGE_SIZE } from '../../../../src/store/pages/pageFile.ts';
import { applyPatch, comparePages, putPatch } from '../../../../src/store/pages/pagePatch.ts';

const base = Uint8Array.from({ length: PAGE_SIZE }, (_, at) => (at * 31) % 256);

function throughPatch(page: Uint8Array): Uint8Array {
  const patch = comparePages(base, page);
  if (!patch) return page;
  const target = Buffer.alloc(patch.bytes);
  expect(putPatch(target, 0, patch, page)).toBe(patch.bytes);
  return applyPatch(base, target);
}

it('makes every page of its base again', () => {
  const change = fc.tuple(fc.nat(PAGE_SIZE - 1), fc.uint8Array({ minLength: 1, maxLength: 600 }));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
      const page = Uint8Array.from(base);
      for (const [at, bytes] of changes) page.set(bytes.subarray(0, PAGE_SIZE - at), at);
      expect(throughPatch(page)).toEqual(page);
    }),
  );
});

it('is as small as what changed, and nothing for no change', () => {
  const page = Uint8Array.from(base);
  expect(comparePages(base, page)?.bytes).toBe(0);
  page.fill(7, 0, 3);
  page.fill(9, PAGE_SIZE - 5);
  expect(comparePages(base, page)?.bytes).toBe(4 + 4 + 4 + 8);
});

it('gives way to the whole page when most of it changed', () => {
  const page = base.map((byte) => byte ^ 0xff);
  expect(comparePages(base, page)).toBeUndefined();
});
