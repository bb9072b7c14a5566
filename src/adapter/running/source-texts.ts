import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Assembly, SourceFiles } from '../../program';
import { sourceFilesOf } from '../../session';

/** Texts of source files by the names that lines tell, as they were read. */
export type SourceTexts = ReadonlyMap<string, string>;

/** Remembers what is read of files. */
export class RememberedFiles {
  private readonly known = new Map<string, Uint8Array>();
  readonly files: SourceFiles;

  constructor(files: SourceFiles) {
    this.files = {
      ...files,
      read: async (path) => {
        const bytes = await files.read(path);
        this.known.set(path, bytes);
        return bytes;
      },
    };
  }

  /** The SHA-256 of each, in hexadecimal. */
  checksumsOf(programs: readonly Assembly[]): ReadonlyMap<string, string> {
    const checksums = new Map<string, string>();
    for (const file of sourceFilesOf(programs)) {
      const bytes = this.known.get(file);
      if (bytes) checksums.set(file, bytesToHex(sha256(bytes)));
    }
    return checksums;
  }

  /** The texts of what programs were assembled from. */
  textsOf(programs: readonly Assembly[]): SourceTexts {
    const texts = new Map<string, string>();
    for (const file of sourceFilesOf(programs)) {
      const bytes = this.known.get(file);
      if (bytes) texts.set(file, new TextDecoder().decode(bytes));
    }
    return texts;
  }
}

/** Those of which there is no file here that reads the same. */
export async function notHere(texts: SourceTexts, files: SourceFiles): Promise<SourceTexts> {
  const missing = new Map<string, string>();
  for (const [file, text] of texts) {
    const here = await files.read(file).catch(() => undefined);
    if (!here || new TextDecoder().decode(here) !== text) missing.set(file, text);
  }
  return missing;
}
