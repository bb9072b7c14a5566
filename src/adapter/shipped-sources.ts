import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { programSource } from './program-sources';

/** The path under which a client sees these files. */
const FOLDER = 'ringside/';
const FIRMWARE = 'firmware/';
/** An operation is yielded here: `yield vmread(…)`, but not `yield* handler()`. */
const OPERATION = /\byield\s+[^*\s]/;

/**
 * Sources that come with Ringside and that no client can open by path: the monitor's TypeScript and the
 * firmware's assembly. References are stable.
 */
export class ShippedSources {
  private readonly files: readonly string[];

  /** Texts of the user's programs that were recorded, where no file here reads the same. */
  recorded: ReadonlyMap<string, string> = new Map();

  /** SHA-256 of the user's files as they were read. */
  checksums: ReadonlyMap<string, string> = new Map();

  constructor(private readonly texts: Readonly<Record<string, string>>) {
    this.files = Object.keys(texts).sort();
  }

  /** All files of the monitor, or of the firmware. */
  all(kind: 'monitor' | 'firmware'): DebugProtocol.Source[] {
    return this.files
      .filter((file) => isFirmware(file) === (kind === 'firmware'))
      .map((file) => this.source(file));
  }

  /** A file of these, or else one of the user's program. */
  source(file: string): DebugProtocol.Source {
    const reference = this.files.indexOf(file) + 1;
    if (reference === 0 && !file.startsWith('vmm/')) return this.ofProgram(file);
    const name = file.slice(file.lastIndexOf('/') + 1);
    return {
      name,
      path: `${FOLDER}${file}`,
      origin: isFirmware(file) ? l10n.t('Ringside’s firmware') : l10n.t('Ringside’s monitor'),
      ...(reference > 0 && { sourceReference: reference }),
    };
  }

  /** A file of the user's program: it is where the client opens it, unless only its text was recorded. */
  ofProgram(file: string): DebugProtocol.Source {
    const number = [...this.recorded.keys()].indexOf(file);
    if (number < 0) return programSource(file);
    return {
      ...programSource(file),
      origin: l10n.t('the recording'),
      sourceReference: this.files.length + 1 + number,
    };
  }

  /** The same with the checksum of what was assembled, by which a client knows whether its file is another. */
  identified(file: string): DebugProtocol.Source {
    const source = this.source(file);
    const checksum = source.sourceReference === undefined ? this.checksums.get(file) : undefined;
    return checksum === undefined
      ? source
      : { ...source, checksums: [{ algorithm: 'SHA256', checksum }] };
  }

  /** The text that a client's source means, where that was recorded. */
  recordedText({ sourceReference = 0 }: DebugProtocol.Source): string | undefined {
    return [...this.recorded.values()][sourceReference - this.files.length - 1];
  }

  /** The file that a client's source means; undefined when it is none of these. */
  fileOf({ path, sourceReference }: DebugProtocol.Source): string | undefined {
    const byPath = this.files.find((file) => path?.endsWith(`${FOLDER}${file}`));
    return byPath ?? this.files[(sourceReference ?? 0) - 1];
  }

  text(file: string): string | undefined {
    return this.texts[file];
  }

  /** Lines with operations, at which the monitor can stop. */
  operationLines(file: string): number[] {
    const lines = (this.texts[file] ?? '').split('\n');
    return lines.flatMap((line, n) =>
      OPERATION.test(line) && !/^\s*\/?\*/.test(line) ? [n + 1] : [],
    );
  }
}

/** Assembly, whose lines are those of a program; all else is the monitor's. */
export const isFirmware = (file: string): boolean => file.startsWith(FIRMWARE);
