/**
 * The little of the VS Code API that ui code needs outside an editor: its value types as they
 * behave, and its functions as recorders. Everything that must be ended is counted in `live`.
 */

/** Names of what was created and not yet disposed. */
export const live = new Map<object, string>();

function tracked<T extends object>(name: string, value: T, onDispose?: () => void) {
  const result = Object.assign(value, {
    dispose: () => {
      live.delete(result);
      onDispose?.();
    },
  });
  live.set(result, name);
  return result;
}

export class EventEmitter<T> {
  readonly #listeners = new Set<(event: T) => unknown>();
  readonly event = (listener: (event: T) => unknown, thisArgument?: unknown) => {
    const bound = (event: T) => listener.call(thisArgument, event);
    this.#listeners.add(bound);
    return tracked('listener', {}, () => this.#listeners.delete(bound));
  };
  fire(event: T): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
  constructor() {
    live.set(this, 'event emitter');
  }
  dispose(): void {
    live.delete(this);
    this.#listeners.clear();
  }
}

export class Uri {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
  constructor(scheme: string, path: string, query = '') {
    this.scheme = scheme;
    this.path = path;
    this.query = query;
  }
  static from(parts: { scheme: string; path: string; query?: string }): Uri {
    return new Uri(parts.scheme, parts.path, parts.query);
  }
  static file(path: string): Uri {
    return new Uri('file', path);
  }
  static parse(text: string): Uri {
    const url = new URL(text);
    return new Uri(url.protocol.slice(0, -1), url.pathname);
  }
  static joinPath(base: Uri, ...parts: string[]): Uri {
    return new Uri(base.scheme, [base.path, ...parts].join('/'));
  }
  get fsPath(): string {
    return this.path;
  }
  toString(): string {
    return `${this.scheme}:${this.path}`;
  }
}

export class ThemeColor {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

export class ThemeIcon {
  readonly id: string;
  readonly color: ThemeColor | undefined;
  constructor(id: string, color?: ThemeColor) {
    this.id = id;
    this.color = color;
  }
}

export class TreeItem {
  readonly label: unknown;
  readonly collapsibleState: number;
  constructor(label: unknown, collapsibleState = 0) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

export class MarkdownString {
  value: string;
  isTrusted: unknown = undefined;
  supportHtml = false;
  constructor(value = '') {
    this.value = value;
  }
}

export class FileDecoration {
  readonly badge: string | undefined;
  readonly tooltip: string | undefined;
  readonly color: ThemeColor | undefined;
  constructor(badge?: string, tooltip?: string, color?: ThemeColor) {
    this.badge = badge;
    this.tooltip = tooltip;
    this.color = color;
  }
}

export class DataTransferItem {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

export class FileSystemError extends Error {
  static FileNotFound(uri: unknown): FileSystemError {
    return new FileSystemError(`FileNotFound ${String(uri)}`);
  }
  static NoPermissions(): FileSystemError {
    return new FileSystemError('NoPermissions');
  }
}

export const FileType = { Unknown: 0, File: 1, Directory: 2, SymbolicLink: 64 };
export const FileChangeType = { Changed: 1, Created: 2, Deleted: 3 };
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const ExtensionMode = { Production: 1, Development: 2, Test: 3 };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 };
export const QuickPickItemKind = { Separator: -1, Default: 0 };
export const QuickInputButtons = { Back: {} };
export const ViewColumn = { Active: -1, Beside: -2, One: 1 };

export const l10n = {
  t: (message: string, ...values: (string | number)[]): string =>
    message.replaceAll(/\{(\d+)\}/g, (hole, position: string) => {
      const value = values[Number(position)];
      return value === undefined ? hole : String(value);
    }),
};

export const env = { language: 'en', clipboard: { writeText: () => Promise.resolve() } };

/** Commands that were registered, by id, and context keys that were set. */
export const registered = new Map<string, (...args: unknown[]) => unknown>();
export const contextKeys = new Map<string, unknown>();

export const commands = {
  registerCommand(id: string, handler: (...args: unknown[]) => unknown) {
    registered.set(id, handler);
    return tracked(`command ${id}`, {}, () => registered.delete(id));
  },
  executeCommand(id: string, ...args: unknown[]): Promise<unknown> {
    if (id === 'setContext') contextKeys.set(String(args[0]), args[1]);
    return Promise.resolve(registered.get(id)?.(...args));
  },
};

const noEvent = (name: string) => () => tracked(name, {});
/** Status bar items and tree views, as they were made. */
export const statusBarItems: Record<string, unknown>[] = [];
export const treeViews: Record<string, unknown>[] = [];
/** Pickers with what a person can do to them, as they were made. */
export interface PlayedPicker {
  show: () => void;
  value: string;
  items: readonly unknown[];
  readonly drawn: readonly unknown[];
  activeItems: readonly unknown[];
  busy: boolean;
  readonly buttons: readonly unknown[];
  hide(): void;
  type(value: string): void;
  accept(item: unknown): void;
  pressButton(): void;
  pressItemButton(item: unknown): void;
}
export const quickPicks: PlayedPicker[] = [];

/**
 * From here on pickers are answered as soon as they are shown: with an item, with several, or by going
 * away where `choose` says `undefined`.
 */
export function answerPicks<T>(
  choose: (items: readonly T[]) => T | readonly T[] | undefined,
): Disposable {
  const { createQuickPick } = window;
  window.createQuickPick = () => {
    const picker = createQuickPick();
    picker.show = () => {
      // Who asks for an answer knows what is offered.
      const picked = choose(picker.items as readonly T[]);
      if (picked === undefined) picker.hide();
      else picker.accept(picked);
    };
    return picker;
  };
  return { dispose: () => void (window.createQuickPick = createQuickPick) };
}

/** Input boxes, likewise. */
export interface PlayedInput {
  readonly buttons: readonly unknown[];
  type(value: string): void;
  accept(): void;
  hide(): void;
  pressButton(): void;
}
export const inputBoxes: PlayedInput[] = [];

/** Whether the person pressed Cancel of whatever shows progress. */
export const cancellation = { isCancellationRequested: false };

interface Disposable {
  dispose(): void;
}

export const window = {
  state: { focused: true },
  onDidChangeWindowState: noEvent('onDidChangeWindowState'),
  createOutputChannel: () =>
    tracked('output channel', {
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
      debug: () => undefined,
      show: () => undefined,
    }),
  createTreeView(id: string) {
    const view = tracked(`tree view ${id}`, {
      id,
      visible: false,
      selection: [],
      description: '',
      message: '',
      reveal: () => Promise.resolve(),
      onDidChangeVisibility: noEvent('onDidChangeVisibility'),
      onDidChangeSelection: noEvent('onDidChangeSelection'),
      onDidExpandElement: noEvent('onDidExpandElement'),
      onDidCollapseElement: noEvent('onDidCollapseElement'),
    });
    treeViews.push(view);
    return view;
  },
  createQuickPick: () => {
    const accept = new EventEmitter<void>();
    const change = new EventEmitter<string>();
    const hide = new EventEmitter<void>();
    const itemButton = new EventEmitter<unknown>();
    const button = new EventEmitter<unknown>();
    const emitters = [accept, change, hide, itemButton, button];
    let items: readonly unknown[] = [];
    let isNew = false;
    const picker = tracked(
      'quick pick',
      {
        value: '',
        get items(): readonly unknown[] {
          return items;
        },
        set items(all: readonly unknown[]) {
          items = all;
          isNew = !picker.shown;
          if (picker.shown) picker.drawn = all;
        },
        /** What stands in its list: to show it again empties it of what was set before. */
        drawn: [] as readonly unknown[],
        activeItems: [] as readonly unknown[],
        selectedItems: [] as readonly unknown[],
        buttons: [] as readonly unknown[],
        busy: false,
        shown: false,
        ignoreFocusOut: false,
        onDidAccept: accept.event,
        onDidChangeValue: change.event,
        onDidHide: hide.event,
        onDidTriggerItemButton: itemButton.event,
        onDidTriggerButton: button.event,
        show: () => {
          if (!picker.shown) picker.drawn = isNew ? items : [];
          isNew = false;
          picker.shown = true;
        },
        hide: () => {
          picker.shown = false;
          hide.fire();
        },
        /** As the person does. */
        type: (value: string) => {
          picker.value = value;
          change.fire(value);
        },
        accept: (item: unknown) => {
          picker.selectedItems = Array.isArray(item) ? item : [item];
          accept.fire();
        },
        pressButton: () => button.fire(picker.buttons[0]),
        pressItemButton: (item: unknown) => itemButton.fire({ item }),
      },
      () => {
        for (const emitter of emitters) emitter.dispose();
      },
    );
    quickPicks.push(picker);
    return picker;
  },
  createInputBox() {
    const accept = new EventEmitter<void>();
    const hide = new EventEmitter<void>();
    const button = new EventEmitter<unknown>();
    const change = new EventEmitter<string>();
    const box = tracked(
      'input box',
      {
        value: '',
        buttons: [] as readonly unknown[],
        onDidAccept: accept.event,
        onDidHide: hide.event,
        onDidChangeValue: change.event,
        onDidTriggerButton: button.event,
        show: () => undefined,
        hide: () => hide.fire(),
        /** As the person does. */
        type: (value: string) => {
          box.value = value;
          change.fire(value);
        },
        accept: () => accept.fire(),
        pressButton: () => button.fire(box.buttons[0]),
      },
      () => {
        for (const emitter of [accept, hide, button, change]) emitter.dispose();
      },
    );
    inputBoxes.push(box);
    return box;
  },
  createStatusBarItem() {
    const item = tracked('status bar item', { show: () => undefined, hide: () => undefined });
    statusBarItems.push(item);
    return item;
  },
  registerFileDecorationProvider: noEvent('decoration provider'),
  registerWebviewPanelSerializer: (type: string) => tracked(`serializer ${type}`, {}),
  setStatusBarMessage: () => ({ dispose: () => undefined }),
  withProgress: <T>(
    _options: unknown,
    work: (
      progress: { report(): void },
      token: { isCancellationRequested: boolean; onCancellationRequested: () => Disposable },
    ) => Promise<T>,
  ): Promise<T> =>
    work(
      { report: () => undefined },
      { ...cancellation, onCancellationRequested: noEvent('token') },
    ),
  createTerminal: (options: unknown) => tracked('terminal', { options, show: () => undefined }),
  showErrorMessage: () => Promise.resolve(undefined),
  showInformationMessage: () => Promise.resolve(undefined),
  showWarningMessage: () => Promise.resolve(undefined),
};

export const workspace = {
  workspaceFolders: undefined,
  textDocuments: [],
  fs: { stat: (uri: Uri) => Promise.reject(FileSystemError.FileNotFound(uri)) },
  getConfiguration: () => ({ get: () => undefined }),
  onDidChangeWorkspaceFolders: noEvent('onDidChangeWorkspaceFolders'),
  onDidChangeConfiguration: noEvent('onDidChangeConfiguration'),
  registerFileSystemProvider: (scheme: string) => tracked(`file system ${scheme}`, {}),
  registerTextDocumentContentProvider: (scheme: string) =>
    tracked(`content provider ${scheme}`, {}),
};
