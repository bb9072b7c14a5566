import { AccessRights, SegmentType } from '../../isa/access-rights';
import { WideCr0 } from '../../isa/registers/control';
import { WideRflags } from '../../isa/registers/flags';
import { Seg } from '../../isa/registers/segment';
import type { SegmentRegister } from '../../processor/state/cpu-state';

/** The registers that a VM entry without "unrestricted guest" looks at. */
export interface EnterableState {
  readonly cr0: bigint;
  readonly rflags: bigint;
  segment(index: number): SegmentRegister;
}

const { S, P, L, DB, G, UNUSABLE, DPL_SHIFT } = AccessRights;
const RPL = 3;
const TYPE = 15;
const { ACCESSED, WRITABLE, READABLE, CODE, CONFORMING } = SegmentType;

const dplOf = ({ accessRights }: SegmentRegister): number => (accessRights >> DPL_SHIFT) & 3;
const rplOf = ({ selector }: SegmentRegister): number => selector & RPL;
const isUsable = ({ accessRights }: SegmentRegister): boolean => (accessRights & UNUSABLE) === 0;

/**
 * Whether the processor can be entered with the guest's registers as they are, or software has to go on: without
 * "unrestricted guest" there is no real mode in VMX non-root operation, and none of the states between
 * real and protected mode, where CR0.PE has been set and segment registers hold what real mode
 * left in them (SDM 3C 27.3.1.1, 27.3.1.2).
 */
export function isEnterable(state: EnterableState): boolean {
  if ((state.cr0 & WideCr0.PE) === 0n) return false;
  if ((state.rflags & WideRflags.VM) !== 0n) return true;
  const [cs, ss] = [state.segment(Seg.CS), state.segment(Seg.SS)];
  return (
    isCode(cs, ss) &&
    isStack(ss, cs) &&
    [Seg.DS, Seg.ES, Seg.FS, Seg.GS].every((index) => isData(state.segment(index)))
  );
}

function isCode(cs: SegmentRegister, ss: SegmentRegister): boolean {
  const { accessRights } = cs;
  const type = accessRights & TYPE;
  if (!isUsable(cs) || !isMemory(cs) || !(type & CODE) || !(type & ACCESSED)) return false;
  if ((accessRights & L) !== 0 && (accessRights & DB) !== 0) return false;
  return type & CONFORMING ? dplOf(cs) <= dplOf(ss) : dplOf(cs) === dplOf(ss);
}

function isStack(ss: SegmentRegister, cs: SegmentRegister): boolean {
  if (rplOf(ss) !== rplOf(cs)) return false;
  if (dplOf(ss) !== rplOf(ss)) return false;
  if (!isUsable(ss)) return true;
  const type = ss.accessRights & TYPE;
  return isMemory(ss) && (type & CODE) === 0 && (type & WRITABLE) !== 0 && (type & ACCESSED) !== 0;
}

function isData(segment: SegmentRegister): boolean {
  if (!isUsable(segment)) return true;
  const type = segment.accessRights & TYPE;
  if (!isMemory(segment) || !(type & ACCESSED)) return false;
  if (type & CODE && !(type & READABLE)) return false;
  const conforming = (type & (CODE | CONFORMING)) === (CODE | CONFORMING);
  return conforming || dplOf(segment) >= rplOf(segment);
}

/** A present code or data segment, whose granularity fits its limit. */
function isMemory({ accessRights, limit }: SegmentRegister): boolean {
  if (!(accessRights & S) || !(accessRights & P)) return false;
  const pages = (accessRights & G) !== 0;
  if (pages) return (limit & 0xfff) === 0xfff;
  return limit <= 0xfffff;
}
