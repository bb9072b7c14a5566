import type { SourceFiles } from '../../program';
import type { SourceTexts } from '../running/source-texts';
import { LineMap } from './line-map';

/**
 * Files of the program that have been edited since it was assembled. Lines that a client tells, and is told, are those
 * of the file as it reads now; all else means those that were assembled.
 */
export class EditedSources {
  private readonly told = new Set<string>();
  private readonly maps = new Map<string, LineMap>();

  constructor(
    private readonly files: SourceFiles,
    private readonly assembled: SourceTexts = new Map<string, string>(),
  ) {}

  /** Reads a file anew. @returns whether it is another than what was assembled; undefined: it is no file of the program */
  async look(file: string): Promise<boolean | undefined> {
    const before = this.assembled.get(file);
    if (before === undefined) return undefined;
    const bytes = await this.files.read(file).catch(() => undefined);
    const now = bytes && new TextDecoder().decode(bytes);
    if (now === undefined || now === before) this.maps.delete(file);
    else this.maps.set(file, new LineMap(before, now));
    return this.maps.has(file);
  }

  /** Whether a file read otherwise when it was last looked at. */
  has(file: string): boolean {
    return this.maps.has(file);
  }

  /** True once for each file. */
  isNew(file: string): boolean {
    const known = this.told.has(file);
    this.told.add(file);
    return !known;
  }

  toPresent(file: string, line: number): number {
    return this.maps.get(file)?.toPresent(line) ?? line;
  }

  /** Whether a line of what was assembled is there no more. */
  lacks(file: string, line: number): boolean {
    return this.maps.get(file)?.lacks(line) === true;
  }

  toAssembled(file: string, line: number): number {
    return this.maps.get(file)?.toAssembled(line) ?? line;
  }
}
