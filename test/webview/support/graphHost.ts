/**
 * A played host for the graph panel: the real channel and schemas over a family that is made up.
 * What crosses to the panel goes through JSON, as in VS Code. It notes everything it is asked.
 */
import type { FamilyGraph } from '../../../src/core/family.ts';
import type { Handlers } from '../../../src/protocol/channel.ts';
import {
  graphHostSchemas,
  type GraphHost,
  type GraphState,
  type GraphView,
} from '../../../src/protocol/panels.ts';
import { panelSuite } from './panelSuite.ts';
import { PlayedHost } from './playedHost.ts';

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

export class PlayedGraphHost extends PlayedHost<GraphHost, GraphView> {
  protected override readonly panel = {
    name: 'graph',
    schemas: graphHostSchemas,
    size: { width: 1100, height: 760 },
  };
  protected override readonly answers: Handlers<GraphHost> = {
    ready: () => this.state,
    openSession: () => null,
    compare: () => null,
    chooseBest: () => null,
    copyText: () => null,
  };
  state: GraphState;

  constructor(state: GraphState) {
    super();
    this.state = state;
  }

  /** Tells the panel of another state, as the host does when the family changed. */
  async change(change: Partial<GraphState>): Promise<void> {
    this.state = { ...this.state, ...change };
    await this.channel.request('changed', { state: this.state });
  }
}

/** Call at the top of a test file; what it returns opens the panel on a state. */
export function graphSuite(): ReturnType<typeof panelSuite<GraphState, PlayedGraphHost>> {
  return panelSuite((given: GraphState) => new PlayedGraphHost(given));
}
