/** Rows of the tree hold still between two clicks, and are drawn soon after. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FamilyMarks } from '../../../src/ui/tree/familyMarks.ts';
import { GroupNode } from '../../../src/ui/tree/nodes.ts';
import { earliestDraw } from '../../../src/ui/tree/pace.ts';
import { TreePainter } from '../../../src/ui/tree/treePainter.ts';
import { TreeItem } from 'vscode';
import { labels, TreeOverFake } from './treeOverFake.ts';

const START = 1_000_000;

function setUp() {
  const over = new TreeOverFake();
  const group = { kind: 'project', key: '/here', name: '/here', filter: {} } as const;
  const node = new GroupNode({ ...group, count: 1 }, true);
  const fired: string[][] = [];
  const row = { label: 'as it was' };
  const painter = new TreePainter({
    model: over.model,
    marks: new FamilyMarks({ getFamilyGraph: () => Promise.reject(new Error('none')) }),
    read: () => Promise.resolve([]),
    item: () => new TreeItem(row.label),
    fire: (nodes) => fired.push(labels(nodes ?? [])),
    isImporting: () => false,
    isEmpty: () => false,
    warn: (message) => {
      throw new Error(message);
    },
  });
  painter.rows.drawn(node, new TreeItem(row.label));
  return { painter, node, row, fired, name: labels([node]) };
}

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('rows that stay where they are', () => {
  it('are drawn at once where nobody clicks', () => {
    const { painter, node, row, fired, name } = setUp();
    row.label = 'running';
    painter.redraw([node]);
    expect(fired).toEqual([name]);
  });

  it('wait for the next click, and are drawn once after the last', () => {
    const { painter, node, row, fired, name } = setUp();
    painter.touched();
    row.label = 'merged';
    painter.redraw([node]);
    vi.advanceTimersByTime(500);
    painter.touched();
    painter.redraw([node]);
    vi.advanceTimersByTime(500);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(200);
    expect(fired).toEqual([name]);
    vi.advanceTimersByTime(10_000);
    expect(fired).toEqual([name]);
  });

  it('are not drawn where they look as before when the time comes', () => {
    const { painter, node, row, fired } = setUp();
    painter.touched();
    row.label = 'queued';
    painter.redraw([node]);
    row.label = 'as it was';
    vi.advanceTimersByTime(10_000);
    expect(fired).toEqual([]);
  });

  it('are drawn in the end for somebody who never stops', () => {
    const [now, touchedAt] = [100_000, 99_900];
    expect(earliestDraw({ now, touchedAt, waitingSince: now })).toBe(100_500);
    expect(earliestDraw({ now, touchedAt, waitingSince: 97_200 })).toBe(100_200);
    expect(earliestDraw({ now, touchedAt, waitingSince: 90_000 })).toBe(now);
  });
});
