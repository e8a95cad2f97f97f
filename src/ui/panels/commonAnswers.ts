/** Answers that several panels give alike. */
import { env } from 'vscode';
import { openLink } from './openLink.ts';

export const commonAnswers = {
  copyText: async ({ text }: { readonly text: string }): Promise<null> => {
    await env.clipboard.writeText(text);
    return null;
  },
  // Not awaited: the answer to a dialog may take longer than a request may.
  openLink: ({ url }: { readonly url: string }): null => {
    void openLink(url);
    return null;
  },
};
