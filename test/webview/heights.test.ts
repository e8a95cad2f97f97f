/** Positions and rows agree with a plain sum, whatever was measured in whatever order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heights } from '../../webview-ui/transcript/heights.ts';

const ESTIMATE = 100;

test('tops are sums of heights, and every position finds its row', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.array(fc.tuple(fc.nat(299), fc.integer({ min: 1, max: 900 })), { maxLength: 200 }),
      fc.integer({ min: 1, max: 300 }),
      (count, measures, newCount) => {
        const heights = new Heights(count, ESTIMATE);
        const plain = new Map<number, number>();
        for (const [row, height] of measures) {
          heights.set(row, height);
          if (row < count) plain.set(row, height);
        }
        heights.resize(newCount);
        let top = 0;
        for (let row = 0; row < newCount; row++) {
          // What was measured of a row that went is forgotten, also when it comes back.
          const height = plain.get(row) ?? ESTIMATE;
          expect(heights.top(row)).toBeCloseTo(top);
          expect(heights.at(top + height / 2)).toBe(row);
          top += height;
        }
        expect(heights.top(newCount)).toBeCloseTo(top);
        expect(heights.at(-1)).toBe(0);
        expect(heights.at(top + 1)).toBe(newCount - 1);
      },
    ),
  );
});

test('the rest is taken for as high as what was measured', () => {
  const heights = new Heights(10, ESTIMATE);
  heights.set(0, 40);
  heights.set(1, 60);
  heights.calibrate();
  expect(heights.top(10)).toBeCloseTo(500);
});

test('a list of millions stays within what a browser can draw', () => {
  const heights = new Heights(5_000_000, ESTIMATE);
  expect(heights.top(5_000_000)).toBeLessThan(33_000_000);
  expect(heights.at(heights.top(4_000_000) + 1)).toBe(4_000_000);
});
