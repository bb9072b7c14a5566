import {
  assemble,
  Recorder,
  type AssembleOptions,
  type Assembly,
  type SourceFiles,
} from '../program';
import type { Documents } from './documents';
import { SourceIndex } from './source-index';
import { SourceText } from './text';

/** Everything known about one program: what it assembles to, and what its names mean. */
export interface Analysis {
  /** The file that was assembled. */
  readonly root: string;
  readonly assembly: Assembly;
  readonly index: SourceIndex;
  /** Its source files, as they were read. */
  readonly texts: ReadonlyMap<string, SourceText>;
  /** Whether a line (from 1) was assembled: false within an `%if` that does not hold, or a macro nobody calls. */
  isAssembled(file: string, line: number): boolean;
}

/** What tells the assembler how to go about a program. */
export type ProgramOptions = Pick<AssembleOptions, 'defines' | 'includeDirs'>;

/**
 * Assembles a program for the editor. Rejects with what `pause` throws.
 * @param files where files are read; untitled and unsaved ones included
 */
export async function analyze(
  root: string,
  files: Documents,
  options: ProgramOptions,
  pause: () => Promise<void> | undefined,
): Promise<Analysis> {
  const recorder = new Recorder();
  const contents = new Map<string, Uint8Array>();
  const { readPart } = files;
  const remembering: SourceFiles = {
    read: async (path) => {
      const bytes = await files.read(path);
      contents.set(path, bytes);
      return bytes;
    },
    ...(readPart && { readPart }),
  };
  const assembly = await assemble(root, remembering, { ...options, recorder, pause });
  const sources = new Set([root]);
  for (const { kind, name } of recorder.records) if (kind === 'file') sources.add(name);
  const texts = new Map<string, SourceText>();
  for (const file of sources) {
    const bytes = contents.get(file);
    if (bytes) texts.set(file, new SourceText(file, new TextDecoder().decode(bytes)));
  }
  return {
    root,
    assembly,
    index: new SourceIndex(recorder, texts, assembly.diagnostics),
    texts,
    isAssembled: (file, line) => recorder.lines.get(file)?.has(line) ?? false,
  };
}
