import { PAGE_SIZE } from '../../../processor/state/layout';
import type {
  GuestPhysicalContext,
  HostTranslation,
  SecondLevel,
} from '../../../processor/paging/mmu';
import { NOWHERE } from '../../emulator/emulator-memory';
import type { FrameTypes } from './frame-types';

/**
 * Where the addresses in the guest's tables lead under direct paging: they are host-physical, so that the virtual
 * processor takes them as they are, where they are the guest's. To tables it writes where everybody sees it.
 */
export class DirectAddresses implements SecondLevel {
  constructor(
    private readonly types: FrameTypes,
    private readonly owns: (frame: number) => boolean,
  ) {}

  translate(address: bigint, { write, pageWalk }: GuestPhysicalContext): HostTranslation {
    const host = this.probe(address);
    if (host === undefined) return { address: NOWHERE, writable: false, readable: false };
    const isTable = this.types.isTable(host - (host % PAGE_SIZE));
    // A walk sets flags; all other writes are undone.
    return { address: host, writable: !isTable || (write && pageWalk), readable: true };
  }

  probe(address: bigint): number | undefined {
    const host = Number(address);
    return this.owns(host - (host % PAGE_SIZE)) ? host : undefined;
  }
}
