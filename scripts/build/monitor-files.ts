import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { addOperationSites } from './monitor-sites';

export const SOURCE_FOLDER = resolve(__dirname, '../../src');
const MONITOR_FOLDER = join(SOURCE_FOLDER, 'vmm');
/** What notes the places of others has none of its own. */
const OPERATION = join(MONITOR_FOLDER, 'operation.ts');

/** The monitor's own files: what the debugger can show and step through. */
export function isMonitorFile(path: string): boolean {
  return path.startsWith(MONITOR_FOLDER + sep) && /(?<!\.test|\.testing)\.ts$/.test(path);
}

/** 'vmm/hardware/exits/cpuid.ts' */
export function monitorFileName(path: string): string {
  return relative(SOURCE_FOLDER, path).replaceAll(sep, '/');
}

/** All sources of the monitor by name, as the reader wrote them. */
export function monitorSources(): Record<string, string> {
  const paths = readdirSync(MONITOR_FOLDER, { recursive: true, encoding: 'utf8' })
    .map((path) => join(MONITOR_FOLDER, path))
    .filter(isMonitorFile)
    .sort();
  return Object.fromEntries(
    paths.map((path) => [monitorFileName(path), readFileSync(path, 'utf8')]),
  );
}

/** A file of the monitor with the place of each operation noted. */
export function readWithSites(path: string): string {
  const text = readFileSync(path, 'utf8');
  if (path === OPERATION) return text;
  const operation = relative(dirname(path), OPERATION.slice(0, -'.ts'.length)).replaceAll(sep, '/');
  const specifier = operation.startsWith('.') ? operation : `./${operation}`;
  return addOperationSites(text, monitorFileName(path), specifier);
}
