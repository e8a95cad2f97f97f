/**
 * Notes on sessions as small documents in an editor, of the scheme `multipath-note`: read from the
 * store and written back when they are saved. There is nothing else in this file system.
 */
import {
  EventEmitter,
  FileChangeType,
  FileSystemError,
  FileType,
  Uri,
  window,
  workspace,
  type FileChangeEvent,
  type FileStat,
  type FileSystemProvider,
} from 'vscode';
import type { Session } from '../core/session.ts';
import { NOTE_SCHEME } from './contributions.ts';
import { disposeAll, type Disposable } from './disposable.ts';
import type { HostServices } from './services.ts';
import { fileName } from './text.ts';
import { titleOf } from './tree/treeItems.ts';

/** Opens a session's note in an editor; the tab has the session's title. */
export async function openNote(session: Pick<Session, 'id' | 'title'>): Promise<void> {
  const path = `/${session.id}/${fileName(titleOf(session))}.md`;
  await window.showTextDocument(Uri.from({ scheme: NOTE_SCHEME, path }), { preview: false });
}

/** The note as an editor saw it last. */
interface Seen {
  readonly uri: Uri;
  readonly text: string;
  readonly changedAt: number;
}

class NoteFiles implements FileSystemProvider, Disposable {
  readonly #store: HostServices['store'];
  readonly #changed = new EventEmitter<FileChangeEvent[]>();
  readonly #seen = new Map<string, Seen>();
  readonly #disposables: Disposable[];
  readonly onDidChangeFile = this.#changed.event;

  constructor({ store }: Pick<HostServices, 'store'>) {
    this.#store = store;
    this.#disposables = [
      this.#changed,
      {
        dispose: store.onDidChange((event) => {
          if (event.type !== 'sessions') return;
          for (const [id, { uri }] of this.#seen) {
            if (event.all === true || event.changed.includes(id)) void this.#look(id, uri);
          }
        }),
      },
    ];
  }

  async stat(uri: Uri): Promise<FileStat> {
    const { text, changedAt, createdAt } = await this.#read(uri);
    const size = Buffer.byteLength(text);
    return { type: FileType.File, ctime: createdAt, mtime: changedAt, size };
  }

  async readFile(uri: Uri): Promise<Uint8Array> {
    return Buffer.from((await this.#read(uri)).text);
  }

  async writeFile(uri: Uri, content: Uint8Array): Promise<void> {
    const id = idOf(uri);
    const note = Buffer.from(content).toString('utf8');
    const session = await this.#store.updateSession(id, { note });
    this.#seen.set(id, { uri, text: session.note ?? '', changedAt: Date.now() });
  }

  watch(): Disposable {
    return { dispose: () => undefined }; // the store tells
  }

  readDirectory(): never {
    throw FileSystemError.NoPermissions();
  }

  createDirectory(): never {
    throw FileSystemError.NoPermissions();
  }

  delete(): never {
    throw FileSystemError.NoPermissions();
  }

  rename(): never {
    throw FileSystemError.NoPermissions();
  }

  dispose(): void {
    disposeAll(this.#disposables);
  }

  /** Its time changes with its text only, so that an editor sees when another window wrote it. */
  async #read(uri: Uri): Promise<Seen & { readonly createdAt: number }> {
    const id = idOf(uri);
    const session = await this.#store.getSession(id);
    if (!session) throw FileSystemError.FileNotFound(uri);
    const text = session.note ?? '';
    const known = this.#seen.get(id);
    const seen = known?.text === text ? known : { uri, text, changedAt: Date.now() };
    this.#seen.set(id, seen);
    return { ...seen, createdAt: session.createdAt };
  }

  async #look(id: string, uri: Uri): Promise<void> {
    const before = this.#seen.get(id);
    const session = await this.#store.getSession(id).catch(() => undefined);
    if (session && before?.text !== (session.note ?? '')) {
      this.#changed.fire([{ type: FileChangeType.Changed, uri }]);
    }
  }
}

/** @throws FileSystemError for what names no session */
function idOf(uri: Uri): string {
  const [, id = '', name] = uri.path.split('/');
  if (id === '' || name === undefined) throw FileSystemError.FileNotFound(uri);
  return id;
}

export function registerNotes(services: HostServices): Disposable[] {
  const files = new NoteFiles(services);
  return [
    files,
    workspace.registerFileSystemProvider(NOTE_SCHEME, files, { isCaseSensitive: true }),
  ];
}
