/** A recording that was rewound again and again: nothing is lost, and no branch is searched for. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { textOf } from '../../../src/core/message.ts';
import { Outlines } from '../../../src/store/outlines.ts';
import { StoreFolder } from './support/openStore.ts';

const TURNS = 300;

/** Each rewind goes back one message further: the branch it leaves hangs on the one before it. */
function rewound(): string[] {
  const time = (nth: number) => new Date(Date.UTC(2026, 5, 1, 9) + nth * 1_000).toISOString();
  const message = (id: string, nth: number) => ({
    id,
    timestamp: time(nth),
    type: nth % 2 === 0 ? 'user' : 'gemini',
    content: `said ${id}`,
  });
  const lines: object[] = [
    { sessionId: 'rewound', projectHash: 'x', startTime: time(0), lastUpdated: time(0) },
  ];
  for (let nth = 0; nth <= TURNS; nth++) lines.push(message(`a${nth}`, nth));
  for (let nth = TURNS - 1; nth >= 0; nth--) {
    lines.push({ $rewindTo: `a${nth + 1}` }, message(`b${nth}`, 2 * TURNS - nth));
  }
  return lines.map((line) => JSON.stringify(line));
}

it('nested rewinds become sessions that hang on each other, without a search for each', async () => {
  const home = new StoreFolder();
  const folder = join(home.folder, 'gemini');
  const file = join(folder, 'tmp', 'x', 'chats', 'session-2026-06-01T09-00-rewound.jsonl');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${rewound().join('\n')}\n`);
  const store = await home.open({ agentRoots: { gemini: [folder] } });
  await store.setConsent('gemini', 'granted');
  const locate = vi.spyOn(Outlines.prototype, 'locate');
  await store.importSessions();
  expect(locate.mock.calls.length).toBeLessThan(10);
  locate.mockRestore();
  const { sessions, total } = await store.listSessions({ limit: 1000 });
  expect(total).toBe(TURNS + 1);
  const deepest = sessions.find(({ inheritedCount }) => inheritedCount === TURNS);
  expect(deepest?.messageCount).toBe(TURNS + 1);
  const { messages } = await store.readMessages(deepest?.id ?? '', { start: 0, end: TURNS + 1 });
  const expected = Array.from({ length: TURNS + 1 }, (_, nth) => `said a${nth}`);
  expect(messages.map((one) => textOf(one))).toEqual(expected);
  const findings = (await store.runDoctor({ repair: false })).findings;
  expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
});
