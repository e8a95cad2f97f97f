/** Whether there is a model to ask, and what the person can do where there is none. */
import { commands, l10n, window, workspace } from 'vscode';
import { Commands } from '../contributions.ts';
import { plain } from '../text.ts';
import { openEndpointSettings } from './modelKeys.ts';

/** False where the workspace is not trusted, which the person is told. */
export async function mayAskModels(): Promise<boolean> {
  if (workspace.isTrusted) return true;
  const manage = l10n.t('Manage Workspace Trust');
  const answer = await window.showWarningMessage(
    l10n.t(
      'This sends conversations to language models, so it is not available in Restricted Mode.',
    ),
    manage,
  );
  if (answer === manage) await commands.executeCommand('workbench.trust.manage');
  return false;
}

/** With what is in the way, and the ways to a model. */
export async function sayNoModels(problems: readonly string[]): Promise<void> {
  const add = l10n.t('Add an Endpoint…');
  const key = l10n.t('Set a Key…');
  const text =
    problems.length > 0
      ? l10n.t('No model can be asked. {0}', plain(problems.join(' '), 400))
      : l10n.t(
          'There is no model to ask: sign in to GitHub Copilot or another extension with chat models, set a key for OpenAI, Anthropic or Google, or add an endpoint such as Ollama.',
        );
  const answer = await window.showWarningMessage(text, add, key);
  if (answer === add) await openEndpointSettings();
  if (answer === key) await commands.executeCommand(Commands.setModelKey);
}
