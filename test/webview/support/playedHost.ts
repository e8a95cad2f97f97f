/**
 * What plays the host of one panel: the real channel and schemas over answers that are made up.
 * What crosses to the panel goes through JSON, as in VS Code. It notes everything it is asked.
 */
import type { Browser } from 'playwright-core';
import {
  Channel,
  type Contract,
  type Handlers,
  type Schemas,
} from '../../../src/protocol/channel.ts';
import { openPanel, type PanelOptions, type PanelPage } from './page.ts';
import type { PanelServer } from './server.ts';

/** The panel that is played for: its page, its contract, and how large it opens. */
export interface PlayedPanel<Host> {
  readonly name: string;
  readonly schemas: Schemas<Host>;
  readonly size?: { readonly width: number; readonly height: number };
}

export abstract class PlayedHost<Host extends Contract<Host>, View extends Contract<View>> {
  protected abstract readonly panel: PlayedPanel<Host>;
  protected abstract readonly answers: Handlers<Host>;
  /** Requests in the order they came, as `[name, argument]`. */
  readonly asked: [string, unknown][] = [];
  /** Set to make requests of these names fail with this message. */
  readonly failing = new Map<string, string>();
  #channel: Channel<Host, View> | undefined;
  #post: (message: unknown) => Promise<void> = () => Promise.resolve();

  /** Opens the panel on this host. */
  open(browser: Browser, server: PanelServer, options?: PanelOptions): Promise<PanelPage> {
    const { name, size } = this.panel;
    return openPanel(
      browser,
      server,
      name,
      (message, post) => {
        this.#post = post;
        void this.channel.receive(message);
      },
      { ...size, ...options },
    );
  }

  get channel(): Channel<Host, View> {
    // Made when it is first used: the answers are of the class that extends this one.
    this.#channel ??= new Channel<Host, View>(
      (message) => void this.#post(JSON.parse(JSON.stringify(message))),
      this.#noted(this.answers),
      this.panel.schemas,
    );
    return this.#channel;
  }

  argumentsOf(name: keyof Host & string): unknown[] {
    return this.asked.filter(([asked]) => asked === name).map(([, argument]) => argument);
  }

  #noted(answers: Handlers<Host>): Handlers<Host> {
    const noted = Object.entries<(argument: never) => unknown>(answers).map(([name, answer]) => [
      name,
      (argument: never) => {
        this.asked.push([name, argument]);
        const failure = this.failing.get(name);
        if (failure !== undefined) throw new Error(failure);
        return answer(argument);
      },
    ]);
    // The same requests, each with the arguments and the result of its answer.
    return Object.fromEntries(noted) as Handlers<Host>;
  }
}
