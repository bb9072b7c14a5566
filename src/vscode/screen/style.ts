/** The look of the page: the editor's own colours, and sharp pixels. */
export const STYLE = `
html, body { height: 100%; margin: 0; padding: 0; overflow: hidden; }
body {
  display: flex; flex-direction: column;
  font-family: var(--vscode-font-family); font-size: var(--vscode-font-size);
  color: var(--vscode-foreground); background: var(--vscode-editor-background);
}
header { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; padding: 8px 10px; }
button {
  font: inherit; padding: 3px 9px; border-radius: 2px; cursor: pointer;
  color: var(--vscode-button-secondaryForeground);
  background: var(--vscode-button-secondaryBackground);
  border: 1px solid var(--vscode-button-border, transparent);
}
button:hover { background: var(--vscode-button-secondaryHoverBackground); }
button:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
#state { margin-left: auto; color: var(--vscode-descriptionForeground); }
main {
  flex: 1; min-height: 0; margin: 0 10px; overflow: hidden;
  display: flex; align-items: center; justify-content: center;
}
canvas {
  image-rendering: pixelated; background: #000; flex: none; cursor: pointer;
  border: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
  outline: 2px solid transparent; outline-offset: 2px;
}
canvas:focus-visible, canvas.captured { outline-color: var(--vscode-focusBorder); }
canvas.captured { cursor: default; }
canvas.captured.mouse { cursor: none; }
/* Pixels that are left out would tear holes into letters. */
canvas.reduced { image-rendering: auto; }
footer { padding: 6px 10px 8px; min-height: 1.4em; }
#hint { margin: 0; text-align: center; color: var(--vscode-descriptionForeground); }
#hint.captured { color: var(--vscode-foreground); font-weight: 600; }
.for-readers {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: pre;
}
`;
