import * as l10n from '@vscode/l10n';
import type { Span } from './diagnostics';
import type { TokenLine } from './tokens';

/** Directives that define a macro whose name is the next word. */
const DEFINES = /^%i?(x?define|assign|defstr|deftok)$|^%i?r?i?macro$/i;

/** Where the macros of a program are defined, wherever that is: for those that are used before. */
export class LateDefinitions {
  private places: ReadonlyMap<string, Span> | undefined;

  /** @param files the lines of the program's files, asked for when the first name is looked up */
  constructor(private readonly files: () => Iterable<readonly TokenLine[]>) {}

  /** What to say of a name used at `span` that a macro gets only later; undefined when none does. */
  explain(name: string, span: Span): string | undefined {
    this.places ??= placesOf(this.files());
    const place = this.places.get(name.toLowerCase());
    if (!place || (place.file === span.file && place.line <= span.line)) return undefined;
    const line = String(place.line);
    return place.file === span.file
      ? l10n.t(
          '`{0}` is defined only later, in line {1}: a macro comes before its first use',
          name,
          line,
        )
      : l10n.t(
          '`{0}` is defined only later, in line {1} of {2}: a macro comes before its first use',
          name,
          line,
          place.file,
        );
  }
}

/** The first definition of each name. */
function placesOf(files: Iterable<readonly TokenLine[]>): ReadonlyMap<string, Span> {
  const places = new Map<string, Span>();
  for (const lines of files) {
    for (const [directive, name] of lines) {
      if (directive?.kind !== 'pre' || name?.kind !== 'id' || !DEFINES.test(directive.text))
        continue;
      const key = name.text.toLowerCase();
      if (!places.has(key)) places.set(key, name);
    }
  }
  return places;
}
