/** The page's HTML: what it is made of, without a word for people in it. */

import { escaped } from '../html';
import { STYLE } from './style';

/** What the page is made with; all texts are those that a person reads. */
export interface PageParts {
  /** Only what carries it runs or styles. */
  readonly nonce: string;
  readonly script: string;
  readonly language: string;
  readonly title: string;
  readonly textRegion: string;
  readonly buttons: readonly { readonly label: string; readonly command: string }[];
  /** For the script, as JSON. */
  readonly texts: string;
}

export function markup({ nonce, script, ...parts }: PageParts): string {
  const language = escaped(parts.language);
  const title = escaped(parts.title);
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'`;
  const buttons = parts.buttons.map(
    ({ label, command }) => `<button data-command="${command}">${escaped(label)}</button>`,
  );
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body data-texts="${escaped(parts.texts)}">
<header role="toolbar" aria-label="${title}">
${buttons.join('\n')}
<span id="state"></span>
</header>
<main>
<canvas id="screen" tabindex="0" role="application" width="720" height="400"
  aria-label="${title}" aria-describedby="hint"></canvas>
</main>
<footer><p id="hint"></p></footer>
<section class="for-readers" aria-label="${escaped(parts.textRegion)}">
<pre id="text" tabindex="-1"></pre>
</section>
<script nonce="${nonce}" src="${escaped(script)}"></script>
</body>
</html>`;
}
