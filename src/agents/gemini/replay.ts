/**
 * Replays a Gemini log: messages in order, the same id again for a newer version of a message,
 * `$rewindTo` for taking the end back, `$set.messages` for another list altogether.
 */
import type { OutlineEntry } from '../../core/reader.ts';
import type { TreeNode } from '../branchTree.ts';
import { Timeline } from '../timeline.ts';
import type { MessageFact } from './message.ts';

export type Step =
  | { readonly seq: number; readonly kind: 'message'; readonly message: MessageFact }
  | { readonly seq: number; readonly kind: 'rewind'; readonly to: string }
  /** The messages up to `end` are the whole list. */
  | { readonly seq: number; readonly kind: 'replace' | 'end' };

/** A message and the records it stands on; the last one counts. */
interface Versions {
  readonly seqs: number[];
  fact: MessageFact;
}

export interface Replayed {
  readonly nodes: readonly TreeNode[];
  readonly leaf: number;
}

export function replay(steps: readonly Step[]): Replayed {
  const timeline = new Timeline<Versions>();
  const byId = new Map<string, Versions>();
  let places = new Map<Versions, number>();
  let list: Versions[] | undefined;

  const versionsOf = ({ seq, message }: Extract<Step, { kind: 'message' }>): Versions => {
    const known = message.id === undefined ? undefined : byId.get(message.id);
    if (known && (list !== undefined || places.has(known))) {
      known.seqs.push(seq);
      known.fact = message;
      return known;
    }
    const versions = { seqs: [seq], fact: message };
    if (message.id !== undefined) byId.set(message.id, versions);
    return versions;
  };
  const arrange = (): void => {
    if (!list) return;
    // Named twice, a message has one place.
    const items = [...new Set(list)];
    timeline.arrange(items);
    places = new Map(items.map((versions, index) => [versions, index]));
    list = undefined;
  };

  for (const step of steps) {
    if (step.kind === 'message') {
      const versions = versionsOf(step);
      if (list) list.push(versions);
      else if (!places.has(versions)) {
        places.set(versions, timeline.length);
        timeline.append(versions);
      }
      continue;
    }
    arrange();
    if (step.kind === 'replace') list = [];
    else if (step.kind === 'rewind') {
      const target = byId.get(step.to);
      // Gemini CLI takes everything away when it does not know the message.
      const from = (target && places.get(target)) ?? 0;
      for (let at = from; at < timeline.length; at++) {
        const removed = timeline.at(at);
        if (removed) places.delete(removed);
      }
      timeline.truncate(from);
    }
  }
  arrange();
  const { nodes, leaf } = timeline.tree();
  return { nodes: nodes.map(({ parent, item }) => ({ parent, ...outlineOf(item) })), leaf };
}

function outlineOf({ seqs, fact }: Versions): Omit<TreeNode, 'parent'> {
  const { id, role, timestamp, model, tokens, tools, errors, open, words } = fact;
  const entry: OutlineEntry = {
    role,
    seqs,
    ...(id !== undefined && { nativeId: id, lineageId: id }),
    ...(timestamp !== undefined && { timestamp }),
    ...(model !== undefined && { model }),
    ...(role === 'assistant' && { provider: 'google' }),
    ...(tokens && { tokens }),
    ...(open && { open }),
    ...(tools > 0 && { tools }),
    ...(errors > 0 && { errors }),
  };
  return { entry, ...(words !== undefined && { words }) };
}
