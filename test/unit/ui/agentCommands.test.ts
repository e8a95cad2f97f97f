/** Agents are started by their program and arguments; no shell reads what a transcript says. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { workspace } from 'vscode';
import {
  commandLine,
  configuredCommand,
  findProgram,
  launchOf,
} from '../../../src/ui/agentCommands.ts';

const NASTY = [
  'a b',
  `it's "quoted"`,
  '$(touch /tmp/owned)',
  '`id`; rm -rf ~ & echo %PATH%',
  '-rf',
  'Łódź 日本 \u202e',
  '!bang\\back|pipe>out<in*?[x]{y}~',
  'new\nline',
];
const LINUX = { platform: 'linux', variables: {} } as const;

describe('a command', () => {
  it('is found on the PATH, and only where it can be run', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'multipath-path-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const bin = path.join(folder, 'b in');
    mkdirSync(bin);
    mkdirSync(path.join(folder, 'codex'));
    writeFileSync(path.join(bin, 'codex'), '#!/bin/sh\n');
    writeFileSync(path.join(bin, 'pi'), 'no program');
    chmodSync(path.join(bin, 'codex'), 0o755);
    const variables = { PATH: ['relative', folder, bin].join(':') };
    const system = { platform: 'linux', variables } as const;
    expect(await findProgram('codex', system)).toBe(path.join(bin, 'codex'));
    expect(await findProgram('pi', system)).toBeUndefined();
    expect(await findProgram('claude', system)).toBeUndefined();
    expect(await findProgram(path.join(bin, 'codex'), LINUX)).toBe(path.join(bin, 'codex'));
  });

  it('is passed on word by word', () => {
    expect(launchOf('/bin/claude', NASTY, LINUX)).toEqual({
      shellPath: '/bin/claude',
      shellArgs: NASTY,
    });
    const windows = { platform: 'win32', variables: { ComSpec: 'C:\\cmd.exe' } } as const;
    expect(launchOf('C:\\x\\codex.exe', ['resume', 'a b'], windows).shellArgs).toEqual([
      'resume',
      'a b',
    ]);
    expect(launchOf('C:\\n m\\pi.cmd', ['--session', 'C:\\a & b'], windows)).toEqual({
      shellPath: 'C:\\cmd.exe',
      shellArgs: '/d /s /c ""C:\\n m\\pi.cmd" "--session" "C:\\a & b""',
    });
    expect(() => launchOf('C:\\pi.cmd', ['%PATH%'], windows)).toThrow('safely');
  });

  it.skipIf(process.platform === 'win32')('is copied so that a shell reads it as it is', () => {
    const words = fc.array(
      fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme' }).map(noNul)),
    );
    const print = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
    fc.assert(
      fc.property(words, (args) => {
        const line = commandLine(
          tmpdir(),
          { program: process.execPath, args: ['-e', print, '--', ...args] },
          'linux',
        );
        expect(line).not.toMatch(/\p{Cc}/u);
        const shell = line.includes("$'") ? 'bash' : '/bin/sh';
        const told = execFileSync(shell, ['-c', line], { encoding: 'utf8' });
        expect(JSON.parse(told)).toEqual(args);
      }),
      { numRuns: 15 },
    );
  });

  it('presses no key of the terminal it is pasted into', () => {
    const command = { program: 'pi', args: ['--session', 'x'] };
    expect(commandLine("/tmp/it's\r\u0003\u009b", command, 'linux')).toBe(
      "cd $'/tmp/it\\'s\\015\\003\\302\\233' && pi --session x",
    );
    expect(commandLine("C:\\it's\u0003a", command, 'win32')).toBe(
      "Set-Location -LiteralPath ('C:\\it''s' + [char]3 + 'a'); & 'pi' '--session' 'x'",
    );
  });

  it('is quoted for PowerShell on Windows', () => {
    expect(commandLine("C:\\it's", { program: 'pi', args: ['--session', '$(x)'] }, 'win32')).toBe(
      "Set-Location -LiteralPath 'C:\\it''s'; & 'pi' '--session' '$(x)'",
    );
    // Each of these ends a quoted word there, unless it is doubled.
    for (const quote of ['\u2018', '\u2019', '\u201a', '\u201b']) {
      expect(commandLine(`C:\\a${quote}; b`, { program: 'pi', args: [] }, 'win32')).toBe(
        `Set-Location -LiteralPath 'C:\\a${quote}${quote}; b'; & 'pi'`,
      );
    }
  });

  it('has the program that the person named', () => {
    const command = { program: 'codex', args: ['resume', 'x'] };
    const named = (value: unknown) =>
      vi
        .spyOn(workspace, 'getConfiguration')
        // Only `get` is asked.
        .mockReturnValueOnce({ get: () => value } as unknown as ReturnType<
          typeof workspace.getConfiguration
        >);
    named(['npx', '', '@openai/codex', 5]);
    expect(configuredCommand('codex', command)).toEqual({
      program: 'npx',
      args: ['@openai/codex', 'resume', 'x'],
    });
    for (const value of [undefined, [], 'codex; rm -rf', [1]]) {
      named(value);
      expect(configuredCommand('codex', command)).toEqual(command);
    }
    expect(configuredCommand('gemini', command)).toBe(command);
  });
});

function noNul(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
