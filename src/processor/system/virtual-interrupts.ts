import { Cr4 } from '../../isa/registers/control';
import { IOPL_SHIFT, WideRflags } from '../../isa/registers/flags';
import { generalProtection } from '../faults';
import {
  needsIopl,
  needsIopl3,
  noRedirectionBitmap,
  trapFlagFromImage,
  virtualInterruptPending,
} from '../reasons/privilege';
import type { InstructionContext } from '../execution/instruction-context';
import { realModeSegment } from '../segments/descriptor';
import { IO_MAP_BASE, TSS_LIMIT_WITH_IO_MAP } from '../tasks/tss';
import { CS, TR } from '../state/layout';
import type { CpuState } from '../state/cpu-state';

/**
 * Virtual interrupts (SDM 3B 21.3, 21.4). Where IOPL keeps a program from IF, an operating system can
 * give it VIF instead: in virtual-8086 mode by CR4.VME, in ring 3 of protected mode by CR4.PVI. VIP
 * tells that an interrupt waits for VIF to be set: what would set it then raises #GP.
 */

const { IF, VIF, VIP, TF, IOPL, NT } = WideRflags;

export const ioplOf = (state: CpuState): number => Number((state.systemFlags & IOPL) >> IOPL_SHIFT);

/** VIF is the program's, in virtual-8086 mode: its FLAGS have it in the place of IF. */
export const virtualFlags = (state: CpuState): boolean =>
  state.virtual8086 && ioplOf(state) < 3 && state.hasCr4(Cr4.VME);

/** CLI and STI change VIF. @throws Fault #GP(0) where neither VME nor PVI gives it to the program */
export function requireVirtualIf(state: CpuState): void {
  const gives = state.virtual8086
    ? state.hasCr4(Cr4.VME)
    : state.cpl === 3 && state.hasCr4(Cr4.PVI);
  if (!gives) throw generalProtection(needsIopl(state.cpl, ioplOf(state)));
}

/** @throws Fault #GP(0) when an interrupt waits for VIF */
export function setVirtualIf(state: CpuState): void {
  if (state.systemFlags & VIP) throw generalProtection(virtualInterruptPending());
  state.systemFlags |= VIF;
}

/** PUSHF, POPF and IRET: VME knows FLAGS of 16 bits only. @throws Fault #GP(0) */
export function requireFlagsIn8086Mode(state: CpuState, bytes: number): void {
  if (!state.virtual8086 || ioplOf(state) === 3) return;
  if (!virtualFlags(state) || bytes !== 2) throw generalProtection(needsIopl3(ioplOf(state)));
}

/** FLAGS as the program sees them: VIF as IF, and IOPL 3. */
export function virtualImage(state: CpuState): bigint {
  const { rflags } = state;
  return (rflags & ~IF) | IOPL | (rflags & VIF ? IF : 0n);
}

/** FLAGS that POPF or IRET loads: IF goes to VIF; IF and IOPL stay. @throws Fault #GP(0) */
export function loadVirtualImage(state: CpuState, image: bigint): void {
  const { rflags } = state;
  if (image & IF && rflags & VIP) throw generalProtection(virtualInterruptPending());
  if (image & TF) throw generalProtection(trapFlagFromImage());
  const loaded = STATUS_AND_MORE;
  const vif = image & IF ? VIF : 0n;
  state.rflags = (rflags & ~(loaded | VIF)) | (image & loaded) | vif;
}

/** What of FLAGS is neither IF nor IOPL. */
const { CF, PF, AF, ZF, SF, DF, OF } = WideRflags;
const STATUS_AND_MORE = CF | PF | AF | ZF | SF | TF | DF | OF | NT;

/** Size of the interrupt-redirection bitmap, which ends where the I/O permission bitmap begins. */
const REDIRECTION_BYTES = 32;

/**
 * INT n in virtual-8086 mode with CR4.VME: whether the program's own handler is to be called, as a bit
 * of 0 in the TSS says (SDM 3B 21.3.3, table 21-2).
 */
function redirected({ state, mmu }: InstructionContext, vector: number): boolean {
  const tr = state.segment(TR);
  if (tr.limit < TSS_LIMIT_WITH_IO_MAP) throw generalProtection(noRedirectionBitmap(tr.limit));
  const ioMap = Number(mmu.loadSystem(tr.base + BigInt(IO_MAP_BASE), 2));
  const offset = ioMap - REDIRECTION_BYTES + (vector >> 3);
  if (offset < 0 || offset > tr.limit) throw generalProtection(noRedirectionBitmap(tr.limit));
  const bits = Number(mmu.loadSystem(tr.base + BigInt(offset), 1));
  return (bits & (1 << (vector & 7))) === 0;
}

/**
 * Calls the program's own handler by the vectors at linear address 0 (methods 5 and 6 of the table).
 * @returns false when INT n goes through the IDT, as without VME
 */
export function callOwnHandler(cpu: InstructionContext, vector: number): boolean {
  const { state, mmu } = cpu;
  if (!state.virtual8086 || !state.hasCr4(Cr4.VME) || !redirected(cpu, vector)) return false;
  const pointer = mmu.read(
    BigInt(4 * vector),
    4,
    { write: false, execute: false, user: true },
    false,
  );
  const virtual = virtualFlags(state);
  const rsp = state.gpr(4);
  try {
    cpu.push((virtual ? virtualImage(state) : state.rflags) & 0xffffn, 2);
    cpu.push(BigInt(state.selector(CS)), 2);
    cpu.push(cpu.nextRip & 0xffffn, 2);
  } catch (fault) {
    state.setGpr(4, rsp);
    throw fault;
  }
  state.systemFlags &= ~(TF | (virtual ? VIF : IF));
  state.setSegment(CS, realModeSegment(state.segment(CS), Number(pointer >> 16n), true));
  cpu.nextRip = pointer & 0xffffn;
  cpu.updateDerivedState();
  return true;
}
