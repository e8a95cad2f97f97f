/** What package.json promises and what the code knows are the same, both ways. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  Commands,
  CommandSettings,
  ContextKeyNames,
  DOCUMENT_SCHEME,
  NOTE_SCHEME,
  PanelTypes,
  PRICES_SETTING,
  STRATEGIES_SETTING,
  ModelSettings,
  BudgetSettings,
  Settings,
  StorageSettings,
  VIEW_CONTAINER,
  Views,
  WALKTHROUGH,
} from '../../../src/ui/contributions.ts';

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8'));

const menuItem = v.looseObject({
  command: v.string(),
  when: v.optional(v.string()),
  group: v.optional(v.string()),
});
const manifestSchema = v.looseObject({
  displayName: v.string(),
  icon: v.string(),
  l10n: v.string(),
  activationEvents: v.array(v.string()),
  contributes: v.looseObject({
    commands: v.array(
      v.looseObject({
        command: v.string(),
        title: v.string(),
        category: v.string(),
        icon: v.optional(v.string()),
        enablement: v.optional(v.string()),
      }),
    ),
    menus: v.record(v.string(), v.array(menuItem)),
    keybindings: v.array(v.looseObject({ command: v.string(), key: v.string(), when: v.string() })),
    viewsContainers: v.object({ activitybar: v.array(v.looseObject({ id: v.string() })) }),
    views: v.record(v.string(), v.array(v.looseObject({ id: v.string() }))),
    viewsWelcome: v.array(
      v.looseObject({ view: v.string(), contents: v.string(), when: v.string() }),
    ),
    configuration: v.array(
      v.looseObject({
        title: v.string(),
        order: v.number(),
        properties: v.record(v.string(), v.looseObject({ order: v.number() })),
      }),
    ),
    walkthroughs: v.array(
      v.looseObject({
        id: v.string(),
        steps: v.array(
          v.looseObject({
            id: v.string(),
            description: v.string(),
            media: v.looseObject({ svg: v.string() }),
            completionEvents: v.array(v.string()),
          }),
        ),
      }),
    ),
  }),
});

const manifest = v.parse(manifestSchema, read('package.json'));
const { contributes } = manifest;
const nls = v.parse(v.record(v.string(), v.string()), read('package.nls.json'));
const json = JSON.stringify(manifest);
const ids = Object.values(Commands);
const sorted = (values: Iterable<string>) => [...new Set(values)].sort();
/** The text behind a `%key%`. */
const textOf = (key: string) => nls[key.slice(1, -1)] ?? '';

/** What reads, arranges the view, or concerns something else than the store. */
const CHANGING_NOTHING: readonly string[] = [
  ...[Commands.showRuns, Commands.setModelKey, Commands.removeModelKey],
  ...[Commands.openSession, Commands.openSessionToSide, Commands.openTranscriptAsText],
  ...[Commands.saveSession, Commands.compareSessions, Commands.compareSelected],
  ...[Commands.chooseBest, Commands.showTreeAsText, Commands.showGraph, Commands.showLedger],
  ...[Commands.goToParent, Commands.goToForkPoint, Commands.goToFork, Commands.goToSibling],
  ...[Commands.goToNextSibling, Commands.goToPreviousSibling, Commands.openRunning],
  ...[Commands.cancelImport, Commands.refresh, Commands.searchSessions, Commands.filterSessions],
  ...[Commands.clearFilter, Commands.groupBy, Commands.thisWorkspaceOnly, Commands.allProjects],
  ...[Commands.showMore, Commands.showStorage, Commands.showTrash, Commands.findByTag],
  ...[Commands.findByDate, Commands.copyAsPrompt, Commands.copyTitle, Commands.copySessionId],
  ...[Commands.showLog, Commands.restartServer],
];

describe('ids', () => {
  it('are the same commands', () => {
    expect(sorted(contributes.commands.map(({ command }) => command))).toEqual(sorted(ids));
    expect(contributes.commands).toHaveLength(ids.length);
  });

  it('are the same views, panels, settings and walkthrough', () => {
    expect(
      sorted(Object.values(contributes.views).flatMap((views) => views.map(({ id }) => id))),
    ).toEqual(sorted(Object.values(Views)));
    expect(contributes.viewsContainers.activitybar.map(({ id }) => id)).toEqual([VIEW_CONTAINER]);
    expect(Object.keys(contributes.views)).toEqual([VIEW_CONTAINER]);
    const sections = contributes.configuration.map(({ properties }) => Object.keys(properties));
    expect(sections.flat().toSorted()).toEqual(
      sorted([
        ...Object.values(Settings),
        ...Object.values(CommandSettings),
        PRICES_SETTING,
        ...Object.values(ModelSettings),
        ...Object.values(BudgetSettings),
        STRATEGIES_SETTING,
        ...Object.values(StorageSettings),
      ]),
    );
    expect(contributes.walkthroughs.map(({ id }) => id)).toEqual([WALKTHROUGH]);
    expect(sorted(manifest.activationEvents)).toEqual(
      sorted([
        ...Object.values(PanelTypes).map((type) => `onWebviewPanel:${type}`),
        `onFileSystem:${NOTE_SCHEME}`,
      ]),
    );
  });

  it('name only commands that exist', () => {
    const used = [
      ...Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command)),
      ...contributes.keybindings.map(({ command }) => command),
      ...contributes.walkthroughs.flatMap(({ steps }) =>
        steps.flatMap(({ completionEvents }) =>
          completionEvents.map((event) => event.replace(/^onCommand:/, '')),
        ),
      ),
      ...[...JSON.stringify(nls).matchAll(/\(command:(multipath[\w.]+)/g)].map(
        ([, id]) => id ?? '',
      ),
    ];
    const known: readonly string[] = [...ids, ...Object.values(Views).map((id) => `${id}.focus`)];
    expect(used.filter((id) => !known.includes(id))).toEqual([]);
  });

  it('use only context keys that are set, and use all of them', () => {
    const clauses = [
      ...Object.values(contributes.menus).flat(),
      ...contributes.keybindings,
      ...contributes.viewsWelcome,
      ...contributes.commands.map(({ enablement }) => ({ when: enablement })),
      ...Object.values(contributes.views).flat(),
    ].flatMap(({ when }) => (typeof when === 'string' ? [when] : []));
    const values: readonly string[] = [...Object.values(Views), ...Object.values(PanelTypes)];
    const keys = clauses
      .flatMap((clause) => clause.match(/multipath\.\w+/g) ?? [])
      .filter((key) => !values.includes(key));
    expect(sorted(keys)).toEqual(sorted(ContextKeyNames));
  });

  it('use none in menus of rows that changes as rows are selected', () => {
    // VS Code draws all rows again whose menus may be others, and forgets most of what is selected.
    const rows = contributes.menus['view/item/context'] ?? [];
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter(({ when = '' }) => when.includes('severalSelected'))).toEqual([]);
  });

  it('stand, as settings, in sections with an order of their own', () => {
    const increases = (orders: readonly number[]): boolean =>
      orders.every((order, at) => at === 0 || order > (orders[at - 1] ?? order));
    expect(contributes.configuration.length).toBeGreaterThan(1);
    expect(increases(contributes.configuration.map(({ order }) => order))).toBe(true);
    for (const { title, properties } of contributes.configuration) {
      const orders = Object.values(properties).map(({ order }) => order);
      expect(increases(orders), title).toBe(true);
    }
  });

  it('keep the scheme that addresses are stored with', () => {
    expect(DOCUMENT_SCHEME).toBe('multipath');
  });
});

describe('texts', () => {
  it('exist for every key, and no key is left over', () => {
    const used = [...json.matchAll(/%([\w.]+)%/g)].map(([, key]) => key ?? '');
    expect(sorted(used)).toEqual(sorted(Object.keys(nls)));
  });

  it('stand in the table of texts, not in package.json', () => {
    const titles = [
      manifest.displayName,
      ...contributes.configuration.map(({ title }) => title),
      ...contributes.commands.map(({ title }) => title),
      ...contributes.viewsWelcome.map(({ contents }) => contents),
      ...contributes.walkthroughs.flatMap(({ steps }) =>
        steps.map(({ description }) => description),
      ),
    ];
    expect(titles.filter((title) => !/^%[\w.]+%$/.test(title))).toEqual([]);
  });

  it('name commands in title case, in one category', () => {
    const small = /^(?:a|an|and|as|at|by|from|in|of|on|or|the|to|with)$/;
    for (const { title, category } of contributes.commands) {
      expect(category).toBe('Multipath');
      const words = textOf(title).replace(/…$/, '').split(' ');
      const wrong = words.filter(
        (word, position) => !/^[A-Z]/.test(word) && (position === 0 || !small.test(word)),
      );
      expect(wrong, textOf(title)).toEqual([]);
    }
  });
});

describe('reach', () => {
  it('offers in a store that can only be read just what changes nothing in it', () => {
    const offered = contributes.commands
      .filter(({ enablement }) => enablement?.includes('!multipath.readOnly') !== true)
      .map(({ command }) => command);
    expect(sorted(offered)).toEqual(sorted(CHANGING_NOTHING));
  });

  it('lets every command be found in the palette or in a menu', () => {
    const hidden = new Set(
      contributes.menus['commandPalette']?.flatMap(({ command, when }) =>
        when === 'false' ? [command] : [],
      ),
    );
    const inMenus = new Set(
      Object.entries(contributes.menus).flatMap(([menu, items]) =>
        menu === 'commandPalette' ? [] : items.map(({ command }) => command),
      ),
    );
    const unreachable = [...hidden].filter((id) => !inMenus.has(id) && id !== Commands.showMore);
    expect(unreachable).toEqual([]);
  });

  it('has pictures for every step and an icon', () => {
    const paths = [
      manifest.icon,
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg)),
    ];
    for (const path of paths) {
      expect(readFileSync(new URL(`../../../${path}`, import.meta.url)).length).toBeGreaterThan(0);
    }
  });

  it('draws an icon of 256 by 256', () => {
    const png = readFileSync(new URL(`../../../${manifest.icon}`, import.meta.url));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([256, 256]);
  });
});
