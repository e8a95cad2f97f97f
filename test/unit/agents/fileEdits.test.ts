/**
 * What each agent's edit and write tools tell of files: the table in docs/comparison.md, held against
 * recordings. What the readers count from an agent's own patch must be what the edits found add up
 * to, and a file replayed must be what the agent recorded that it found there.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Agent } from '../../../src/agents/agent.ts';
import { claudeCode } from '../../../src/agents/claude-code/index.ts';
import { codex } from '../../../src/agents/codex/index.ts';
import { gemini } from '../../../src/agents/gemini/index.ts';
import { pi } from '../../../src/agents/pi/index.ts';
import { vscodeChat } from '../../../src/agents/vscode-chat/index.ts';
import { fileEditsOf, seenTextOf, type FileEdit } from '../../../src/core/fileEdits.ts';
import { FileReplay } from '../../../src/core/fileReplay.ts';
import { editedFiles, type ToolBlock } from '../../../src/core/message.ts';
import { jsonLines, readBytes, readText, type ReadFile } from './support/agentFiles.ts';

const SAMPLES = path.join(import.meta.dirname, '../../../../shared/samples');

function filesOf(agent: Agent, folder: string): ReadFile[] {
  const root = path.join(SAMPLES, folder);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.jsonl?$/.test(name))
    .sort()
    .map((name) => readBytes(agent, path.join(root, name), readFileSync(path.join(root, name))));
}

function callsOf(file: ReadFile): ToolBlock[] {
  return file.log.branches
    .flatMap(({ entries }) => entries)
    .flatMap((entry) => file.shown(entry).content)
    .filter((block) => block.type === 'tool');
}

/** Lines that an edit adds, less those it removes. */
function netOf(edit: FileEdit): number {
  if (edit.kind !== 'passages') return 0;
  const lines = (text: string): number => text.split('\n').length;
  return edit.passages.reduce((sum, { old, now }) => sum + lines(now) - lines(old), 0);
}

describe.skipIf(!existsSync(SAMPLES)).each([
  // [agent, folder, edits whose content is told, those that are not, patches that add up otherwise]
  [claudeCode, 'claude-code', 198, 0, 0],
  // Two more stand in a call that has no result: it was not carried out.
  [codex, 'codex', 3, 0, 0],
  // The one that differs changes whether the file's last line ends.
  [gemini, 'gemini-cli', 5, 0, 1],
  // 36 more stand in answers that were cut short, whose calls have no result.
  [pi, 'pi', 418, 0, 0],
  // No recording with an edit.
  [vscodeChat, 'vscode-copilot-chat', 0, 0, 0],
] as const)('edits in recordings of $id', (agent, folder, told, untold, odd) => {
  it('are told by the calls, and add up to the lines that were counted', () => {
    const calls = filesOf(agent, folder).flatMap(callsOf);
    const edits = calls.flatMap((call) => fileEditsOf(call));
    expect(edits.filter(({ kind }) => kind === 'unknown')).toHaveLength(untold);
    expect(edits).toHaveLength(told + untold);
    const unlike = calls.filter((call) => {
      const found = fileEditsOf(call).filter(({ kind }) => kind === 'passages');
      if (found.length === 0 || found.length < editedFiles(call).length) return false;
      const counted = editedFiles(call).reduce((sum, file) => sum + file.added - file.removed, 0);
      return counted !== found.reduce((sum, edit) => sum + netOf(edit), 0);
    });
    expect(unlike).toHaveLength(odd);
  });
});

describe('a call that was not carried out', () => {
  it('has changed no file', () => {
    const call = {
      type: 'toolCall',
      id: 'c',
      name: 'write',
      arguments: { path: 'a', content: 'x' },
    };
    const answer = { role: 'assistant', content: [call], stopReason: 'aborted' };
    const result = { role: 'toolResult', toolCallId: 'c', toolName: 'write', content: [] };
    const patch = '*** Begin Patch\n*** Add File: a\n+x\n*** End Patch';
    const item = (payload: unknown) => ({ type: 'response_item', payload });
    const patched = item({
      type: 'custom_tool_call',
      call_id: 'c',
      name: 'apply_patch',
      input: patch,
    });
    const cases = [
      [pi, [{ type: 'message', message: answer }], { type: 'message', message: result }],
      [codex, [patched], item({ type: 'custom_tool_call_output', call_id: 'c', output: 'Done' })],
    ] as const;
    for (const [agent, lines, carriedOut] of cases) {
      const filesIn = (...more: readonly unknown[]): string[] =>
        callsOf(readText(agent, '/x.jsonl', jsonLines(...lines, ...more)))
          .flatMap(editedFiles)
          .map((file) => file.path);
      expect(filesIn()).toEqual([]);
      expect(filesIn(carriedOut)).toEqual(['a']);
    }
  });
});

describe.skipIf(!existsSync(SAMPLES))('files replayed from recordings of Claude Code', () => {
  it('hold what Claude Code found there before each edit', () => {
    const figures = { same: 0, other: 0, unknown: 0 };
    for (const file of filesOf(claudeCode, 'claude-code')) {
      const originals = originalsOf(file);
      const replays = new Map<string, FileReplay>();
      for (const [index, call] of callsOf(file).entries()) {
        const name = call.name === 'Read' ? call.summary : call.edit?.path;
        if (name === undefined) continue;
        const replay = replays.get(name) ?? new FileReplay(name);
        replays.set(name, replay);
        const seen = seenTextOf(call);
        if (seen !== undefined) replay.seen(seen);
        for (const edit of fileEditsOf(call)) {
          const original = originals.get(call.callId);
          const { known, text } = replay.file;
          if (original !== undefined) {
            if (known !== 'whole') figures.unknown++;
            // Whether the last line ends is not shown by a look.
            else if (text.trimEnd() === original.trimEnd()) figures.same++;
            else figures.other++;
          }
          replay.apply(edit, index);
        }
      }
    }
    // The others were changed by a formatter or by hand in between; no call tells of that.
    expect(figures).toEqual({ same: 102, other: 4, unknown: 57 });
  });
});

/** What a file held before a call edited it, as Claude Code wrote it down, by the call's id. */
function originalsOf({ records }: ReadFile): ReadonlyMap<string, string> {
  const originals = new Map<string, string>();
  for (const record of records) {
    const text = Buffer.from(record).toString();
    if (!text.includes('"originalFile"')) continue;
    const line = JSON.parse(text) as {
      toolUseResult?: { originalFile?: unknown };
      message?: { content?: unknown };
    };
    const original = line.toolUseResult?.originalFile;
    const [answer] = Array.isArray(line.message?.content)
      ? (line.message.content as { tool_use_id?: string }[])
      : [];
    if (typeof original === 'string' && answer?.tool_use_id !== undefined) {
      originals.set(answer.tool_use_id, original);
    }
  }
  return originals;
}
