/** Sessions handed on as text. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ResumeOperations } from '../../core/resuming.ts';
import { PromptText } from '../../export/prompt.ts';
import { cutOf } from '../../store/cuts.ts';
import type { OperationContext } from './context.ts';

/** Messages between two turns of the event loop. */
const PART = 20;

export function promptOperations(context: OperationContext): Pick<ResumeOperations, 'promptOf'> {
  const { catalogue, commits, outlines, transcripts } = context.core;
  return {
    promptOf: async (sessionId, { atMessage } = {}) => {
      commits.settle();
      const { title } = catalogue.get(sessionId);
      const position = context.position(sessionId);
      const { at, movedBecause } = cutOf(outlines, position, atMessage);
      const prompt = new PromptText(title);
      for (let index = 0; index <= at; index++) {
        prompt.add(await transcripts.readWhole(position, index));
        if (index % PART === 0) await nextTurn();
      }
      return {
        text: prompt.toString(),
        atMessage: at,
        ...(movedBecause !== undefined && { movedBecause }),
      };
    },
  };
}
