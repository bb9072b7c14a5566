import type { Persistent } from '../../processor/persistent';
import { PAGE_SIZE } from '../../processor/state/layout';

/** Where a page of the guest's code lies, and what leads there. */
export interface CodePage {
  /** Linear. */
  readonly address: bigint;
  /** Host-physical. */
  readonly frame: number;
  /** Host-physical addresses of the entries of the guest's page tables that lead to it. */
  readonly entries: readonly number[];
  readonly entryBytes: 4 | 8;
}

/**
 * The pages of the guest that code has been translated from. Whoever writes to one, or to an entry that leads to it,
 * has to be seen.
 */
export class CodePages implements Persistent<readonly CodePage[]> {
  private readonly pages = new Map<bigint, CodePage>();
  private readonly byFrame = new Map<number, Set<CodePage>>();
  private readonly byTable = new Map<number, Set<CodePage>>();
  /** The frames to watch, until there are others. */
  private frames: ReadonlySet<number> | undefined;

  /** The frames of the pages, and of the tables that lead to them. */
  get watched(): ReadonlySet<number> {
    this.frames ??= new Set([...this.byFrame.keys(), ...this.byTable.keys()]);
    return this.frames;
  }

  get all(): Iterable<CodePage> {
    return this.pages.values();
  }

  get(address: bigint): CodePage | undefined {
    return this.pages.get(address);
  }

  /** A page is now found in this way. */
  set(page: CodePage): void {
    this.delete(page.address);
    this.pages.set(page.address, page);
    add(this.byFrame, page.frame, page);
    for (const entry of page.entries) add(this.byTable, frameOf(entry), page);
    this.frames = undefined;
  }

  delete(address: bigint): void {
    const page = this.pages.get(address);
    if (!page) return;
    this.pages.delete(address);
    remove(this.byFrame, page.frame, page);
    for (const entry of page.entries) remove(this.byTable, frameOf(entry), page);
    this.frames = undefined;
  }

  clear(): void {
    for (const each of [this.pages, this.byFrame, this.byTable]) each.clear();
    this.frames = undefined;
  }

  /** The pages that lie in a frame. */
  inFrame(frame: number): Iterable<CodePage> {
    return this.byFrame.get(frame) ?? [];
  }

  /** The pages to which an entry leads that lies within some bytes of a frame, host-physical. */
  ledTo(address: number, length: number): CodePage[] {
    const pages = this.byTable.get(frameOf(address));
    if (!pages) return [];
    return [...pages].filter(({ entries, entryBytes }) =>
      entries.some((entry) => entry < address + length && address < entry + entryBytes),
    );
  }

  save(): readonly CodePage[] {
    return [...this.pages.values()];
  }

  restore(pages: readonly CodePage[]): void {
    this.clear();
    for (const page of pages) this.set(page);
  }
}

const frameOf = (address: number): number => address - (address % PAGE_SIZE);

function add(map: Map<number, Set<CodePage>>, key: number, page: CodePage): void {
  const pages = map.get(key) ?? new Set();
  map.set(key, pages.add(page));
}

function remove(map: Map<number, Set<CodePage>>, key: number, page: CodePage): void {
  const pages = map.get(key);
  pages?.delete(page);
  if (pages?.size === 0) map.delete(key);
}
