import * as l10n from '@vscode/l10n';
import type { Cursor } from '../reading/cursor';
import { readForm, type Encoding, type FormValue } from '../reading/forms';
import type { DebugFile } from '../reading/unit';

/** The header of a line number program (DWARF 5, 6.2.4; DWARF 2 to 4, the same section). */
export interface LineHeader {
  readonly version: number;
  readonly addressSize: number;
  readonly minimumLength: number;
  readonly maximumOperations: number;
  readonly defaultIsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** How many operands each standard opcode has, from 1 on. */
  readonly operands: readonly number[];
  /** Paths of the files by the numbers that the program calls them, as the compiler knew them. */
  readonly files: readonly (string | undefined)[];
  /** Where the program begins, and ends. */
  readonly start: number;
  readonly end: number;
}

const ContentType = { PATH: 1, DIRECTORY: 2 } as const;

/** What of the unit a header stands in need of. */
export interface Origin {
  /** The folder that paths count from. */
  readonly folder: string;
  readonly addressSize: number;
}

/** Reads a header; the cursor stands behind it then. @throws DebugInfoError */
export function readLineHeader(cursor: Cursor, file: DebugFile, origin: Origin): LineHeader {
  const unitAt = cursor.offset;
  const { is64, end } = cursor.unitLength();
  const version = cursor.u16();
  if (version < 2 || version > 5) {
    cursor.fail(l10n.t('version {0} of DWARF is not known', version), unitAt);
  }
  let { addressSize } = origin;
  if (version >= 5) {
    addressSize = cursor.u8();
    cursor.u8();
  }
  const headerLength = cursor.word(is64);
  const start = cursor.offset + headerLength;
  if (start > end) cursor.fail(l10n.t('the header is longer than its unit'), unitAt);
  const minimumLength = cursor.u8();
  const maximumOperations = version >= 4 ? cursor.u8() : 1;
  const defaultIsStatement = cursor.u8() !== 0;
  const lineBase = cursor.s8();
  const lineRange = cursor.u8();
  const opcodeBase = cursor.u8();
  if (lineRange === 0 || opcodeBase === 0) cursor.fail(l10n.t('the header is damaged'), unitAt);
  const operands = [0, ...Array.from({ length: opcodeBase - 1 }, () => cursor.u8())];
  const encoding = { version, is64, addressSize, unitAt };
  const files =
    version >= 5
      ? describedFiles(cursor, file, encoding, origin.folder)
      : plainFiles(cursor, origin.folder);
  return {
    version,
    addressSize,
    minimumLength,
    maximumOperations,
    defaultIsStatement,
    lineBase,
    lineRange,
    opcodeBase,
    operands,
    files,
    start,
    end,
  };
}

/** Up to DWARF 4: file 1 is the first, folder 0 the one in which the compiler was called. */
function plainFiles(cursor: Cursor, folder: string): (string | undefined)[] {
  const folders = [folder];
  for (let name = cursor.text(); name !== ''; name = cursor.text()) {
    folders.push(joinPath(folder, name));
  }
  const files: (string | undefined)[] = [undefined];
  for (let name = cursor.text(); name !== ''; name = cursor.text()) {
    const directory = cursor.uleb();
    cursor.uleb();
    cursor.uleb();
    files.push(joinPath(folders[directory] ?? folder, name));
  }
  return files;
}

type Described = ReadonlyMap<number, FormValue>;

/** DWARF 5 says first what is said of each. */
function describedFiles(
  cursor: Cursor,
  file: DebugFile,
  encoding: Encoding,
  folder: string,
): string[] {
  const pathOf = (described: Described): string => {
    const value = described.get(ContentType.PATH);
    return value?.kind === 'text' ? file.text(value.section, value.value) : '';
  };
  const folders = describedList(cursor, encoding).map((each) => joinPath(folder, pathOf(each)));
  return describedList(cursor, encoding).map((each) => {
    const directory = each.get(ContentType.DIRECTORY);
    const index = directory?.kind === 'constant' ? Number(directory.value) : 0;
    return joinPath(folders[index] ?? folder, pathOf(each));
  });
}

function describedList(cursor: Cursor, encoding: Encoding): Described[] {
  const formats = Array.from({ length: cursor.u8() }, () => [cursor.uleb(), cursor.uleb()]);
  const at = cursor.offset;
  const count = cursor.uleb();
  // Each has a path, at least a byte long.
  if (count > cursor.left || (count > 0 && formats.length === 0)) {
    cursor.fail(l10n.t('the number of files is wrong'), at);
  }
  return Array.from(
    { length: count },
    () => new Map(formats.map(([type = 0, form = 0]) => [type, readForm(cursor, form, encoding)])),
  );
}

export const isAbsolutePath = (path: string): boolean => /^(?:[/\\]|[a-z]:)/i.test(path);

/** A path as seen from a folder, without `.` and, where names stand before them, `..`. */
export function joinPath(folder: string, path: string): string {
  if (path === '') return folder;
  const whole = isAbsolutePath(path) || folder === '' ? path : `${folder}/${path}`;
  const parts: string[] = [];
  for (const part of whole.replaceAll('\\', '/').split('/')) {
    const last = parts.at(-1);
    if (part === '.' || (part === '' && parts.length > 0)) continue;
    if (part === '..' && last !== undefined && last !== '..' && last !== '') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
