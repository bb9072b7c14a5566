import { CODE_PAGE_437 } from './code-page-437';
import type { Screen } from './screen';

/** The lines of a text screen as Unicode, without blanks at their ends; none for graphics. */
export function textOf(screen: Screen): string[] {
  if (screen.kind !== 'text') return [];
  const { rows, columns, cells } = screen;
  return Array.from({ length: rows }, (_, row) => {
    let line = '';
    for (let column = 0; column < columns; column++) {
      line += CODE_PAGE_437[cells[(row * columns + column) * 2] ?? 0] ?? ' ';
    }
    return line.trimEnd();
  });
}
