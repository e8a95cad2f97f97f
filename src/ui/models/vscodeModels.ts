/**
 * The person's chat models in VS Code. VS Code asks for their consent before the first question, and
 * only because they did something: nothing here asks a model by itself. It knows no system messages
 * and counts no tokens of an answer.
 */
import {
  CancellationTokenSource,
  l10n,
  LanguageModelChatMessage,
  LanguageModelError,
  LanguageModelTextPart,
  lm,
  type LanguageModelChat,
} from 'vscode';
import { messageOf } from '../../core/errors.ts';
import {
  ModelError,
  type ModelClient,
  type ModelInfo,
  type ModelPart,
  type ModelRequest,
} from '../../core/models.ts';
import type { Disposable } from '../disposable.ts';

/** First part of the ids: no endpoint may have this name. */
export const VSCODE_SOURCE = 'vscode';

const TOO_LONG = /context[ _]?(length|window)|too (long|large)|token limit|exceeds? .{0,30}token/i;
const RATE = /rate.?limit|too many requests|quota|\b429\b/i;

export class VscodeModels implements ModelClient {
  async listModels(): Promise<readonly ModelInfo[]> {
    return (await lm.selectChatModels()).map((model) => ({
      id: `${VSCODE_SOURCE}/${model.vendor}/${model.id}`,
      name: model.name,
      provider: model.vendor,
      ...(model.maxInputTokens > 0 && { maxInputTokens: model.maxInputTokens }),
    }));
  }

  async countTokens(modelId: string, text: string, signal?: AbortSignal): Promise<number> {
    const model = await find(modelId);
    const { source, off } = tokenOf(signal);
    try {
      return await model.countTokens(text, source.token);
    } catch (error) {
      throw toModelError(error, model.name, signal);
    } finally {
      off.dispose();
    }
  }

  async *ask(
    modelId: string,
    request: ModelRequest,
    signal: AbortSignal,
  ): AsyncIterable<ModelPart> {
    const model = await find(modelId);
    const { source, off } = tokenOf(signal);
    try {
      const { system, maxOutputTokens } = request;
      const said = request.messages.map(({ role, text }) =>
        role === 'user'
          ? LanguageModelChatMessage.User(text)
          : LanguageModelChatMessage.Assistant(text),
      );
      const messages =
        system === undefined ? said : [LanguageModelChatMessage.User(system), ...said];
      const response = await model.sendRequest(
        messages,
        {
          justification: l10n.t('Multipath explores a conversation with the models you chose.'),
          ...(maxOutputTokens !== undefined && { modelOptions: { max_tokens: maxOutputTokens } }),
        },
        source.token,
      );
      for await (const part of response.stream) {
        // Kinds of parts are added from time to time; what is no text is no part of the answer.
        if (part instanceof LanguageModelTextPart) yield { type: 'text', text: part.value };
      }
      if (signal.aborted) throw cancelled();
    } catch (error) {
      throw toModelError(error, model.name, signal);
    } finally {
      off.dispose();
    }
  }
}

async function find(modelId: string): Promise<LanguageModelChat> {
  const [, vendor = '', ...rest] = modelId.split('/');
  const [model] = await lm.selectChatModels({ vendor, id: rest.join('/') });
  if (model) return model;
  throw new ModelError(
    'not-found',
    l10n.t('The model “{0}” is not in VS Code any more. Choose another one.', modelId),
  );
}

function tokenOf(signal: AbortSignal | undefined): {
  readonly source: CancellationTokenSource;
  readonly off: Disposable;
} {
  const source = new CancellationTokenSource();
  const stop = (): void => source.cancel();
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop, { once: true });
  return {
    source,
    off: {
      dispose: () => {
        signal?.removeEventListener('abort', stop);
        source.dispose();
      },
    },
  };
}

function cancelled(): ModelError {
  return new ModelError('cancelled', l10n.t('Cancelled.'));
}

function toModelError(error: unknown, name: string, signal: AbortSignal | undefined): ModelError {
  if (error instanceof ModelError) return error;
  if (signal?.aborted === true) return cancelled();
  const said = messageOf(error);
  const options = { cause: error };
  if (error instanceof LanguageModelError) {
    if (error.code === LanguageModelError.NoPermissions.name) {
      const text = l10n.t(
        'VS Code may not ask “{0}” for Multipath. Allow it under Manage Language Model Access, then retry. ({1})',
        name,
        said,
      );
      return new ModelError('unauthorized', text, options);
    }
    if (error.code === LanguageModelError.Blocked.name) {
      const text = l10n.t('“{0}” refused: {1}', name, said);
      return new ModelError(RATE.test(said) ? 'rate-limited' : 'blocked', text, options);
    }
    if (error.code === LanguageModelError.NotFound.name) {
      const text = l10n.t('“{0}” is not there any more: {1}', name, said);
      return new ModelError('not-found', text, options);
    }
  }
  const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : '';
  const words = `${said} ${cause}`;
  const failure = TOO_LONG.test(words)
    ? 'too-long'
    : RATE.test(words)
      ? 'rate-limited'
      : 'unavailable';
  return new ModelError(failure, l10n.t('“{0}” could not answer: {1}', name, said), options);
}
