/** Which graphs are open: one panel for a family. */
import { window, type WebviewPanel } from 'vscode';
import * as v from 'valibot';
import { PanelTypes } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import type { HostServices } from '../services.ts';
import { GraphPanel, type GraphActions } from './graphPanel.ts';

const graphState = v.looseObject({ sessionId: v.pipe(v.string(), v.minLength(1)) });

export class GraphPanels implements Disposable {
  readonly #services: HostServices;
  readonly #actions: GraphActions;
  readonly #open = new Set<GraphPanel>();
  readonly #serializer: Disposable;

  constructor(services: HostServices, actions: GraphActions) {
    this.#services = services;
    this.#actions = actions;
    this.#serializer = window.registerWebviewPanelSerializer(PanelTypes.graph, {
      deserializeWebviewPanel: (panel, state) => this.#restore(panel, state),
    });
  }

  /** The graph that the person is looking at. */
  get active(): GraphPanel | undefined {
    return [...this.#open].find(({ panel }) => panel.active);
  }

  show(sessionId: string, showLedger: boolean): void {
    const open = [...this.#open].find((panel) => panel.holds(sessionId));
    if (open) open.show(sessionId, showLedger);
    else this.#adopt(GraphPanel.create(this.#services, this.#actions, sessionId, showLedger));
  }

  dispose(): void {
    this.#serializer.dispose();
    for (const panel of [...this.#open]) panel.dispose();
  }

  #adopt(panel: GraphPanel): void {
    this.#open.add(panel);
    panel.panel.onDidDispose(() => {
      this.#open.delete(panel);
      panel.dispose();
    });
  }

  #restore(panel: WebviewPanel, state: unknown): Promise<void> {
    const parsed = v.safeParse(graphState, state);
    if (parsed.success) {
      const { sessionId } = parsed.output;
      this.#adopt(new GraphPanel(this.#services, this.#actions, panel, sessionId));
    } else {
      // A panel that was closed before it had loaded does not know what it showed.
      this.#services.log.info('A graph knew nothing to show again.');
      panel.dispose();
    }
    return Promise.resolve();
  }
}
