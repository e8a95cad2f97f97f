/** The VS Code API with our ids typed: commands, context keys, errors shown once and readably. */
import { commands, l10n, window, type LogOutputChannel } from 'vscode';
import type { Disposable } from './disposable.ts';
import { messageOf, MultipathError } from '../core/errors.ts';
import { Commands, type CommandId, type ContextKeys } from './contributions.ts';
import { plain } from './text.ts';

export function runCommand(id: CommandId, ...args: readonly unknown[]): Thenable<unknown> {
  return commands.executeCommand(id, ...args);
}

export function setContextKey<K extends keyof ContextKeys>(
  key: K,
  value: ContextKeys[K],
): Thenable<unknown> {
  return commands.executeCommand('setContext', key, value);
}

/** Registers a command whose failures are logged and shown, with the way to the log. */
export function registerCommand(
  log: LogOutputChannel,
  id: CommandId,
  handler: (...args: readonly unknown[]) => unknown,
): Disposable {
  return commands.registerCommand(id, async (...args: readonly unknown[]) => {
    try {
      return await handler(...args);
    } catch (error) {
      await showError(log, error);
      return undefined;
    }
  });
}

export async function showError(log: LogOutputChannel, error: unknown): Promise<void> {
  if (MultipathError.is(error, 'cancelled')) return;
  log.error(error instanceof Error ? error : messageOf(error));
  const showLog = l10n.t('Show Log');
  const answer = await window.showErrorMessage(plain(messageOf(error), 300), showLog);
  if (answer === showLog) await runCommand(Commands.showLog);
}
