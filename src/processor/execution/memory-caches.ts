import { SoftwareTlb } from '../paging/tlb';
import type { PhysicalMemory } from '../physical-memory';
import { FIRST_PLACE, type ProcessorPlace } from '../state/layout';
import { CodeCache } from './code-cache';
import { InstructionDetails } from './instruction-details';

/** What a processor works with beside its registers. */
export interface ProcessorCaches {
  readonly place: ProcessorPlace;
  /** Its own, in which root operation and guest mode have their own sets. */
  readonly tlb: SoftwareTlb;
  readonly code: CodeCache;
  readonly details: InstructionDetails;
  /** Code has been decoded from a frame: writes there must look where they write, whoever makes them. */
  markCode(frame: number): void;
  /** Of all processors: see `SoftwareTlb.track`; to be called again when other frames are meant. */
  track(tracks: ((frame: number) => boolean) | undefined): void;
}

/** What lies beside a memory in WebAssembly: once for all processors the instructions decoded from it, and their TLBs. */
export class MemoryCaches implements ProcessorCaches {
  readonly place = FIRST_PLACE;
  readonly tlb: SoftwareTlb;
  readonly code: CodeCache;
  readonly details = new InstructionDetails();
  private readonly tlbs: SoftwareTlb[];

  constructor(private readonly memory: PhysicalMemory) {
    this.tlb = new SoftwareTlb(memory);
    this.tlbs = [this.tlb];
    this.code = new CodeCache(memory, () => {
      for (const tlb of this.tlbs) {
        tlb.forgetMaps(0);
        tlb.forgetMaps(1);
        tlb.unmarkCode();
      }
      this.details.clear();
    });
    memory.onWrite((address, length) => {
      this.code.invalidate(address, length);
    });
  }

  /** Those of a further processor, which has a TLB of its own. */
  forFurther(place: ProcessorPlace): ProcessorCaches {
    const tlb = new SoftwareTlb(this.memory, place);
    this.tlbs.push(tlb);
    const { code, details } = this;
    const markCode = (frame: number): void => {
      this.markCode(frame);
    };
    const track: ProcessorCaches['track'] = (tracks) => {
      this.track(tracks);
    };
    return { place, tlb, code, details, markCode, track };
  }

  markCode(frame: number): void {
    for (const tlb of this.tlbs) tlb.markCode(frame);
  }

  track(tracks: ((frame: number) => boolean) | undefined): void {
    for (const tlb of this.tlbs) tlb.track(tracks);
  }
}
