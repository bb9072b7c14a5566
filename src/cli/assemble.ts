import { assemble, type AssembleOptions, type Assembly, type Diagnostic } from '../program';
import { diskFiles, readInput } from './files';

/** file:line:column: severity: message, as editors and terminals know how to read it. */
export function formatDiagnostic(d: Diagnostic): string {
  return `${d.file}:${String(d.line)}:${String(d.column)}: ${d.severity}: ${d.message}`;
}

/** Assembles a file of the disk; messages go to stderr. undefined when there was an error. */
export async function assembleFile(
  path: string,
  options: AssembleOptions = {},
): Promise<Assembly | undefined> {
  await readInput(path);
  const assembly = await assemble(path, diskFiles, options);
  for (const diagnostic of assembly.diagnostics)
    process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  return assembly.diagnostics.some((d) => d.severity === 'error') ? undefined : assembly;
}
