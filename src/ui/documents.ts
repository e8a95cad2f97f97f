/**
 * Read-only documents of the scheme `multipath`: a message with nothing shortened, a branch's
 * transcript, a report of the store doctor. Their addresses name the session and the message, so that VS Code can open them again
 * after a reload; the last part is only the tab's title.
 */
import { EventEmitter, l10n, Uri, workspace } from 'vscode';
import type { Disposable } from './disposable.ts';
import { MultipathError } from '../core/errors.ts';
import type { Message } from '../core/message.ts';
import { DOCUMENT_SCHEME } from './contributions.ts';
import { roleName } from './format.ts';
import { judgementText } from './judgementText.ts';
import type { DoctorReports } from './reports.ts';
import type { ResumePreviews } from './resumePreviews.ts';
import type { HostServices } from './services.ts';
import { fileName } from './text.ts';
import { titleOf } from './tree/treeItems.ts';

/** Writes one message as Markdown; `facts` adds its time and model, which only differ in a diff. */
export type WriteMessage = (message: Message, options: { readonly facts: boolean }) => string;

/** A transcript in an editor is for reading and diffing; longer ones end with a note. */
const MOST_MESSAGES = 2000;
const PAGE = 200;

/** `side` keeps facts out of documents that are compared. */
export function messageUri(
  sessionId: string,
  message: Pick<Message, 'index' | 'role'>,
  side: 'full' | 'diff' = 'full',
): Uri {
  const name = fileName(`${message.index + 1} ${roleName(message.role)}`);
  return Uri.from({
    scheme: DOCUMENT_SCHEME,
    path: `/message/${side}/${sessionId}/${message.index}/${name}.md`,
  });
}

export function transcriptUri(session: { readonly id: string; readonly title: string }): Uri {
  return Uri.from({
    scheme: DOCUMENT_SCHEME,
    path: `/transcript/${session.id}/${fileName(titleOf(session))}.md`,
  });
}

/** How a branch's file is shown: all of it, or what was changed in it. */
export type FileView = 'whole' | 'patch';

/**
 * What a branch wrote into a file, before message `end` where there is one. The path is the file's
 * own, so that editors show it as such and take two branches' sides for one file.
 */
export function branchFileUri(sessionId: string, path: string, view: FileView, end?: number): Uri {
  const query = new URLSearchParams({ branch: sessionId, view, file: path });
  if (end !== undefined) query.set('end', String(end));
  const slashed = path.replaceAll('\\', '/');
  return Uri.from({
    scheme: DOCUMENT_SCHEME,
    path: `${slashed.startsWith('/') ? '' : '/'}${slashed}${view === 'patch' ? '.patch' : ''}`,
    query: query.toString(),
  });
}

/** What a model said of branches, one of which is this session. */
export function judgementUri(judgementId: string, sessionId: string): Uri {
  return Uri.from({
    scheme: DOCUMENT_SCHEME,
    path: `/judgement/${judgementId}/${sessionId}/${l10n.t('Judgement')}.md`,
  });
}

/** Stands for the side of a diff that has no counterpart. */
export function emptyUri(): Uri {
  return Uri.from({ scheme: DOCUMENT_SCHEME, path: `/empty/${l10n.t('no counterpart')}.md` });
}

export type DocumentAddress =
  | {
      readonly kind: 'message';
      readonly sessionId: string;
      readonly index: number;
      readonly facts: boolean;
    }
  | { readonly kind: 'transcript'; readonly sessionId: string }
  | { readonly kind: 'family'; readonly sessionId: string }
  | { readonly kind: 'judgement'; readonly id: string; readonly sessionId: string }
  | { readonly kind: 'doctor'; readonly at: number }
  | { readonly kind: 'preview'; readonly number: number }
  | {
      readonly kind: 'file';
      readonly sessionId: string;
      readonly path: string;
      readonly view: FileView;
      readonly end?: number;
    }
  | { readonly kind: 'empty' };

/** Throws `not-found` for an address that is none of ours. */
export function parseAddress(
  uri: Pick<Uri, 'path'> & { readonly query?: string },
): DocumentAddress {
  const file = fileAddress(uri.query ?? '');
  if (file) return file;
  const [, kind, ...parts] = uri.path.split('/');
  if (kind === 'empty') return { kind };
  if ((kind === 'transcript' || kind === 'family') && parts[0] !== undefined) {
    return { kind, sessionId: parts[0] };
  }
  if (kind === 'judgement' && parts[0] !== undefined && parts[1] !== undefined) {
    return { kind, id: parts[0], sessionId: parts[1] };
  }
  if (kind === 'doctor' && /^\d+$/.test(parts[0] ?? '')) return { kind, at: Number(parts[0]) };
  if (kind === 'preview' && /^\d+$/.test(parts[0] ?? '')) return { kind, number: Number(parts[0]) };
  if (kind === 'message') {
    const [side, sessionId, index] = parts;
    if (sessionId !== undefined && index !== undefined && /^\d+$/.test(index)) {
      return { kind, sessionId, index: Number(index), facts: side === 'full' };
    }
  }
  throw new MultipathError('not-found', l10n.t('This address names no session or message.'));
}

function fileAddress(query: string): DocumentAddress | undefined {
  const values = new URLSearchParams(query);
  const [sessionId, view, path] = ['branch', 'view', 'file'].map((name) => values.get(name));
  if (!sessionId || !path || (view !== 'whole' && view !== 'patch')) return undefined;
  const end = values.get('end') ?? '';
  return {
    ...{ kind: 'file', sessionId, path, view },
    ...(/^\d+$/.test(end) && { end: Number(end) }),
  };
}

export function registerDocuments(
  services: HostServices,
  write: WriteMessage,
  reports: Pick<DoctorReports, 'find'>,
  previews: Pick<ResumePreviews, 'find'>,
): Disposable {
  const { store } = services;
  const changed = new EventEmitter<Uri>();
  const unsubscribe = store.onDidChange((event) => {
    if (event.type !== 'sessions') return;
    for (const document of workspace.textDocuments) {
      if (document.uri.scheme !== DOCUMENT_SCHEME) continue;
      const address = parseAddress(document.uri);
      // Messages never change; a transcript grows, and so does a family.
      if (address.kind === 'family') changed.fire(document.uri);
      if (address.kind !== 'transcript') continue;
      if (event.all === true || event.changed.includes(address.sessionId)) {
        changed.fire(document.uri);
      }
    }
  });
  const provider = workspace.registerTextDocumentContentProvider(DOCUMENT_SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: async (uri) => {
      const address = parseAddress(uri);
      switch (address.kind) {
        case 'empty':
          return '';
        case 'message':
          return write(await store.readMessage(address.sessionId, address.index), {
            facts: address.facts,
          });
        case 'doctor':
          return (
            reports.find(address.at) ??
            l10n.t('This report was not kept. Run the store doctor again.')
          );
        case 'preview':
          return (
            previews.find(address.number) ??
            l10n.t('This preview was not kept. Resume the session again to see it.')
          );
        case 'file':
          return readFile(services, address);
        case 'judgement':
          return readJudgement(services, address.id, address.sessionId);
        case 'family':
          return store.visualizeSessionTree(address.sessionId);
        case 'transcript':
          return readTranscript(services, address.sessionId, write);
      }
    },
  });
  return {
    dispose: () => {
      unsubscribe();
      provider.dispose();
      changed.dispose();
    },
  };
}

async function readFile(
  { store }: HostServices,
  { sessionId, path, view, end }: Extract<DocumentAddress, { kind: 'file' }>,
): Promise<string> {
  const file = await store.readBranchFile(sessionId, path, end === undefined ? {} : { end });
  if (view === 'whole') return file.text;
  const note = l10n.t('What this branch changed here, as far as its tool calls tell.');
  return `# ${path}\n# ${note}\n\n${file.patch}`;
}

async function readJudgement(
  { store }: HostServices,
  id: string,
  sessionId: string,
): Promise<string> {
  const [judgement] = await store.getJudgements([sessionId], { id });
  if (!judgement) return l10n.t('This judgement is no longer in the store.');
  const sessions = await Promise.all(judgement.sessionIds.map((one) => store.getSession(one)));
  const known = sessions.filter((session) => session !== undefined);
  return judgementText(judgement, new Map(known.map((one) => [one.id, titleOf(one)])));
}

async function readTranscript(
  { store }: HostServices,
  sessionId: string,
  write: WriteMessage,
): Promise<string> {
  const parts: string[] = [];
  for (let start = 0; start < MOST_MESSAGES; start += PAGE) {
    const page = await store.readMessages(sessionId, { start, end: start + PAGE });
    parts.push(...page.messages.map((message) => write(message, { facts: false })));
    if (start + PAGE >= page.total) return parts.join('\n');
  }
  parts.push(`*${l10n.t('Only the first {0} messages are shown here.', MOST_MESSAGES)}*\n`);
  return parts.join('\n');
}
