import { escaped, randomText } from '../html';

/** What a recording's page says, in the language of the editor. */
export interface RecordingTexts {
  readonly language: string;
  readonly name: string;
  readonly about: string;
  /** On the button, which posts a message. */
  readonly debug: string;
}

/** The page. Nothing in it comes from elsewhere, and only its own script runs. */
export function pageHtml({ language, name, about, debug }: RecordingTexts): string {
  const nonce = randomText();
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="${escaped(language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(name)}</title>
<style nonce="${nonce}">
body { max-width: 40em; margin: 2em auto; line-height: 1.5; }
button {
  padding: 0.5em 1em; border: 1px solid var(--vscode-button-border, transparent); cursor: pointer;
  font: inherit; color: var(--vscode-button-foreground); background: var(--vscode-button-background);
}
button:hover { background: var(--vscode-button-hoverBackground); }
button:focus-visible { outline: 2px solid var(--vscode-focusBorder); outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>${escaped(name)}</h1>
<p>${escaped(about)}</p>
<button type="button">${escaped(debug)}</button>
</main>
<script nonce="${nonce}">
const editor = acquireVsCodeApi();
document.querySelector('button').addEventListener('click', () => editor.postMessage('debug'));
</script>
</body>
</html>`;
}
