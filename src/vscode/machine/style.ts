/** The look of the machine: the editor's own colours; what differs by colour differs by its border and a sign, too. */

const KINDS = [
  ['guest', '--vscode-charts-blue', 'solid'],
  ['between', '--vscode-charts-purple', 'dotted'],
  ['host', '--vscode-charts-yellow', 'dashed'],
  ['hardware', '--vscode-charts-green', 'double'],
] as const;

const kindRules = KINDS.map(
  ([kind, colour, line]) => `.${kind} { --colour: var(${colour}); --line: ${line}; }`,
).join('\n');

export const STYLE = `
html, body { height: 100%; margin: 0; padding: 0; }
body {
  font-family: var(--vscode-font-family); font-size: var(--vscode-font-size);
  color: var(--vscode-foreground); background: var(--vscode-panel-background, var(--vscode-editor-background));
}
main { padding: 2px 16px 8px; }
.empty { color: var(--vscode-descriptionForeground); }
.for-readers { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }
${kindRules}
.sentence { margin: 0 0 5px; font-size: 1.1em; font-weight: 600; }
.gist { margin: 6px 0 0; color: var(--vscode-descriptionForeground); }
.hint { margin: 0 0 2px; font-weight: 600; }
.stale { opacity: 0.65; }
h2 { font-size: 1em; font-weight: 600; margin: 0; }
h2 .operation { font-weight: 400; color: var(--vscode-descriptionForeground); margin-left: 6px; }
.sign { color: var(--colour); margin-right: 4px; }
.worlds { position: relative; display: flex; align-items: stretch; gap: 64px; }
.world {
  flex: 3 1 0; min-width: 0; box-sizing: border-box; padding: 4px 10px 8px; display: flex; flex-direction: column; gap: 14px;
  border: 2px var(--line) var(--colour); border-radius: 8px;
}
.world.hardware, .world.between { flex-grow: 2; }
.worlds:has(.between), .worlds:has(.hardware) { gap: 46px; }
.world.hardware { border-width: 4px; }
button {
  font: inherit; color: inherit; background: none; text-align: left; cursor: pointer; box-sizing: border-box;
  border: 1px solid var(--vscode-editorWidget-border, var(--vscode-contrastBorder, transparent)); border-radius: 5px;
}
button:hover { background: var(--vscode-list-hoverBackground); }
button:focus-visible { outline: 2px solid var(--vscode-focusBorder); outline-offset: 1px; }
.room {
  position: relative; display: flex; flex-direction: column; align-items: flex-start; justify-content: center; width: 100%;
  padding: 3px 10px; flex: 0 1 auto; min-height: 30px; }
.room.peopled { flex: 1; justify-content: flex-start; }
.room .name { font-weight: 600; font-size: 1.08em; }
.room .note { color: var(--vscode-descriptionForeground); margin-left: 8px; }
.room .line, .room .facts { color: var(--vscode-descriptionForeground); }
.room .where, .room .facts { display: flex; flex-wrap: wrap; gap: 0 18px; overflow-wrap: anywhere; }
.room .where { margin-top: 1px; font-family: var(--vscode-editor-font-family, monospace); }
.room.here { border: 3px var(--line) var(--colour); padding: 2px 8px; }
.room .mark { font-weight: 700; margin-left: 10px; }
.room.here .head { padding-right: 26px; }
.arrows { position: absolute; left: 0; top: 0; width: 100%; height: 100%; pointer-events: none; overflow: visible; }
.arrows .arrow { fill: none; stroke: var(--vscode-descriptionForeground); stroke-width: 2; }
.arrows .latest .arrow { stroke: var(--vscode-foreground); stroke-width: 3; }
.arrows .next .arrow { stroke-dasharray: 5 4; }
.arrows .tip { fill: var(--vscode-descriptionForeground); }
.arrows .latest .tip { fill: var(--vscode-foreground); }
.arrows .badge { fill: var(--vscode-panel-background, var(--vscode-editor-background)); stroke: var(--vscode-foreground); }
.arrows text { fill: var(--vscode-foreground); font-size: 11px; font-weight: 700; text-anchor: middle; dominant-baseline: central; }
.marker {
  position: absolute; left: 0; top: 0; width: 10px; height: 10px; border-radius: 50%; pointer-events: none;
  background: var(--vscode-foreground); border: 3px solid var(--vscode-panel-background, var(--vscode-editor-background));
  box-shadow: 0 0 0 2px var(--vscode-foreground);
}
.row { display: flex; align-items: baseline; gap: 10px; margin-top: 5px; }
.row h2 { flex: none; margin: 0; min-width: 120px; }
.row ul, .row ol { list-style: none; margin: 0; padding: 2px; min-width: 0; display: flex; gap: 6px; align-items: center; }
.row ul { flex-wrap: wrap; }
.row ol { overflow-x: auto; white-space: nowrap; scrollbar-width: thin; }
.row ol:focus-visible { outline: 1px solid var(--vscode-focusBorder); }
.owner { padding: 2px 8px; border: 2px var(--line) var(--colour); }
.owner.hardware, .stay.hardware { border-width: 3px; }
.owner .value { font-family: var(--vscode-editor-font-family, monospace); }
.path li { display: flex; align-items: center; gap: 6px; }
.path .by { color: var(--vscode-descriptionForeground); }
.path .number {
  display: inline-block; min-width: 16px; text-align: center; font-size: 11px; font-weight: 700; line-height: 16px;
  border: 1px solid var(--vscode-foreground); border-radius: 9px; color: var(--vscode-foreground); margin-right: 4px;
}
.path .stay { padding: 1px 8px; border: 2px var(--line) var(--colour); border-radius: 5px; }
.path .next .stay { opacity: 0.75; }
@media (max-width: 700px) {
  .worlds { gap: 44px; }
  .row { display: block; }
  .row h2 { margin-bottom: 4px; }
}
@media (max-width: 460px) { .worlds { flex-direction: column; gap: 28px; } }
`;
