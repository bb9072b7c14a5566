import {
  assemble,
  MAX_FILE,
  type AssembleOptions,
  type Assembly,
  type Diagnostic,
} from '../program';
import { diskFiles } from './disk-files';
import { readInput } from './files';

/** The folder in which the command was given. */
const WORKING_FOLDER = '';

/** file:line:column: severity: message, as editors and terminals know how to read it. */
export function formatDiagnostic(d: Diagnostic): string {
  return `${d.file}:${String(d.line)}:${String(d.column)}: ${d.severity}: ${d.message}`;
}

/** Assembles a file of the disk; messages go to stderr. undefined when there was an error. */
export async function assembleFile(
  path: string,
  options: AssembleOptions = {},
): Promise<Assembly | undefined> {
  // The main file may also be a pipe, which can be read only once.
  const source = await readInput(path, MAX_FILE);
  const files = {
    ...diskFiles,
    read: (name: string) => (name === path ? Promise.resolve(source) : diskFiles.read(name)),
  };
  const includeDirs = [...(options.includeDirs ?? []), WORKING_FOLDER];
  const assembly = await assemble(path, files, { ...options, includeDirs });
  for (const diagnostic of assembly.diagnostics)
    process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  return assembly.diagnostics.some((d) => d.severity === 'error') ? undefined : assembly;
}
