import type { Processor } from '../../../processor/processor';
import type { MemoryWatch } from '../../../processor/paging/watched-memory';
import { PAGE_SIZE } from '../../../processor/state/layout';
import type { Site } from '../../../vmm';
import { linearRip, LiveRegisters } from '../../registers/registers';
import type { FieldWriter, LastWrite } from '../last-write';
import type { FieldRow } from './vmcb-view';

/** A store of 1, 2, 4 or 8 bytes. */
interface Note {
  readonly writer: FieldWriter;
  readonly bytes: number;
  readonly value: bigint;
  /** A later one has a higher number. */
  readonly order: number;
}

const WIDEST = 8;
/** So many stores are looked at before it is known where the first VMCB lies. */
const LONGEST_WAIT = 100_000;

/**
 * Remembers who stored what stands in each VMCB. It is no state of the machine: what was written before somebody began to
 * look, or by other ways than stores, is not known. Until the first VMRUN nobody knows which page will be a VMCB: from
 * EFER.SVME on every store is noted, within bounds.
 */
export class VmcbWriters implements MemoryWatch {
  /** By page, and by offset in it. */
  private readonly pages = new Map<number, Map<number, Note>>();
  private readonly vmcbs = new Set<number>();
  private isSearching = false;
  private order = 0;

  /** @param site where the built-in monitor is, while it has the processor */
  constructor(
    private readonly cpu: Processor,
    private readonly site?: () => Site | undefined,
  ) {}

  /** Looks from now on at the VMCB at a host-physical address. */
  know(vmcb: number): void {
    if (this.vmcbs.has(vmcb) && !this.isSearching) return;
    this.vmcbs.add(vmcb);
    this.isSearching = false;
    this.cpu.mmu.watched.begin(this);
  }

  /** Looks for the first VMCB as soon as there may be one. */
  search(): void {
    const { observer } = this.cpu;
    const { svmEnabled: others } = observer;
    observer.svmEnabled = () => {
      others?.();
      if (this.isSearching || this.vmcbs.size > 0 || this.order > 0) return;
      this.isSearching = true;
      this.cpu.mmu.watched.begin(this);
    };
  }

  watches(frame: number): boolean {
    return this.isSearching || this.vmcbs.has(frame);
  }

  stored(address: number, bytes: number): void {
    if (this.cpu.svm.inGuest) return;
    const writer: FieldWriter = this.site
      ? { kind: 'monitor', site: this.site() }
      : { kind: 'program', address: linearRip(new LiveRegisters(this.cpu)) };
    this.note(address, bytes, writer);
    if (this.isSearching && this.order > LONGEST_WAIT) this.giveUp();
  }

  private giveUp(): void {
    this.isSearching = false;
    this.pages.clear();
    this.cpu.mmu.watched.end(this);
  }

  /** @param address host-physical, of bytes in one page */
  note(address: number, bytes: number, writer: FieldWriter): void {
    const offset = address % PAGE_SIZE;
    const page = address - offset;
    let notes = this.pages.get(page);
    if (!notes) this.pages.set(page, (notes = new Map<number, Note>()));
    for (let done = 0; done < bytes; done += WIDEST) {
      const size = Math.min(WIDEST, bytes - done);
      const value = this.cpu.physical.read(address + done, size);
      notes.set(offset + done, { writer, bytes: size, value, order: this.order++ });
    }
  }

  /** Who stored any part of a field last. */
  last(vmcb: number, { offset, width }: FieldRow): LastWrite | undefined {
    const notes = this.pages.get(vmcb);
    if (!notes) return undefined;
    const end = offset + width / 8;
    let latest: { readonly at: number; readonly note: Note } | undefined;
    for (let at = Math.max(0, offset - WIDEST + 1); at < end; at++) {
      const note = notes.get(at);
      if (!note || at + note.bytes <= offset) continue;
      if (!latest || note.order > latest.note.order) latest = { at, note };
    }
    if (!latest) return undefined;
    const { at, note } = latest;
    const [first, last] = [Math.max(at, offset), Math.min(at + note.bytes, end)];
    const bits = 8 * (last - first);
    const stored = BigInt.asUintN(bits, note.value >> BigInt(8 * (first - at)));
    let now = 0n;
    for (let n = last - 1; n >= first; n--) {
      now = (now << 8n) | BigInt(this.cpu.physical.read8(vmcb + n));
    }
    return { writer: note.writer, isOver: now !== stored };
  }
}
