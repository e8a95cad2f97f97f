/**
 * Language models whose answers are written here, offered to VS Code the way extensions offer their
 * own: what asks them goes the whole way through `vscode.lm`. Their names say what they do.
 */
import * as vscode from 'vscode';

const NAMES = ['steady', 'patient', 'broken', 'flaky', 'abrupt'] as const;

export class ScriptedModels implements vscode.LanguageModelChatProvider {
  readonly asked: string[] = [];
  readonly cancelled: string[] = [];
  readonly #failed = new Set<string>();
  #fail = (): void => undefined;

  /** Lets the model that has begun break off. */
  breakOff(): void {
    this.#fail();
  }

  provideLanguageModelChatInformation(): vscode.LanguageModelChatInformation[] {
    return NAMES.map((name) => ({
      id: name,
      name: `Scripted ${name}`,
      family: 'scripted',
      version: '1',
      maxInputTokens: 16_000,
      maxOutputTokens: 2_000,
      capabilities: {},
    }));
  }

  async provideLanguageModelChatResponse(
    { id }: vscode.LanguageModelChatInformation,
    messages: readonly vscode.LanguageModelChatRequestMessage[],
    _options: vscode.ProvideLanguageModelChatResponseOptions,
    progress: vscode.Progress<vscode.LanguageModelResponsePart>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    this.asked.push(messages.map((message) => `${message.role}: ${textOf(message)}`).join('\n'));
    const say = (text: string) => progress.report(new vscode.LanguageModelTextPart(text));
    if (id === 'broken') throw vscode.LanguageModelError.Blocked('not that question');
    if ((id === 'flaky' || id === 'abrupt') && !this.#failed.has(id)) {
      this.#failed.add(id);
      say('It begins ');
      // VS Code hands on no text of an answer that has failed by the time it is read.
      if (id === 'flaky') await new Promise<void>((resolve) => (this.#fail = resolve));
      throw new Error('the line broke');
    }
    say(`Answer of ${id}, `);
    if (id === 'patient') {
      await new Promise<void>((resolve) => {
        token.onCancellationRequested(() => resolve());
        if (token.isCancellationRequested) resolve();
      });
      this.cancelled.push(id);
      return;
    }
    say('whole.');
  }

  provideTokenCount(
    _model: vscode.LanguageModelChatInformation,
    text: string | vscode.LanguageModelChatRequestMessage,
  ): Promise<number> {
    return Promise.resolve((typeof text === 'string' ? text : textOf(text)).length);
  }
}

function textOf({ content }: vscode.LanguageModelChatRequestMessage): string {
  return content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ''))
    .join('');
}
