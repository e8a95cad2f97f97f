import { describe, expect, it } from 'vitest';
import { STARTS_RECORD } from '../../../src/agents/claude-code/startsRecord.ts';
import { asCount, decodeRecord, firstCharacters } from '../../../src/agents/json.ts';
import { timeOf } from '../../../src/agents/vscode-chat/request.ts';

const decode = (text: string | Uint8Array) =>
  decodeRecord(typeof text === 'string' ? Buffer.from(text) : text, STARTS_RECORD);

describe('decodeRecord', () => {
  it('reads a whole line', () => {
    expect(decode('{"a":1}\r\n')).toEqual({ value: { a: 1 }, clean: true });
  });

  it('takes blank lines for what they are', () => {
    expect(decode(' \r\n')).toEqual({ clean: false });
  });

  it('reads past a byte order mark, which a plain reader would not', () => {
    expect(decode('\ufeff{"a":1}\n')).toEqual({ value: { a: 1 }, clean: false });
  });

  it('reads what stands between NULs and says so', () => {
    const { value, problem } = decode('\0\0{"a":1}\0\n');
    expect(value).toEqual({ a: 1 });
    expect(problem).toContain('NUL');
    expect(decode('\0\0\0').problem).toContain('nothing but NUL');
  });

  it('replaces bytes that are no UTF-8 and says so', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"x'), Buffer.of(0xff), Buffer.from('y"}\n')]);
    const { value, problem, clean } = decode(bytes);
    expect(value).toEqual({ a: 'x\ufffdy' });
    expect(problem).toContain('UTF-8');
    expect(clean).toBe(false);
  });

  it('keeps lone surrogates', () => {
    expect(decode('"\\ud83d"').value).toBe('\ud83d');
  });

  it('saves a record that was written behind a torn one', () => {
    const torn = '{"type":"assistant","message":{"content":[{"type":"text","text":"Hel';
    const { value, problem } = decode(`${torn}{"type":"user","uuid":"u1"}\n`);
    expect(value).toEqual({ type: 'user', uuid: 'u1' });
    expect(problem).toContain('torn');
  });

  it('gives up on anything else with words, not with an exception', () => {
    for (const text of ['{not json}', '{"a":', '{"type":"user"'.repeat(2000), '}{']) {
      expect(decode(text)).toEqual({ clean: false, problem: 'Is not valid JSON.' });
    }
  });
});

describe('firstCharacters', () => {
  it('splits no character', () => {
    expect(firstCharacters('a\u{1f600}b', 2)).toBe('a\u{1f600}');
    expect(firstCharacters('abc', 9)).toBe('abc');
    expect(firstCharacters('\ud83d\ud83dx', 2)).toBe('\ud83d\ud83d');
  });
});

describe('numbers', () => {
  it('are counts as far as sums of them stay numbers that can be sent on', () => {
    const given = [3, 0, -1, 1e308, Infinity, NaN, '5', undefined];
    expect(given.map(asCount)).toEqual([3, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('are times as far as calendars go', () => {
    expect([1, 8.64e15, 8.65e15, 1e300, Infinity, NaN, -1, '1'].map(timeOf)).toEqual([
      1,
      8.64e15,
      ...Array.from({ length: 6 }, () => undefined),
    ]);
  });
});
