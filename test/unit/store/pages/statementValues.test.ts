/** Values taken straight from the memory of sql.js are those that sql.js itself would give. */
import type { SqlValue } from 'sql.js';
import { describe, expect, it } from 'vitest';
import { loadSqlJs } from '../../../../src/store/pages/loadSqlJs.ts';
import {
  directValues,
  plainValues,
  type StatementValues,
} from '../../../../src/store/pages/statementValues.ts';
import { proveValues, valuesOf } from '../../../../src/store/pages/valuesProof.ts';

const sql = await loadSqlJs();

function roundTrip(values: StatementValues, row: readonly SqlValue[]): SqlValue[] {
  const db = new sql.Database();
  const statement = db.prepare(`SELECT ${row.map(() => '?').join()}`);
  const mark = values.begin();
  values.bind(statement, row);
  statement.step();
  const result = values.row(statement);
  statement.reset();
  values.end(mark);
  db.close();
  return result;
}

describe('values of statements', () => {
  it('are taken directly with the sql.js we ship', () => {
    expect(valuesOf(sql)).not.toBe(plainValues);
    expect(() => proveValues(sql, directValues(sql))).not.toThrow();
  });

  it('are left to sql.js where it was loaded elsewhere or lacks a function', () => {
    expect(valuesOf({ ...sql })).toBe(plainValues);
    expect(() => proveValues(sql, plainValues)).not.toThrow();
  });

  it('are doubted where a value comes out wrong', () => {
    const direct = directValues(sql);
    const row = (change: (value: SqlValue) => SqlValue): StatementValues => ({
      begin: () => direct.begin(),
      bind: (statement, values) => direct.bind(statement, values),
      row: (statement) => direct.row(statement).map(change),
      end: (mark) => direct.end(mark),
    });
    const wrong = [
      row((value) => (value instanceof Uint8Array ? value.subarray(0, -1) : value)),
      row((value) => (typeof value === 'string' ? value.replaceAll('\0', '') : value)),
      row((value) => (typeof value === 'number' ? value | 0 : value)),
    ];
    for (const values of wrong) expect(() => proveValues(sql, values)).toThrow(/differently/);
    const forgetful: StatementValues = {
      begin: () => 0,
      bind: (statement, values) => direct.bind(statement, values),
      row: (statement) => direct.row(statement),
      end: () => direct.end(0),
    };
    expect(() => proveValues(sql, forgetful)).toThrow(/does not stay/);
  });

  it('are whole after the memory has moved', () => {
    const direct = directValues(sql);
    const before = roundTrip(direct, ['before', Uint8Array.of(1, 2, 3)]);
    expect(before).toEqual(['before', Uint8Array.of(1, 2, 3)]);
    const large = new Uint8Array(40 << 20).fill(5);
    const [length, blob] = roundTrip(direct, [1, large]);
    expect(length).toBe(1);
    expect(Buffer.compare(blob as Uint8Array, large)).toBe(0);
    const text = '語'.repeat(1 << 20);
    expect(roundTrip(direct, ['after', text])).toEqual(['after', text]);
  });

  it('do not change with what is read or bound later', () => {
    const direct = directValues(sql);
    const [first] = roundTrip(direct, [Uint8Array.of(1, 2, 3)]);
    roundTrip(direct, [Uint8Array.of(9, 9, 9)]);
    expect(first).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('that are too many are refused as such', () => {
    const db = new sql.Database();
    const statement = db.prepare('SELECT ?');
    expect(() => directValues(sql).bind(statement, [1, 2])).toThrow(/value 2/);
    db.close();
  });
});
