import * as l10n from '@vscode/l10n';
import type { Diagnostic, RelatedLocation, Severity, Span } from './diagnostics';

const sameLine = (a: Span, b: Span): boolean => a.file === b.file && a.line === b.line;

/**
 * Makes a message about `span`, which may lie in a macro's body: the message then stands at the line in the source
 * that called the macro, and names the other places beside it.
 * @param chain the line in the source first, then the lines in macro bodies
 */
export function diagnose(
  severity: Severity,
  message: string,
  span: Span | undefined,
  chain: readonly Span[],
): Diagnostic {
  const source = chain[0] ?? span ?? { file: '', line: 1, column: 1, endColumn: 1 };
  const meant = span ?? source;
  const primary = sameLine(meant, source) ? meant : source;
  const related: RelatedLocation[] = [];
  const inner = chain.slice(1);
  if (!sameLine(meant, source) && !inner.some((place) => sameLine(place, meant))) inner.push(meant);
  for (const place of inner) {
    const { file, line, column } = sameLine(place, meant) ? meant : place;
    related.push({ file, line, column, message: l10n.t('in the macro, here') });
  }
  const { file, line, column } = primary;
  const endColumn = Math.max(primary.endColumn, column);
  const plain = { file, line, column, endColumn, severity, message };
  return related.length > 0 ? { ...plain, related } : plain;
}
