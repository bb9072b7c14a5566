import { AccessRights, SegmentType } from '../../isa/access-rights';
import { WideCr4 } from '../../isa/registers/control';
import { DR7_ENABLES } from '../../isa/registers/debug';
import { Rflags } from '../../isa/registers/flags';
import { accessRightsOf, descriptorBase, descriptorLimit } from '../../isa/segments';
import { isNull } from '../../processor/segments/descriptor';
import { UNUSABLE, type CpuState, type SegmentRegister } from '../../processor/state/cpu-state';
import { CS, SS } from '../../processor/state/layout';
import { isPresent, shadowDescriptor, type Runs } from './descriptors';
import { FIRST_OWN_SELECTOR } from './monitor-tables';

/** The guest's descriptor that a selector names, 0 where there is none. */
export type DescriptorOf = (selector: number) => bigint;

/** Why the processor cannot run the guest directly, so that software has to go on with it. */
export type Obstacle =
  | 'real mode'
  | 'virtual-8086 mode'
  | 'ring 1 or 2'
  | '5-level paging'
  | 'debug exceptions'
  /** Something is due before its next instruction, or interrupts are held off until after it. */
  | 'unsettled'
  /** Code of 16 bits, or a CS or SS that is not flat: a translation would not be where the code is. */
  | 'not flat'
  /** CS or SS holds what cannot be loaded from the table again (its hidden part, SDM 3A 3.4.3). */
  | 'segment';

const { L, DB, S, P, DPL, G } = AccessRights;
const TYPE = SegmentType.CODE | SegmentType.CONFORMING | SegmentType.READABLE;
/** What has to be in a descriptor as it is in the register. AVL and the accessed flag do not matter. */
const COMPARED = TYPE | S | DPL | P | L | DB | G;

/**
 * What stands in the way of running the guest's next instruction on the processor itself.
 *
 * @param state the virtual processor's
 * @param settled whether nothing is due between its last instruction and the next
 */
export function obstacle(
  state: CpuState,
  settled: boolean,
  runs: Runs,
  descriptorOf: DescriptorOf,
): Obstacle | undefined {
  if (!state.protectedMode) return 'real mode';
  if (state.virtual8086) return 'virtual-8086 mode';
  if (state.cpl === 1 || state.cpl === 2) return 'ring 1 or 2';
  if (state.cr4 & WideCr4.LA57) return '5-level paging';
  if (state.hasFlag(Rflags.TF) || (state.dr[7] ?? 0n) & DR7_ENABLES) return 'debug exceptions';
  if (!settled) return 'unsettled';
  const wide = state.codeBits === 64;
  const loads = (index: number): boolean =>
    isLoadable(state.segment(index), index, wide, runs, descriptorOf);
  return loads(CS) && loads(SS) ? undefined : 'segment';
}

/** Whether the register would hold the same if its selector were loaded now. */
export function isLoadable(
  { selector, base, limit, accessRights }: SegmentRegister,
  index: number,
  wide: boolean,
  runs: Runs,
  descriptorOf: DescriptorOf,
): boolean {
  if (selector >= FIRST_OWN_SELECTOR) return false;
  // In 64-bit code a null selector serves whatever the register holds.
  if (isNull(selector)) return index !== CS && (wide || (accessRights & UNUSABLE) !== 0);
  if (accessRights & UNUSABLE) return false;
  const descriptor = descriptorOf(selector);
  if (!isPresent(shadowDescriptor(descriptor, runs, true))) return false;
  if (((accessRightsOf(descriptor) ^ accessRights) & COMPARED) !== 0) return false;
  if (wide && (index !== CS || accessRights & L)) return true;
  return descriptorLimit(descriptor) === limit && descriptorBase(descriptor) === base;
}
