/** The look of the page walk. A picture that is saved has colours of its own, for a light page. */

/** What is coloured: the editor's variable for it, and the colour on paper. */
const COLOURS = {
  foreground: ['--vscode-foreground', '#1f2328'],
  quiet: ['--vscode-descriptionForeground', '#59636e'],
  background: ['--vscode-panel-background', '#ffffff'],
  line: ['--vscode-editorWidget-border', '#b6bcc4'],
  focus: ['--vscode-focusBorder', '#0969da'],
  second: ['--vscode-charts-green', '#2f7d32'],
  stop: ['--vscode-charts-red', '#c62828'],
  level1: ['--vscode-terminal-ansiCyan', '#00707a'],
  level2: ['--vscode-charts-yellow', '#8a6d00'],
  level3: ['--vscode-charts-blue', '#0a5fb4'],
  level4: ['--vscode-charts-purple', '#7a3e9d'],
  level5: ['--vscode-terminal-ansiMagenta', '#a3195b'],
} as const;

type Colour = keyof typeof COLOURS;

/** Levels differ by colour and by the dashes of their lines. */
const DASHES: readonly string[] = ['1 0', '1 0', '9 3', '2 3', '12 3 2 3', '5 5'];

function pictureStyle(colour: (name: Colour) => string): string {
  const levels = ([1, 2, 3, 4, 5] as const).map(
    (level) =>
      `.level-${String(level)} { stroke: ${colour(`level${level}`)}; stroke-dasharray: ${DASHES[level] ?? ''}; }`,
  );
  return `
.walk text { fill: ${colour('foreground')}; dominant-baseline: central; pointer-events: none; }
.walk .number { font-family: var(--vscode-editor-font-family, monospace), monospace; font-size: 11.5px; }
.walk .word { font-size: 11px; }
.walk .quiet { fill: ${colour('quiet')}; }
.walk .end-anchored { text-anchor: end; }
.walk .box { fill: ${colour('background')}; stroke: ${colour('line')}; stroke-width: 1; }
.walk .second .box { stroke: ${colour('second')}; }
.walk .bracket { fill: none; stroke-width: 3; stroke: ${colour('quiet')}; }
${levels.map((rule) => `.walk .bracket${rule}`).join('\n')}
.walk .down, .walk .lead { fill: none; stroke: ${colour('quiet')}; stroke-width: 1.2; }
.walk .tip { fill: ${colour('quiet')}; }
.walk .unlit { opacity: 0.4; }
.walk .missing { fill: none; stroke: ${colour('line')}; stroke-dasharray: 1 3; }
.walk .stops .box { stroke: ${colour('stop')}; stroke-width: 2; stroke-dasharray: 6 3; }
.walk .cross { stroke: ${colour('stop')}; stroke-width: 2.5; fill: none; }
.walk .marker { fill: ${colour('background')}; stroke: ${colour('foreground')}; }
.walk .differs { text-anchor: middle; fill: ${colour('foreground')}; font-weight: bold; font-size: 13px; }
.walk .chosen .box { stroke-width: 2.5; }
.walk .order { font-weight: 600; }
`;
}

/** Within the page: the editor's own colours. */
const IN_PAGE = pictureStyle((name) => `var(${COLOURS[name][0]})`);

/** In a file that stands for itself. */
export const ON_PAPER = `svg { background: #ffffff; font-family: 'Segoe UI', Ubuntu, sans-serif; }${pictureStyle(
  (name) => COLOURS[name][1],
).replaceAll(
  'var(--vscode-editor-font-family, monospace), monospace',
  "Consolas, 'DejaVu Sans Mono', monospace",
)}`;

export const STYLE = `
html, body { height: 100%; margin: 0; padding: 0; overflow: hidden; }
body {
  font-family: var(--vscode-font-family); font-size: var(--vscode-font-size);
  color: var(--vscode-foreground); background: var(--vscode-panel-background, var(--vscode-editor-background));
}
main { height: 100%; display: flex; flex-direction: column; }
.empty { padding: 4px 20px; color: var(--vscode-descriptionForeground); }
.toolbar { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; padding: 4px 12px 6px; }
.toolbar button, .toolbar select, .toolbar input {
  font: inherit; padding: 2px 8px; border-radius: 2px; height: 24px; box-sizing: border-box;
  border: 1px solid var(--vscode-button-border, transparent);
}
.toolbar button {
  cursor: pointer; color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground);
}
.toolbar button:hover { background: var(--vscode-button-secondaryHoverBackground); }
.toolbar select {
  max-width: 200px; color: var(--vscode-dropdown-foreground); background: var(--vscode-dropdown-background);
  border-color: var(--vscode-dropdown-border, transparent);
}
.toolbar input {
  width: 150px; color: var(--vscode-input-foreground); background: var(--vscode-input-background);
  border-color: var(--vscode-input-border, var(--vscode-dropdown-border, transparent));
}
.toolbar input::placeholder { color: var(--vscode-input-placeholderForeground); }
.toolbar .what { margin-left: 4px; }
.toolbar .what b { font-family: var(--vscode-editor-font-family, monospace); font-weight: 600; }
.toolbar .what span { color: var(--vscode-descriptionForeground); }
:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; }
.pictures { flex: 1; min-height: 60px; overflow: auto; padding: 0 4px; }
.pictures h2 { font-size: 1em; font-weight: 600; margin: 6px 8px 2px; }
.pictures svg { display: block; }
.cell { cursor: pointer; }
.cell:focus { outline: none; }
.cell:focus-visible .box { stroke: var(--vscode-focusBorder); stroke-width: 3; stroke-dasharray: none; }
.pictures.stale { opacity: 0.6; }
footer {
  flex: none; max-height: 40%; overflow-y: auto; padding: 3px 12px 5px;
  border-top: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
}
footer p { margin: 1px 0; }
.verdict.stopped { border-left: 4px dashed var(--vscode-charts-red); padding-left: 6px; }
.verdict .mark { font-weight: 700; }
.detail { color: var(--vscode-descriptionForeground); }
.detail .head { color: var(--vscode-foreground); font-family: var(--vscode-editor-font-family, monospace); }
.detail .bit { white-space: nowrap; margin-left: 10px; font-family: var(--vscode-editor-font-family, monospace); }
.detail .bit.on { color: var(--vscode-foreground); font-weight: 600; }
.for-readers { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }
.vscode-high-contrast .walk .unlit, .vscode-high-contrast-light .walk .unlit { opacity: 0.6; }
.vscode-high-contrast .walk .box, .vscode-high-contrast-light .walk .box { stroke-width: 1.5; }
${IN_PAGE}`;
