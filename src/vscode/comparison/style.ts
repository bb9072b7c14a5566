/** The colours of patterns, and the lines over them. */
export const PATTERNS = `
.mark { stroke: var(--vscode-editor-background); stroke-width: 1.5; fill: none; }
.colour-0 { fill: var(--vscode-charts-blue); }
.colour-1 { fill: var(--vscode-charts-green); }
.colour-2 { fill: var(--vscode-charts-yellow); }
.colour-3 { fill: var(--vscode-charts-purple); }
.colour-4 { fill: var(--vscode-charts-red); }
.colour-5 { fill: var(--vscode-terminal-ansiMagenta); }
.colour-6 { fill: var(--vscode-terminal-ansiCyan); }
.colour-7 { fill: var(--vscode-charts-foreground); }`;

/** The look of the page: the editor's own colours. Parts of bars differ by colour and by pattern. */
export const STYLE = `
body {
  margin: 0; padding: 8px 20px 24px;
  font-family: var(--vscode-font-family); font-size: var(--vscode-font-size);
  color: var(--vscode-foreground); background: var(--vscode-editor-background);
}
h1 { font-size: 1.4em; font-weight: 600; margin: 8px 0; }
h2 { font-size: 1.1em; font-weight: 600; margin: 20px 0 6px; }
.toolbar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin: 10px 0 14px; }
.toolbar .gap { flex: 1; }
vscode-single-select { width: 150px; }
figure { margin: 0 0 8px; }
figcaption, .note { color: var(--vscode-descriptionForeground); margin: 4px 0 8px; }
svg text { fill: var(--vscode-foreground); dominant-baseline: central; }
svg .name { text-anchor: end; }
svg .tick { text-anchor: middle; fill: var(--vscode-descriptionForeground); font-size: 0.9em; }
svg .grid { stroke: var(--vscode-editorIndentGuide-background1, var(--vscode-panel-border)); }
svg .part { stroke: var(--vscode-editor-background); stroke-width: 1; }
.swatch { vertical-align: middle; margin-right: 4px; }
.swatch .part { stroke: var(--vscode-foreground); }
${PATTERNS}
.scrolled { overflow-x: auto; margin: 14px 0; }
.scrolled:focus-visible, .link:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; }
table { border-collapse: collapse; min-width: 60%; }
caption { text-align: left; font-weight: 600; font-size: 1.1em; padding: 6px 0; }
th, td {
  padding: 3px 10px; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
  font-variant-numeric: tabular-nums;
}
th { font-weight: 600; }
tbody th { text-align: left; font-weight: normal; }
tbody tr:hover { background: var(--vscode-list-hoverBackground); }
.share { color: var(--vscode-descriptionForeground); display: inline-block; min-width: 4.5em; }
.link {
  font: inherit; padding: 0; border: none; background: none; cursor: pointer;
  color: var(--vscode-textLink-foreground); text-decoration: underline;
}
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 14px; margin: 0; }
dt { font-weight: 600; }
dd { margin: 0; }
`;
