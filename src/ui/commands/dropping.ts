/** What sessions get that were dropped onto a group of the tree; taken back like any other change. */
import type { Disposable } from '../disposable.ts';
import { moveSessions } from './moving.ts';
import { addTag } from './organizing.ts';
import { pinSessions } from './pinning.ts';
import type { CommandServices } from './targets.ts';

export function registerDropping(services: CommandServices): Disposable[] {
  services.view.dragAndDrop.onDrop(async (ids, { kind, key }) => {
    if (kind === 'pinned') await pinSessions(services, ids, true);
    else if (kind === 'tag') await addTag(services, ids, key);
    else if (kind === 'tier' && (key === 'hot' || key === 'warm' || key === 'cold')) {
      await moveSessions(services, ids, key);
    }
  });
  return [];
}
