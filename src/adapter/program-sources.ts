import type { DebugProtocol } from '@vscode/debugprotocol';

/**
 * A file of the program as the client opens it.
 *
 * @param sha256 of what was assembled, in hexadecimal
 */
export function programSource(file: string, sha256?: string): DebugProtocol.Source {
  return {
    name: file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1),
    path: file,
    ...(sha256 !== undefined && { checksums: [{ algorithm: 'SHA256', checksum: sha256 }] }),
  };
}
