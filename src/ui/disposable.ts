/** What must be ended: the VS Code API's own disposables, and ours, by their shape. */
export interface Disposable {
  dispose(): unknown;
}

export function disposeAll(disposables: Iterable<Disposable>): void {
  for (const disposable of disposables) disposable.dispose();
}
