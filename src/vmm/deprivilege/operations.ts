import { Cost } from '../cost';
import { MonitorError, type Host } from '../host/host';
import { instruction } from '../instruction';
import { Outcome, softwareOf } from '../emulate/operations';
import type { DeprivilegedGuest } from './deprivileged-guest';

/** The operations of a monitor in ring 0 whose guest runs on the processor with less privilege. */

/** @throws MonitorError where there is none */
export function guestOf({ deprivileged }: Host): DeprivilegedGuest {
  if (!deprivileged) throw new MonitorError('no guest runs deprivileged');
  return deprivileged;
}

/** Fills in the monitor's GDT, IDT and TSS, and loads the registers that name them. */
export const loadTables = instruction('LGDT, LIDT, LTR', Cost.GPR_BLOCK, {
  perform: (host: Host) => {
    const { tables } = guestOf(host);
    tables.write();
    tables.load(host.cpu.state);
    host.cpu.updateDerivedState();
  },
  operands: () => ['the monitor’s GDT, IDT and TSS'],
});

/** Stores the registers that the processor still has of the guest in the virtual processor's area. */
export const saveRegisters = instruction('MOV', Cost.GPR_BLOCK, {
  perform: (host: Host) => guestOf(host).takeRegisters(),
  operands: () => ['[vcpu]', 'RAX … R15, DS, ES, FS, GS'],
});

/** The rest of them lies on the monitor's stack, where the processor has pushed it. */
export const saveFrame = instruction('POP', Cost.GPR_BLOCK, {
  perform: (host: Host) => guestOf(host).takeFrame(),
  operands: () => ['[vcpu.RIP], [vcpu.CS], [vcpu.RFLAGS], [vcpu.RSP], [vcpu.SS]'],
});

/** The error code that the processor has pushed below the frame. */
export const readErrorCode = instruction('MOV', Cost.MEMORY, {
  perform: (host: Host) => guestOf(host).frame.errorCode,
  operands: () => ['…', '[RSP] (error code)'],
});

/** MOV from CR2: the linear address of a page fault of the processor's. */
export const readCr2 = instruction('MOV', Cost.GPR, {
  perform: ({ cpu }: Host) => cpu.state.cr2,
  operands: () => ['…', 'CR2'],
});

/** Reads the conditions of a debug exception and clears them. */
export const takeDr6 = instruction('MOV', Cost.GPR, {
  perform: ({ cpu: { state } }: Host) => {
    const conditions = state.dr[6] ?? 0n;
    state.dr[6] = 0xffff0ff0n;
    return conditions & 0xe00fn;
  },
  operands: () => ['…', 'DR6'],
});

/** Whether a linear address lies in the part of the guest's address space where the monitor is: 1, or 0. */
export const isMonitors = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host, linear: bigint) => (guestOf(host).pager.isReserved(linear) ? 1n : 0n),
  operands: (linear) => [['the monitor’s own', linear]],
});

/** Delivers a debug exception through the guest's IDT. */
export const deliverDebugException = instruction('deliver', Cost.EMULATION, {
  perform: (host: Host, conditions: bigint) => {
    const stop = softwareOf(host).debugException(conditions);
    if (stop?.kind === 'not-implemented') host.undone = stop;
    return stop?.kind === 'triple-fault' ? Outcome.SHUTDOWN : Outcome.DONE;
  },
  operands: (conditions) => [['#DB', conditions]],
});

/** Whether the processor can run the guest as it is now: 1, or 0. */
export const runsDirectly = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => (guestOf(host).obstacle === undefined ? 1n : 0n),
  operands: () => ['[vcpu]: can the processor run it'],
});

/** Software goes on with the guest. */
export const leaveToSoftware = instruction('MOV', Cost.GPR, {
  perform: (host: Host) => {
    host.writeVcpu('in_software', 1n);
  },
  operands: () => ['[vcpu.in_software]', '1'],
});

/** The processor goes on with it. */
export const leaveSoftware = instruction('MOV', Cost.GPR, {
  perform: (host: Host) => {
    host.writeVcpu('in_software', 0n);
  },
  operands: () => ['[vcpu.in_software]', '0'],
});

/** Programs the host's timer for the next moment: an interrupt for the guest waits. */
export const comeBackSoon = instruction('OUT', Cost.PORT, {
  perform: (host: Host) => host.inputCame(),
  operands: () => ['0x40 (host PIT)', 'at once'],
});

/** Makes the descriptor tables that the processor uses from the guest's. */
export const writeShadowDescriptors = instruction('MOV', Cost.GPR_BLOCK, {
  perform: (host: Host) => guestOf(host).writeDescriptors(),
  operands: () => ['shadow GDT', 'the guest’s GDT with other DPLs'],
});

/** CR0, CR4, and CR3 with the root of the shadow page tables. */
export const loadControlRegisters = instruction('MOV', Cost.GPR, {
  perform: (host: Host) => {
    const changed = host.takeMappingsChanged();
    // What the virtual processor knows lies in the sets of guest mode.
    if (changed) host.cpu.flushWorld(1);
    guestOf(host).loadControls(changed);
  },
  operands: () => ['CR0, CR4, CR3', 'for the guest: root of the shadow tables'],
});

/** General registers and data segments, which IRETQ does not load. */
export const restoreRegisters = instruction('MOV', Cost.GPR_BLOCK, {
  perform: (host: Host) => guestOf(host).loadRegisters(),
  operands: () => ['DS, ES, FS, GS, RAX … R15', '[vcpu]'],
});

/** IRETQ to the guest, in an outer ring. */
export const iretq = instruction('IRETQ', Cost.INTERRUPT_RETURN, {
  perform: (host: Host) => {
    guestOf(host).enter();
    host.cpu.observer.entered?.();
  },
  kind: 'entry',
});
