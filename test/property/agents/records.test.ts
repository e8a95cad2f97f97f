/** Whatever bytes a file holds and however they arrive, its records are its bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordSplitter } from '../../../src/agents/jsonl.ts';

const fragment = fc.oneof(
  fc.json().map((text) => Buffer.from(text)),
  fc
    .constantFrom('\n', '\r\n', '}{', '{"a":1}', '\0\0', '\ufeff', '"', '\\', '\u2028', '{', '}')
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
);
const file = fc.array(fragment, { maxLength: 40 }).map((parts) => Buffer.concat(parts));

function split(bytes: Buffer, sizes: readonly number[], maxBytes?: number): Uint8Array[] {
  const splitter = new RecordSplitter(maxBytes);
  const records: Uint8Array[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    records.push(...splitter.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return [...records, ...splitter.end()];
}

const chunks = fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 1, maxLength: 5 });

describe('records', () => {
  it('are the bytes of the file, none empty', () => {
    fc.assert(
      fc.property(file, chunks, (bytes, sizes) => {
        const records = split(bytes, sizes);
        expect(Buffer.concat(records).equals(bytes)).toBe(true);
        expect(records.every((record) => record.length > 0)).toBe(true);
      }),
    );
  });

  it('do not depend on the chunks they came in', () => {
    fc.assert(
      fc.property(file, chunks, (bytes, sizes) => {
        const whole = split(bytes, [Math.max(1, bytes.length)]);
        expect(split(bytes, sizes).map(String)).toEqual(whole.map(String));
      }),
    );
  });

  it('are the bytes of the file even where they had to be cut', () => {
    fc.assert(
      fc.property(file, chunks, fc.integer({ min: 1, max: 20 }), (bytes, sizes, maxBytes) => {
        expect(Buffer.concat(split(bytes, sizes, maxBytes)).equals(bytes)).toBe(true);
      }),
    );
  });

  it('hold one object each where objects were glued', () => {
    const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(objects, (values) => {
        const texts = values.map((value) => JSON.stringify(value));
        const records = split(Buffer.from(`${texts.join('')}\n`), [7]);
        expect(records.map((record) => Buffer.from(record).toString().trim())).toEqual(texts);
      }),
    );
  });
});
