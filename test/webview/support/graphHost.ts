/**
 * A played host for the graph panel: the real channel and schemas over a family that is made up.
 * What crosses to the panel goes through JSON, as in VS Code. It notes everything it is asked.
 */
import type { Browser } from 'playwright-core';
import type { FamilyGraph } from '../../../src/core/family.ts';
import { Channel, type Handlers } from '../../../src/protocol/channel.ts';
import {
  graphHostSchemas,
  type GraphHost,
  type GraphState,
  type GraphView,
} from '../../../src/protocol/panels.ts';
import { openPanel, type PanelOptions, type PanelPage } from './page.ts';
import { panelSuite } from './panelSuite.ts';
import type { PanelServer } from './server.ts';

export function graphState(graph: FamilyGraph, rest: Partial<GraphState> = {}): GraphState {
  return {
    sessionId: graph.rootId,
    graph,
    running: [],
    agents: {
      'claude-code': 'Claude Code',
      codex: 'Codex CLI',
      pi: 'pi',
      multipath: 'Multipath',
    },
    notice: null,
    strings: {},
    ...rest,
  };
}

export class PlayedGraphHost {
  /** Requests in the order they came, as `[name, argument]`. */
  readonly asked: [string, unknown][] = [];
  readonly channel: Channel<GraphHost, GraphView>;
  /** Set to make requests of these names fail with this message. */
  readonly failing = new Map<string, string>();
  state: GraphState;
  #post: (message: unknown) => Promise<void> = () => Promise.resolve();

  constructor(state: GraphState) {
    this.state = state;
    this.channel = new Channel<GraphHost, GraphView>(
      (message) => void this.#post(JSON.parse(JSON.stringify(message))),
      this.#handlers(),
      graphHostSchemas,
    );
  }

  /** Opens the panel on this host. */
  open(browser: Browser, server: PanelServer, options?: PanelOptions): Promise<PanelPage> {
    return openPanel(
      browser,
      server,
      'graph',
      (message, post) => {
        this.#post = post;
        void this.channel.receive(message);
      },
      { width: 1100, height: 760, ...options },
    );
  }

  argumentsOf(name: keyof GraphHost): unknown[] {
    return this.asked.filter(([asked]) => asked === name).map(([, argument]) => argument);
  }

  /** Tells the panel of another state, as the host does when the family changed. */
  async change(change: Partial<GraphState>): Promise<void> {
    this.state = { ...this.state, ...change };
    await this.channel.request('changed', { state: this.state });
  }

  #handlers(): Handlers<GraphHost> {
    const note = <A, R>(name: string, answer: (argument: A) => R) => {
      return (argument: A): R => {
        this.asked.push([name, argument]);
        const failure = this.failing.get(name);
        if (failure !== undefined) throw new Error(failure);
        return answer(argument);
      };
    };
    const done = () => null;
    return {
      ready: note('ready', () => this.state),
      openSession: note('openSession', done),
      compare: note('compare', done),
      chooseBest: note('chooseBest', done),
      copyText: note('copyText', done),
    };
  }
}

/** Call at the top of a test file; what it returns opens the panel on a state. */
export function graphSuite(): ReturnType<typeof panelSuite<GraphState, PlayedGraphHost>> {
  return panelSuite((given: GraphState) => new PlayedGraphHost(given));
}
