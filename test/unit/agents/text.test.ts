import fc from 'fast-check';
import { expect, it } from 'vitest';
import { snippet } from '../../../src/agents/text.ts';

/** What is meant, without regard to how long it takes. */
function meant(text: string, length: number): string {
  const line = text
    .slice(0, length * 4)
    .replace(/\s+/g, ' ')
    .trim();
  const cut = line.length > length ? `${line.slice(0, length - 1).trimEnd()}…` : line;
  return cut.toWellFormed();
}

it('makes one line of the beginning of a text, whatever blanks and characters it has', () => {
  const part = fc.constantFrom('a', ' ', '  ', '\n', '\t', '\u00a0', '\u2003', '\ufeff', 'é', '😀');
  const text = fc.array(fc.oneof(part, fc.string({ maxLength: 5 })), { maxLength: 60 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 30 }), (parts, length) => {
      expect(snippet(parts.join(''), length)).toBe(meant(parts.join(''), length));
    }),
    { seed: 5, numRuns: 3000 },
  );
});
