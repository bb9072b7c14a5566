/** Where an image lies. */
export interface ImageLayout {
  /** Of its file; single pieces of code may be for another mode. */
  readonly bits: 32 | 64;
  readonly segments: readonly LoadedSegment[];
  /** Where the function begins that an address belongs to, as far as symbols tell. */
  functionAt(address: bigint): bigint | undefined;
}

/** What is loaded together: its virtual addresses, and where that is in memory. */
export interface LoadedSegment {
  readonly virtual: bigint;
  readonly physical: bigint;
  readonly size: bigint;
}

/** Where a virtual address of the image lies in memory; undefined where nothing of it is loaded. */
export function loadAddressOf({ segments }: ImageLayout, address: bigint): bigint | undefined {
  const holder = segments.find(
    ({ virtual, size }) => address >= virtual && address < virtual + size,
  );
  return holder && address - holder.virtual + holder.physical;
}

/** The virtual addresses that lie at a place in memory. */
export const addressesAt = ({ segments }: ImageLayout, physical: bigint): bigint[] =>
  segments
    .filter((segment) => physical >= segment.physical && physical < segment.physical + segment.size)
    .map((segment) => physical - segment.physical + segment.virtual);
