import { PATTERNS } from '../comparison/style';

/** The look of the timeline: the editor's own colours; what differs by colour differs by form, pattern or name, too. */
export const STYLE = `
html, body { height: 100%; margin: 0; padding: 0; overflow: hidden; }
body {
  font-family: var(--vscode-font-family); font-size: var(--vscode-font-size);
  color: var(--vscode-foreground); background: var(--vscode-panel-background, var(--vscode-editor-background));
}
main { height: 100%; display: flex; flex-direction: column; }
.empty { padding: 4px 20px; color: var(--vscode-descriptionForeground); }
.toolbar { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; padding: 4px 12px 6px; }
.toolbar button {
  font: inherit; padding: 2px 8px; border-radius: 2px; cursor: pointer;
  color: var(--vscode-button-secondaryForeground);
  background: var(--vscode-button-secondaryBackground);
  border: 1px solid var(--vscode-button-border, transparent);
}
.toolbar button:hover { background: var(--vscode-button-secondaryHoverBackground); }
button:focus-visible, .list:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; }
.summary { color: var(--vscode-descriptionForeground); margin-left: 8px; }
.columns { flex: 1; min-height: 0; display: flex; }
.picture { flex: 1; min-width: 0; overflow: hidden auto; }
.picture > svg { cursor: crosshair; touch-action: none; user-select: none; display: block; }
.note { margin: 2px 12px 4px; color: var(--vscode-descriptionForeground); }
.list {
  width: 320px; flex: none; margin: 0; padding: 0; list-style: none; overflow-y: auto;
  border-left: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
}
.list li { display: flex; gap: 10px; padding: 1px 8px; cursor: pointer; line-height: 20px; overflow-wrap: anywhere; }
.list .count {
  flex: none; min-width: 56px; text-align: right; font-variant-numeric: tabular-nums;
  color: var(--vscode-descriptionForeground);
}
.list:focus .active .count { color: inherit; }
.list li:hover { background: var(--vscode-list-hoverBackground); color: var(--vscode-list-hoverForeground, inherit); }
.list li.active {
  background: var(--vscode-list-inactiveSelectionBackground);
  outline: 1px dashed var(--vscode-contrastActiveBorder, transparent); outline-offset: -1px;
}
.list:focus li.active {
  background: var(--vscode-list-activeSelectionBackground);
  color: var(--vscode-list-activeSelectionForeground);
}
.list li.nothing { cursor: default; color: var(--vscode-descriptionForeground); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 2px 12px; padding: 0; list-style: none; }
.legend li { display: flex; align-items: center; gap: 4px; }
.swatch .part { stroke: var(--vscode-foreground); }
.for-readers { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }
svg text { fill: var(--vscode-foreground); dominant-baseline: central; pointer-events: none; }
svg .name { text-anchor: end; }
svg .tick { text-anchor: middle; fill: var(--vscode-descriptionForeground); font-size: 0.9em; }
svg .grid { stroke: var(--vscode-editorIndentGuide-background1, var(--vscode-panel-border)); }
svg .label { font-size: 0.9em; }
svg .part { stroke: var(--vscode-editor-background); stroke-width: 0.5; }
svg .event, svg .interrupt { fill: var(--vscode-charts-yellow); fill-opacity: 0.55; }
svg .exception { fill: var(--vscode-charts-red); fill-opacity: 0.55; stroke: var(--vscode-foreground); stroke-dasharray: 2 1; }
svg .output { fill: var(--vscode-charts-foreground); fill-opacity: 0.25; }
svg .ring-0 { fill: var(--vscode-charts-blue); fill-opacity: 0.25; }
svg .ring-1 { fill: var(--vscode-charts-purple); fill-opacity: 0.35; }
svg .ring-2 { fill: var(--vscode-charts-orange); fill-opacity: 0.35; }
svg .ring-3 { fill: var(--vscode-charts-green); fill-opacity: 0.45; }
.vscode-high-contrast svg .part, .vscode-high-contrast-light svg .part { stroke: var(--vscode-contrastBorder); stroke-width: 1; }
svg .checkpoint { fill: none; stroke: var(--vscode-descriptionForeground); }
svg .bookmark { fill: var(--vscode-charts-blue); stroke: var(--vscode-foreground); }
svg .here line { stroke: var(--vscode-foreground); stroke-width: 1.5; }
svg .here path { fill: var(--vscode-foreground); }
svg .focus { fill: none; stroke: var(--vscode-focusBorder); stroke-width: 2; pointer-events: none; }
svg .selection { fill: var(--vscode-editor-selectionBackground); fill-opacity: 0.5; pointer-events: none; }
${PATTERNS}
`;
