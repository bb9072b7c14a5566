import * as l10n from '@vscode/l10n';
import { Assembler } from './assembler';
import type { AssemblerInput } from './assembler-types';
import type { Assembly } from './assembly';
import { diagnose } from './diagnose';
import { FatalError, SourceError, type Diagnostic } from './diagnostics';
import { candidatePaths } from './candidate-paths';
import { FileCache, NeedFile } from './file-cache';
import { fileTroubleText } from './file-trouble';
import { tokenize } from './lexer';
import { quote } from './literals';
import { failed, finish } from './result';
import type { Recorder } from './recorder';
import { isFileTrouble, type SourceFiles } from './source-files';
import type { TokenLine } from './tokens';

export type { Assembly, LineEntry, SymbolInfo } from './assembly';
export type { Diagnostic, Location, RelatedLocation, Severity } from './diagnostics';
export { fileIdentity, plainName } from './file-identity';
export { fileTroubleText } from './file-trouble';
export {
  FileTrouble,
  isFileTrouble,
  MAX_FILE,
  type FilePart,
  type FileTroubleKind,
  type SourceFiles,
} from './source-files';
export { Recorder, type Defined, type NameKind, type NameRecord } from './recorder';
export { floatBits, type FormatName } from './floats';
export { LineTable, type Lines } from './line-table';
export { characterValue, integerValue, stringBytes } from './literals';
export { SymbolTable, type NearSymbol } from './symbol-table';
export {
  Disassembler,
  type DisassembledRow,
  type DisassembleOptions,
  type SymbolResolver,
} from './disassemble';

export interface AssembleOptions {
  /** Macros defined before the source, as by `-D NAME=VALUE`. */
  readonly defines?: Readonly<Record<string, string>>;
  /** Macros taken away before the source, as by `-U NAME`. */
  readonly undefines?: readonly string[];
  /** Files that are included before the source, as by `-P FILE`. */
  readonly preincludes?: readonly string[];
  /** Folders in which `%include` and `incbin` look after the folder of the including file. */
  readonly includeDirs?: readonly string[];
  /** What `%!NAME` and `%ifenv` see. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What `__DATE__` and its kin tell; the present if not given. */
  readonly now?: Date;
  /** Takes down where names are defined and used. */
  readonly recorder?: Recorder;
  /**
   * Called every few milliseconds: what it returns is waited for, so that others get their turn. When it throws, the
   * assembly is given up, and `assemble` rejects with what was thrown.
   */
  readonly pause?: () => Promise<void> | undefined;
}

/** How often a program may ask for yet another file. */
const MAX_FILES = 1000;

/** Directives that come before the source, as from the command line. */
function prologueOf({
  defines = {},
  undefines = [],
  preincludes = [],
}: AssembleOptions): TokenLine[] {
  const lines = [
    ...Object.entries(defines).map(([name, value]) => `%define ${name} ${value}`),
    ...undefines.map((name) => `%undef ${name}`),
    ...preincludes.map((path) => `%include ${quote(path)}`),
  ];
  return lines.map((line) => tokenize(line, '<command line>', 1));
}

/** Reads files that a source mentions before the assembler asks for them one by one. */
async function prefetch(input: AssemblerInput, path: string, seen: Set<string>): Promise<void> {
  if (seen.has(path) || seen.size > MAX_FILES) return;
  seen.add(path);
  const { cache, entry, includeFolders } = input;
  for (const line of linesIfText(cache, path)) {
    const [directive, name] = line;
    if (directive?.text.toLowerCase() !== '%include' || name?.kind !== 'string') continue;
    for (const candidate of candidatePaths(name.text.slice(1, -1), path, entry, includeFolders)) {
      await cache.load(candidate);
      if (!cache.has(candidate)) continue;
      await prefetch(input, candidate, seen);
      break;
    }
  }
}

/** No lines of a file that is no source: whoever includes it will be told. */
function linesIfText(cache: FileCache, path: string): readonly TokenLine[] {
  try {
    return cache.lines(path);
  } catch (error) {
    if (isFileTrouble(error)) return [];
    throw error;
  }
}

/** Runs the assembler over files already read. Throws NeedFile when another one is wanted. */
async function attempt(input: AssemblerInput, pause: AssembleOptions['pause']): Promise<Assembly> {
  const assembler = new Assembler(input);
  try {
    if (pause) for (const steps = assembler.steps(); !steps.next().done;) await pause();
    else assembler.run();
    return finish(assembler, input);
  } catch (error) {
    if (error instanceof NeedFile || !(error instanceof SourceError)) throw error;
    const span = error.span ?? { file: input.entry, line: 1, column: 1, endColumn: 1 };
    const last = diagnose('error', error.message, span, [span]);
    // A limit ends the program in its first pass, where most other messages are not final yet.
    const others =
      error instanceof FatalError ? assembler.messages.lastingItems : assembler.messages.list.items;
    return failed(input, [...others, last]);
  }
}

/**
 * Assembles a program into a flat image. Never throws for anything in the source: what is wrong stands in
 * `diagnostics`, and the image is then empty.
 * @param entry path of the main file, handed to `files` as it is
 */
export async function assemble(
  entry: string,
  files: SourceFiles,
  options: AssembleOptions = {},
): Promise<Assembly> {
  const cache = new FileCache(files);
  const input: AssemblerInput = {
    entry,
    cache,
    includeFolders: options.includeDirs ?? [],
    prologue: prologueOf(options),
    environment: options.environment ?? {},
    now: options.now ?? new Date(),
    recorder: options.recorder,
  };
  await cache.load(entry);
  try {
    cache.lines(entry);
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    return failed(input, [atStart(entry, fileTroubleText(quote(entry), error))]);
  }
  await prefetch(input, entry, new Set());
  for (let i = 0; i < MAX_FILES; i++) {
    try {
      return await attempt(input, options.pause);
    } catch (error) {
      if (!(error instanceof NeedFile)) throw error;
      for (const path of error.candidates) {
        await cache.load(path, error.part);
        if (cache.has(path, error.part)) break;
      }
    }
  }
  return failed(input, [
    atStart(entry, l10n.t('the program needs more than {0} files', MAX_FILES)),
  ]);
}

/** A message about a whole file. */
function atStart(file: string, message: string): Diagnostic {
  const place = { file, line: 1, column: 1, endColumn: 1 };
  return diagnose('error', message, place, [place]);
}
