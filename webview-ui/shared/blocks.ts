/**
 * A message's parts as templates: text, folded thinking, tool calls as one line each, attachments
 * and notices. Used by <mp-message> and by panels that lay messages out in their own way.
 */
import { html, nothing, type TemplateResult } from 'lit';
import type {
  AttachmentBlock,
  BoundedText,
  ContentBlock,
  Message,
  NoticeBlock,
  ThinkingBlock,
} from '../../src/core/message.ts';
import { bounded, renderFold, showAll, type BlockActions } from './fold.ts';
import { formatSize } from './format.ts';
import { icon } from './icons.ts';
import { markdown } from './markdownDirective.ts';
import { t } from './strings.ts';
import { renderTool } from './tool.ts';
import { visible } from './visible.ts';

/** Name of a block's fold, stable while the message is. */
export function foldKey(message: Pick<Message, 'id'>, block: number): string {
  return `${message.id}#${block}`;
}

/** True for blocks that fold. */
export function isFoldable(block: ContentBlock): boolean {
  return block.type === 'tool' || (block.type === 'thinking' && block.text !== '');
}

/** All blocks of a message, in order. `breaks`: what people typed keeps its line ends. */
export function renderBlocks(message: Message, actions: BlockActions): TemplateResult[] {
  return message.content.map((block, position) => {
    const key = foldKey(message, position);
    switch (block.type) {
      case 'text':
        return renderText(bounded(block), message.role === 'user', actions);
      case 'thinking':
        return renderThinking(block, key, actions);
      case 'tool':
        return renderTool(block, key, actions);
      case 'attachment':
        return renderAttachment(block);
      case 'notice':
        return renderNotice(block, actions);
    }
  });
}

function renderText(text: BoundedText, breaks: boolean, actions: BlockActions): TemplateResult {
  return html`<div class="mp-markdown" ${markdown(text.text, breaks)}></div>
    ${showAll(text, actions)}`;
}

function renderThinking(block: ThinkingBlock, key: string, actions: BlockActions): TemplateResult {
  if (block.text === '') {
    return html`<div class="mp-fold mp-fold-empty">
      ${t('Thought, not recorded by the agent')}
    </div>`;
  }
  const excerpt = visible(block.text.slice(0, 200)).replaceAll(/\s+/g, ' ');
  return renderFold(
    key,
    actions,
    html`<span class="mp-dim">${t('Thought')}</span>
      <span class="mp-excerpt mp-dim">${actions.isOpen(key) ? nothing : excerpt}</span>`,
    () => html`<div class="mp-thinking">${renderText(bounded(block), false, actions)}</div>`,
  );
}

function renderAttachment({ name, mediaType, bytes }: AttachmentBlock): TemplateResult {
  const type = visible(mediaType);
  return html`<div class="mp-attachment" title=${type}>
    ${icon(mediaType.startsWith('image/') ? 'file' : 'attach')}
    <span>${name === undefined ? t('Attachment: {0}', type) : visible(name)}</span>
    <span class="mp-dim">${formatSize(bytes)}</span>
  </div>`;
}

const NOTICES = {
  compaction: ['fold', 'The agent shortened the conversation here'],
  'context-reset': ['history', 'The agent started over here'],
  gap: ['warning', 'Something is missing here'],
  error: ['error', 'Error'],
  info: ['info', 'Note'],
} as const;

function renderNotice(block: NoticeBlock, actions: BlockActions): TemplateResult {
  const [name, sentence] = NOTICES[block.kind];
  const text = bounded(block);
  return html`<div class="mp-event mp-event-${block.kind}">
    ${icon(name)}
    <div>
      <b>${t(sentence)}</b> <span class="mp-raw">${text.text}</span>${showAll(text, actions)}
    </div>
  </div>`;
}
