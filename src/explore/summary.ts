/** A branch summed up by a model: what the person sees and may edit before it is merged. */
import type { ContextReport, ExploreOperations } from '../core/exploration.ts';
import type { ModelClient, ModelInfo } from '../core/models.ts';
import { addSecrets, redact } from '../core/redaction/redact.ts';
import { SUMMARY_FRAME_TOKENS, SUMMARY_TOKENS, summaryRequest } from '../core/summaryPrompt.ts';
import { oneAnswer, roomFor } from './oneAnswer.ts';

export interface SummaryOrder {
  readonly model: ModelInfo;
  readonly sessionId: string;
  readonly title: string;
  /** Indexes of the first and the last message that are summed up. */
  readonly from: number;
  readonly to: number;
}

export interface WrittenSummary {
  readonly text: string;
  /** What the model was shown, and what not. */
  readonly report: ContextReport;
}

/**
 * @param onText is told what has come of it, all of it each time
 * @throws ModelError, or the signal's reason
 */
export async function writeSummary(
  client: ModelClient,
  store: Pick<ExploreOperations, 'readContext'>,
  { model, sessionId, title, from, to }: SummaryOrder,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<WrittenSummary> {
  const { messages, report } = await store.readContext(sessionId, {
    fromMessage: from,
    atMessage: to,
    maxTokens: roomFor(model, SUMMARY_FRAME_TOKENS, SUMMARY_TOKENS),
  });
  // A title is often the first words of a conversation, secrets and all.
  const named = await redact(title);
  const request = summaryRequest(named.text, messages);
  const { text } = await oneAnswer(client, model.id, request, signal, onText);
  return { text, report: { ...report, redacted: addSecrets(report.redacted, named.secrets) } };
}
