import type { DebugProtocol } from '@vscode/debugprotocol';

/** A file of the program as the client opens it. */
export function programSource(file: string): DebugProtocol.Source {
  return {
    name: file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1),
    path: file,
  };
}
