import { escaped, randomText } from '../html';

/** The page's HTML, which its script fills. Nothing in it comes from elsewhere, and only our script runs. */
export function pageHtml(
  script: string,
  language: string,
  title: string,
  /** For the script, as JSON. */
  texts: string,
  style: string,
): string {
  const nonce = randomText();
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="${escaped(language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body data-texts="${escaped(texts)}">
<main></main>
<script nonce="${nonce}" src="${escaped(script)}"></script>
</body>
</html>`;
}
