/** Addresses, links, settings, arguments and pages: the small functions that guard a border. */
import { Uri } from 'vscode';
import { describe, expect, it } from 'vitest';
import { messageIndexOf, sessionIdsOf } from '../../../src/ui/commands/targets.ts';
import { Settings } from '../../../src/ui/contributions.ts';
import { parseTags } from '../../../src/ui/commands/organizing.ts';
import {
  branchFileUri,
  emptyUri,
  messageUri,
  parseAddress,
  transcriptUri,
} from '../../../src/ui/documents.ts';
import { followable } from '../../../src/ui/panels/openLink.ts';
import { webviewHtml } from '../../../src/ui/panels/webviewHtml.ts';
import { affectsServer, foldersOf } from '../../../src/ui/serverOptions.ts';
import { PINNED } from '../../../src/ui/tree/groups.ts';
import { GroupNode, SessionNode } from '../../../src/ui/tree/nodes.ts';
import { isWorkspacePath } from '../../../src/ui/tree/workspacePath.ts';
import { viewStateOf } from '../../../src/ui/viewState.ts';
import { session } from './support.ts';

describe('document addresses', () => {
  it('come back as what they were made from', () => {
    expect(parseAddress(messageUri('s1', { index: 42, role: 'user' }))).toEqual({
      kind: 'message',
      sessionId: 's1',
      index: 42,
      facts: true,
    });
    expect(parseAddress(messageUri('s1', { index: 0, role: 'assistant' }, 'diff'))).toMatchObject({
      facts: false,
    });
    const hostile = transcriptUri({ id: 's2', title: '../../../etc/x' });
    expect(parseAddress(hostile)).toEqual({ kind: 'transcript', sessionId: 's2' });
    expect(hostile.path.split('/')).toHaveLength(4);
    expect(parseAddress(emptyUri())).toEqual({ kind: 'empty' });
  });

  it.each(['src/a b.ts', '/etc/x&view=patch', 'C:\\shop\\a.ts', 'transcript/s/x.md', '../?#%'])(
    'name a branch’s file %s by itself, whatever is in its path',
    (path) => {
      const whole = branchFileUri('s3', path, 'whole', 12);
      expect(parseAddress(whole)).toEqual({
        ...{ kind: 'file', sessionId: 's3', path, view: 'whole', end: 12 },
      });
      const patch = branchFileUri('s3', path, 'patch');
      expect(parseAddress(patch)).toEqual({ kind: 'file', sessionId: 's3', path, view: 'patch' });
      // Two branches' sides are one file to an editor.
      expect(branchFileUri('s4', path, 'whole').path).toBe(whole.path);
    },
  );

  it('refuse what is none of ours', () => {
    for (const path of ['/other/x', '/message/full/s/-1/x.md', '/message/full/s/1e3/x.md', '']) {
      expect(() => parseAddress({ path })).toThrow(expect.objectContaining({ code: 'not-found' }));
    }
  });
});

describe('links', () => {
  it('are followed only to the web and to mail', () => {
    expect(followable('https://example.org/a?b#c')).toBe('https://example.org/a?b#c');
    expect(followable('mailto:a@example.org')).toBe('mailto:a@example.org');
    const refused = [
      'javascript:alert(1)',
      'JAVASCRIPT:alert(1)',
      'command:workbench.action.quit',
      'vscode://x.y/z',
      'file:///etc/passwd',
      'data:text/html,x',
      '//example.org',
      'example.org',
      '',
    ];
    expect(refused.filter((url) => followable(url) !== undefined)).toEqual([]);
  });
});

describe('the workspace’s project', () => {
  it('is the folder or lies in it, as the file system compares', () => {
    expect(isWorkspacePath('/w/app', ['/w/app/'], 'linux')).toBe(true);
    expect(isWorkspacePath('/w/app/packages/a', ['/w/app'], 'linux')).toBe(true);
    expect(isWorkspacePath('/w/app2', ['/w/app'], 'linux')).toBe(false);
    expect(isWorkspacePath('/w/App', ['/w/app'], 'linux')).toBe(false);
    expect(isWorkspacePath('C:\\W\\App', ['c:\\w\\app'], 'win32')).toBe(true);
    expect(isWorkspacePath('', ['/'], 'linux')).toBe(false);
  });
});

describe('settings', () => {
  it('give folders, and nothing of what is no folder', () => {
    expect(foldersOf(['~/a', ' /b ', '', 3, '~x'], '/home/p')).toEqual(['/home/p/a', '/b', '~x']);
    expect(foldersOf('~/a', '/home/p')).toEqual([]);
  });
});

describe('command arguments', () => {
  const group = new GroupNode({ ...PINNED }, false);
  const node = (id: string) => new SessionNode(session(id), group, false);

  it('name sessions by node, selection, id and panel element', () => {
    expect(sessionIdsOf([node('a')], ['z'])).toEqual(['a']);
    expect(sessionIdsOf([node('a'), [node('a'), node('b'), node('a')]], [])).toEqual(['a', 'b']);
    expect(sessionIdsOf([{ from: 'tree' }], ['y', 'z'])).toEqual(['y', 'z']);
    expect(sessionIdsOf(['id'], [])).toEqual(['id']);
    expect(sessionIdsOf([{ sessionId: 'id', index: 3 }], [])).toEqual(['id']);
    expect(sessionIdsOf([], ['z'])).toEqual([]);
    expect(sessionIdsOf([Uri.file('/x'), { groupId: 0 }], [])).toEqual([]);
  });

  it('name a message by a whole index', () => {
    expect(messageIndexOf([{ multipathMessage: 3 }])).toBe(3);
    for (const multipathMessage of [-1, 1.5, '3', null]) {
      expect(messageIndexOf([{ multipathMessage }])).toBeUndefined();
    }
  });

  it('separate tags by commas', () => {
    expect(parseTags(' a, b ,,a,c d ')).toEqual(['a', 'b', 'c d']);
  });
});

describe('a panel’s page', () => {
  const webview = {
    cspSource: 'https://panel.example',
    asWebviewUri: (uri: Uri) => uri,
  } as Parameters<typeof webviewHtml>[0];
  const html = () => webviewHtml(webview, Uri.file('/extension'), 'transcript');

  it('runs one script with a nonce of its own and loads nothing else', () => {
    const [, csp] = /Content-Security-Policy" content="([^"]+)"/.exec(html()) ?? [];
    expect(csp?.replace(/nonce-[^']+/, 'nonce-N')).toBe(
      "default-src 'none'; script-src 'nonce-N'; style-src https://panel.example; " +
        'font-src https://panel.example; img-src https://panel.example data:',
    );
    expect(html().match(/<script/g)).toHaveLength(1);
    expect(html()).not.toBe(html());
  });
});

describe('the empty view', () => {
  const facts = {
    status: {
      role: 'owner',
      ownerPid: 1,
      serverPid: 1,
      storePath: '/s',
      storageMode: 'paged',
      revision: 1,
      sessions: 0,
    },
    serverAway: false,
    surveyed: true,
    consentNeeded: false,
    importing: false,
  } as const;

  it('says what is the matter', () => {
    expect(viewStateOf({ ...facts, status: undefined })).toBe('starting');
    expect(viewStateOf({ ...facts, surveyed: false })).toBe('starting');
    expect(viewStateOf({ ...facts, consentNeeded: true })).toBe('consent');
    expect(viewStateOf({ ...facts, importing: true })).toBe('importing');
    expect(viewStateOf(facts)).toBe('empty');
    expect(viewStateOf({ ...facts, status: { ...facts.status, sessions: 3 } })).toBe('ready');
    expect(viewStateOf({ ...facts, serverAway: true })).toBe('away');
  });
});

describe('a changed setting', () => {
  const changes = (setting: string) => ({
    affectsConfiguration: (section: string) => section === setting,
  });
  it('starts the server anew only where it is told of it when it starts', () => {
    expect(affectsServer(changes(Settings.codexFolders))).toBe(true);
    expect(affectsServer(changes(Settings.hotMegabytes))).toBe(true);
    expect(affectsServer(changes(Settings.scoreWeights))).toBe(false);
  });
});
