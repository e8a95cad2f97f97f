/** Undoing: exact inverses, in their order, and nothing lost when the store refuses a step. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { window } from 'vscode';
import { MultipathError } from '../../../src/core/errors.ts';
import { UndoStack, type UndoStep } from '../../../src/ui/undo.ts';
import { contextKeys, live } from '../support/vscode.ts';

let stack: UndoStack;
let done: string[];

beforeEach(() => {
  live.clear();
  stack = new UndoStack(window.createOutputChannel('test', { log: true }));
  done = [];
});

const step = (name: string, failures: Error[] = []): UndoStep => {
  return () => {
    const failure = failures.shift();
    if (failure) return Promise.reject(failure);
    done.push(name);
    return Promise.resolve();
  };
};

describe('undoing', () => {
  it('takes the last thing back first, each once', async () => {
    stack.record('one', [step('a'), step('b')]);
    stack.record('two', [step('c')]);
    expect(contextKeys.get('multipath.canUndo')).toBe(true);
    await stack.undo();
    await stack.undo();
    await stack.undo();
    expect(done).toEqual(['c', 'a', 'b']);
    expect(contextKeys.get('multipath.canUndo')).toBe(false);
  });

  it('takes back one entry alone, and not a second time', async () => {
    const first = stack.record('one', [step('a')]);
    stack.record('two', [step('b')]);
    await Promise.all([stack.undo(first), stack.undo(first)]);
    expect(done).toEqual(['a']);
    expect(stack.canUndo).toBe(true);
  });

  it('keeps what is left when the store refuses, says so, and goes on there', async () => {
    const failures = [new MultipathError('unavailable', 'The store is away.')];
    stack.record('tagging 3 sessions', [step('a'), step('b', failures), step('c')]);
    await expect(stack.undo()).rejects.toThrow(
      '1 of 3 undone (tagging 3 sessions). The store is away.',
    );
    expect(done).toEqual(['a']);
    await stack.undo();
    expect(done).toEqual(['a', 'b', 'c']);
    expect(stack.canUndo).toBe(false);
  });

  it('passes over what is gone for good', async () => {
    const gone = [new MultipathError('not-found', 'No such session.')];
    stack.record('two', [step('a', gone), step('b')]);
    const warned = vi.spyOn(window, 'showWarningMessage');
    await stack.undo();
    expect(done).toEqual(['b']);
    expect(warned).toHaveBeenCalledExactlyOnceWith('Undone: two. 1 of 2 are no longer there.');
    expect(stack.canUndo).toBe(false);
  });

  it('remembers no more than it can, and nothing that changed nothing', async () => {
    expect(stack.record('nothing', [])).toBeUndefined();
    for (let at = 0; at < 60; at++) stack.record(`${at}`, [step(`${at}`)]);
    for (let at = 0; at < 60; at++) await stack.undo();
    expect(done).toHaveLength(50);
    expect(done.at(-1)).toBe('10');
  });
});

it('stops listening when it ends', () => {
  stack.dispose();
  expect([...live.values()].filter((name) => name !== 'output channel')).toEqual([]);
});
