/**
 * All the models that can be asked: those of VS Code, and those of endpoints with keys of the
 * person's own. What asks over HTTP is loaded when there is an endpoint, and not before. In a
 * workspace that is not trusted there are none, whoever asks.
 */
import { l10n, workspace, type LogOutputChannel } from 'vscode';
import { messageOf } from '../../core/errors.ts';
import {
  ModelError,
  type ModelClient,
  type ModelInfo,
  type ModelPart,
  type ModelRequest,
} from '../../core/models.ts';
import type { Endpoint } from '../../models/endpoint.ts';
import { readEndpoints, SERVICES, type EndpointList } from './endpointSettings.ts';
import type { ModelKeys } from './modelKeys.ts';
import { VSCODE_SOURCE, VscodeModels } from './vscodeModels.ts';

export interface ModelsParts {
  readonly keys: ModelKeys;
  readonly log: Pick<LogOutputChannel, 'warn'>;
  readonly settings?: () => EndpointList;
}

export class Models implements ModelClient {
  readonly #parts: ModelsParts;
  readonly #vscode = new VscodeModels();
  #http: Promise<ModelClient> | undefined;
  /** Why endpoints gave no models when they were asked last, for the person. */
  problems: readonly string[] = [];

  constructor(parts: ModelsParts) {
    this.#parts = parts;
  }

  async listModels(): Promise<readonly ModelInfo[]> {
    this.problems = [];
    if (!workspace.isTrusted) return [];
    this.problems = this.#settings().problems;
    const [own, others] = await Promise.all([this.#listVscode(), this.#listHttp()]);
    return [...own, ...others];
  }

  async countTokens(modelId: string, text: string, signal?: AbortSignal): Promise<number> {
    return (await this.#client(modelId)).countTokens(modelId, text, signal);
  }

  async *ask(
    modelId: string,
    request: ModelRequest,
    signal: AbortSignal,
  ): AsyncIterable<ModelPart> {
    yield* (await this.#client(modelId)).ask(modelId, request, signal);
  }

  async #listVscode(): Promise<readonly ModelInfo[]> {
    try {
      return await this.#vscode.listModels();
    } catch (error) {
      this.#problem(messageOf(error));
      return [];
    }
  }

  async #listHttp(): Promise<readonly ModelInfo[]> {
    return (await this.#endpoints()).length === 0 ? [] : (await this.#loaded()).listModels();
  }

  async #client(modelId: string): Promise<ModelClient> {
    if (!workspace.isTrusted) {
      throw new ModelError(
        'unauthorized',
        l10n.t('No model is asked in Restricted Mode. Trust the workspace first.'),
      );
    }
    return modelId.startsWith(`${VSCODE_SOURCE}/`) ? this.#vscode : this.#loaded();
  }

  #loaded(): Promise<ModelClient> {
    this.#http ??= import('../../models/httpModels.lazy.ts').then(({ createHttpModels }) =>
      createHttpModels({
        endpoints: () => this.#endpoints(),
        onProblem: (_, error) => this.#problem(error.message),
      }),
    );
    return this.#http;
  }

  async #endpoints(): Promise<readonly Endpoint[]> {
    const { endpoints } = this.#settings();
    const set = await Promise.all(endpoints.map((endpoint) => this.#withKey(endpoint)));
    const services = await Promise.all(
      SERVICES.filter(({ name }) => !endpoints.some((endpoint) => endpoint.name === name)).map(
        (endpoint) => this.#withKey(endpoint),
      ),
    );
    return [...set, ...services.filter(({ key }) => key !== undefined)];
  }

  async #withKey(endpoint: Endpoint): Promise<Endpoint> {
    const key = await this.#parts.keys.get(endpoint.name, endpoint.baseUrl);
    return key === undefined ? endpoint : { ...endpoint, key };
  }

  #settings(): EndpointList {
    return (this.#parts.settings ?? readEndpoints)();
  }

  #problem(text: string): void {
    this.#parts.log.warn(`Models: ${text}`);
    this.problems = [...this.problems, text];
  }
}
