/** A client for windows in which no language model can be asked. */
import { ModelError, type ModelClient } from '../../core/models.ts';

export const NO_MODELS: ModelClient = {
  listModels: () => Promise.resolve([]),
  countTokens: (_model, text) => Promise.resolve(Math.ceil(text.length / 4)),
  ask: (model) => {
    throw new ModelError('not-found', `There is no model “${model}”. Set one up first.`);
  },
};
