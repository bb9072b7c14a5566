import { DirtyFrames } from '../../processor/dirty-frames';
import type { ProcessorCaches } from '../../processor/execution/memory-caches';
import type { PhysicalMemory } from '../../processor/physical-memory';
import { PAGE_SIZE } from '../../processor/state/layout';

/** What memory held at some time: the pages that were others at the time before. */
export interface PageVersions {
  /** The time before; undefined where memory was taken down whole. */
  parent: PageVersions | undefined;
  /** By frame number. Their bytes never change. */
  readonly pages: Map<number, Uint8Array>;
}

/** What a frame holds in which nothing was ever written. */
const ZEROS = new Uint8Array(PAGE_SIZE);

/**
 * Memory as it was at several times, of which each keeps only what is different from an earlier one. Times form a tree:
 * whoever goes back to one and on from there in another way begins a branch.
 */
export class PageHistory {
  /** The time since which nothing but dirty frames has changed. */
  private latest: PageVersions;
  private readonly dirty: DirtyFrames;

  constructor(
    private readonly memory: PhysicalMemory,
    caches: Pick<ProcessorCaches, 'track'>,
  ) {
    const { frames, bytes } = memory.save();
    const pages = new Map<number, Uint8Array>();
    frames.forEach((frame, n) => pages.set(frame, bytes.slice(n * PAGE_SIZE, (n + 1) * PAGE_SIZE)));
    this.latest = { parent: undefined, pages };
    this.dirty = new DirtyFrames(memory, caches);
    this.dirty.take();
  }

  /** The time with which the history begins, or the last that was taken or restored. */
  get present(): PageVersions {
    return this.latest;
  }

  /** Takes down what memory holds now. */
  take(): PageVersions {
    const { latest: parent, memory } = this;
    const pages = new Map<number, Uint8Array>();
    for (const frame of this.dirty.take()) {
      const page = memory.frame(frame * PAGE_SIZE);
      if (!isSame(page, versionOf(parent, frame))) pages.set(frame, page.slice());
    }
    return (this.latest = { parent, pages });
  }

  /** Memory holds again what it did. Whoever has decoded code or remembered anything else of it must forget that. */
  restore(target: PageVersions): void {
    const { memory } = this;
    const changed = new Set(this.dirty.take());
    const common = commonAncestor(this.latest, target);
    for (const from of [this.latest, target]) {
      for (let at: PageVersions | undefined = from; at && at !== common; at = at.parent) {
        for (const frame of at.pages.keys()) changed.add(frame);
      }
    }
    for (const frame of changed) {
      // Nobody is told, as nobody is who restores a machine: what follows from memory is restored with it.
      memory.restoreFrame(frame, versionOf(target, frame));
    }
    this.latest = target;
  }

  /** What is restored beside memory is all there: nothing is dirty. */
  settle(): void {
    this.dirty.take();
  }
}

/**
 * Nobody goes to a time any more that has one successor: what that does not keep itself it takes over.
 *
 * @returns how many bytes less are kept
 */
export function mergeInto(successor: PageVersions, gone: PageVersions): number {
  let freed = 0;
  for (const [frame, page] of gone.pages) {
    if (successor.pages.has(frame)) freed += PAGE_SIZE;
    else successor.pages.set(frame, page);
  }
  successor.parent = gone.parent;
  return freed;
}

function versionOf(time: PageVersions, frame: number): Uint8Array {
  for (let at: PageVersions | undefined = time; at; at = at.parent) {
    const page = at.pages.get(frame);
    if (page) return page;
  }
  return ZEROS;
}

function commonAncestor(a: PageVersions, b: PageVersions): PageVersions | undefined {
  const ancestors = new Set<PageVersions>();
  for (let at: PageVersions | undefined = a; at; at = at.parent) ancestors.add(at);
  for (let at: PageVersions | undefined = b; at; at = at.parent) if (ancestors.has(at)) return at;
  return undefined;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  const [x, y] = [words(a), words(b)];
  for (let n = 0; n < x.length; n++) if (x[n] !== y[n]) return false;
  return true;
}

const words = ({ buffer, byteOffset }: Uint8Array): Int32Array =>
  new Int32Array(buffer, byteOffset, PAGE_SIZE / 4);
