import { candidatePaths } from '../program/candidate-paths';
import type { Documents } from './documents';

const INCLUDE = /^[ \t]*%include[ \t]+(["'`])(.+?)\1/gim;

/** Which file includes which, among the sources of the workspace: by this, a fragment is read in its program. */
export class Includers {
  private readonly scanned = new Map<
    string,
    { readonly stamp: number; readonly names: readonly string[] }
  >();
  private sources: Promise<readonly string[]> | undefined;

  constructor(
    private readonly documents: Documents,
    private readonly listSources: () => Promise<readonly string[]>,
    private readonly folders: (file: string) => readonly string[],
  ) {}

  /** Files have come or gone. */
  forget(): void {
    this.sources = undefined;
  }

  /** Every file that is not included by another and leads to `file`; the likeliest first. `file` itself where none does. */
  async mainFiles(file: string): Promise<string[]> {
    const includedBy = await this.graph();
    const tops: string[] = [];
    const seen = new Set([file]);
    const queue = [file];
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      const above = [...(includedBy.get(at) ?? [])].filter((f) => !seen.has(f)).sort(nearest(file));
      if (above.length === 0 && at !== file) tops.push(at);
      for (const each of above) seen.add(each);
      queue.push(...above);
    }
    return tops.length > 0 ? tops : [file];
  }

  /** Every source that no other includes. */
  async allMainFiles(): Promise<string[]> {
    const includedBy = await this.graph();
    return (await this.files()).filter((file) => !includedBy.has(file)).sort();
  }

  /** The sources of the workspace, and those open in the editor. */
  private async files(): Promise<string[]> {
    this.sources ??= this.listSources();
    return [...new Set([...(await this.sources), ...this.documents.openFiles])];
  }

  private async graph(): Promise<Map<string, Set<string>>> {
    const files = new Set(await this.files());
    const named = await Promise.all(
      [...files].map(async (file) => ({ file, names: await this.includesOf(file) })),
    );
    const includedBy = new Map<string, Set<string>>();
    for (const { file, names } of named) {
      for (const name of names) {
        const found = candidatePaths(name, file, file, this.folders(file)).find((path) =>
          files.has(path),
        );
        if (found === undefined || found === file) continue;
        const set = includedBy.get(found) ?? new Set();
        includedBy.set(found, set.add(file));
      }
    }
    return includedBy;
  }

  private async includesOf(file: string): Promise<readonly string[]> {
    const stamp = this.documents.stamp(file);
    const known = this.scanned.get(file);
    if (known?.stamp === stamp) return known.names;
    let names: string[] = [];
    try {
      const { text } = await this.documents.text(file);
      names = [...text.matchAll(INCLUDE)].map((match) => match[2] ?? '');
    } catch {
      // A file that cannot be read includes nothing.
    }
    this.scanned.set(file, { stamp, names });
    return names;
  }
}

/** Files in the same folder first, then by name. */
function nearest(file: string): (a: string, b: string) => number {
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  const far = (f: string): number => (f.startsWith(folder) ? 0 : 1);
  return (a, b) => far(a) - far(b) || (a < b ? -1 : 1);
}
