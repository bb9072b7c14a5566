import { fieldByEncoding, type Field } from '../../../isa/vmx/fields';
import { LaunchState } from '../../../processor/vmx/vmcs';
import { Cost } from '../../cost';
import { MonitorError, type Host } from '../../host/host';
import { instruction } from '../../instruction';
import type { VirtualVmx } from './virtual-vmx';

/** The operations of a monitor whose guest has VMX: on L1's VMCSs, and on what L2 runs by. */

/** @throws MonitorError where the guest has no VMX */
export function virtualVmxOf({ virtualVmx }: Host): VirtualVmx {
  if (!virtualVmx) throw new MonitorError('the guest has no VMX');
  return virtualVmx;
}

const inVmcs12 = (field: Field): string =>
  `[vmcs12.${fieldByEncoding(field)?.id ?? `0x${field.toString(16)}`}]`;

/** What L1's current VMCS holds in a field. */
export const readVmcs12 = instruction('MOV', Cost.MEMORY, {
  perform: (host: Host, field: Field) => virtualVmxOf(host).vmcs12.read(field),
  operands: (field) => ['…', inVmcs12(field)],
});

export const writeVmcs12 = instruction('MOV', Cost.MEMORY, {
  perform: (host: Host, field: Field, value: bigint | number) =>
    virtualVmxOf(host).vmcs12.write(field, value),
  operands: (field, value) => [inVmcs12(field), value],
});

/** Whether the launch state of L1's current VMCS is "launched": 1, or 0. */
export const isLaunched12 = instruction('MOV', Cost.MEMORY, {
  perform: (host: Host) =>
    virtualVmxOf(host).vmcs12.launchState === LaunchState.LAUNCHED ? 1n : 0n,
  operands: () => ['…', '[vmcs12.launch_state]'],
});

export const setLaunched12 = instruction('MOV', Cost.MEMORY, {
  perform: (host: Host) => {
    virtualVmxOf(host).vmcs12.launchState = LaunchState.LAUNCHED;
  },
  operands: () => ['[vmcs12.launch_state]', 'launched'],
});

/** The launch state of one of L1's VMCSs is "clear" from now on. @param pointer guest-physical */
export const clearVmcs12 = instruction('MOV', Cost.MEMORY, {
  perform: (host: Host, pointer: bigint) => virtualVmxOf(host).clear(pointer),
  operands: (pointer) => [`[vmcs 0x${pointer.toString(16)}.launch_state]`, 'clear'],
});

/** A VMCS12 in which the VM exit could not be completed; see `VmxAbort`. */
export const abort12 = instruction('MOV', Cost.MEMORY, {
  perform: (host: Host, indicator: number) => {
    virtualVmxOf(host).vmcs12.abortIndicator = indicator;
  },
  operands: (indicator) => ['[vmcs12.abort_indicator]', indicator],
});

const QUALIFICATION_SHIFT = 32n;

/** How a VM entry by L1's current VMCS would end; see `verdictOf`. */
export const judgeVmcs12 = instruction('check', Cost.SOFTWARE, {
  perform: (host: Host) => {
    const refusal = virtualVmxOf(host).judge();
    if (!refusal) return 0n;
    if (refusal.kind === 'VMfailValid') return BigInt(refusal.error);
    return (BigInt(refusal.qualification) << QUALIFICATION_SHIFT) | BigInt(refusal.reason);
  },
  operands: () => ['vmcs12: controls, host state, guest state'],
});

/** What the checks of a VM entry come to (SDM 3C 27.1, 27.8). */
export type Verdict =
  | { readonly kind: 'passed' }
  | { readonly kind: 'VMfailValid'; readonly error: number }
  | { readonly kind: 'VM exit'; readonly reason: bigint; readonly qualification: bigint };

/** Bit 31 of an exit reason: the VM entry has failed. */
const FAILED = 1n << 31n;

/** @param word what `judgeVmcs12` gives */
export function verdictOf(word: bigint): Verdict {
  if (word === 0n) return { kind: 'passed' };
  const reason = BigInt.asUintN(32, word);
  if ((reason & FAILED) === 0n) return { kind: 'VMfailValid', error: Number(word) };
  return { kind: 'VM exit', reason, qualification: word >> QUALIFICATION_SHIFT };
}

/** MSR bitmaps in which each bit is set that is set in L1's or in the monitor's own. @param guest guest-physical address of L1's */
export const mergeMsrBitmaps = instruction('OR', Cost.SOFTWARE, {
  perform: (host: Host, guest: bigint) => virtualVmxOf(host).mergeMsrBitmaps(guest),
  operands: (guest) => ['[msr_bitmap02]', '[msr_bitmap01]', ['guest-physical', guest]],
});

/** Where L1's EPT leads a physical address of L2's for an access; see `WalkedEpt`. */
export const walkEpt12 = instruction('walk', Cost.PAGE_WALK, {
  perform: (host: Host, address: bigint, qualification: bigint) =>
    virtualVmxOf(host).walkEpt12(address, qualification),
  operands: (address) => ['EPT12', ['L2-physical', address]],
});

/** Maps a page of L2's to the host frame of the page of L1's that it is. The result is 1, or 0 where L2 may not do the access there. */
export const fillShadowEpt = instruction('fill', Cost.SHADOW_FILL, {
  perform: (host: Host, address: bigint, walked: bigint, qualification: bigint) =>
    virtualVmxOf(host).fill(address, walked, qualification) ? 1n : 0n,
  operands: (address) => [['EPT02: L2-physical', address]],
});

/** Nothing is mapped for L2 any longer. */
export const forgetShadowEpt = instruction('clear', Cost.SOFTWARE, {
  perform: (host: Host) => virtualVmxOf(host).ept.forgetAll(),
  operands: () => ['EPT02'],
});

/** The host's timer comes as soon as the guest runs: whatever is in the way of an interrupt may be over then. */
export const armHostTimerForNow = instruction('OUT', Cost.HOST_TIMER, {
  perform: (host: Host) => host.timer.armForNow(),
  operands: () => ['0x40 (host PIT)', 1],
});
