import { EptRights } from '../../../isa/ept';
import { WideEfer } from '../../../isa/registers/control';
import { SecondaryControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import type { VmxCapabilities } from '../../../processor/vmx/capabilities';
import { readControls } from '../../../processor/vmx/controls';
import { checkEntry, type EntryRefusal } from '../../../processor/vmx/entry-checks';
import { walkEpt, type EptAccess, type EptResult } from '../../../processor/vmx/ept';
import { FieldAccess } from '../../../processor/vmx/field-access';
import { LaunchState, Vmcs, type VmcsMemory } from '../../../processor/vmx/vmcs';
import type { Persistent } from '../../../processor/persistent';
import { MonitorError, type Host } from '../../host/host';
import { virtualCapabilities } from './capabilities';
import { NONE } from './nested-vtx';
import type { ShadowEpt } from './shadow-ept';
import { packWalk, unpackWalk } from './walked-ept';

const PAGE = ~0xfffn;
const BITMAPS_SIZE = 4096;

/**
 * The VMX of a guest that is a hypervisor itself (L1). Its VMCSs (VMCS12) lie in its memory as the processor's would, and
 * are never entered: the guest below it (L2) runs by a VMCS of the monitor's, VMCS02, which is made of VMCS12. Which VMCS12
 * is current, and whether L2 has the processor, stands in the vCPU's area.
 */
export class VirtualVmx implements Persistent<number> {
  readonly capabilities: VmxCapabilities;
  /** Which fields VMREAD and VMWRITE take. */
  readonly fields: FieldAccess;

  constructor(
    private readonly host: Host,
    /** EPT12 and the monitor's EPT in one. */
    readonly ept: ShadowEpt,
    /** Host-physical addresses of the MSR bitmaps by which L1 and L2 run. */
    private readonly bitmaps: { readonly own: number; readonly merged: number },
  ) {
    this.capabilities = virtualCapabilities(host.cpu.state.profile);
    this.fields = new FieldAccess(this.capabilities);
  }

  save(): number {
    return this.ept.save();
  }

  restore(used: number): void {
    this.ept.restore(used);
  }

  /** Whether L2 has the processor, or had it when control came to the monitor. */
  get runsL2(): boolean {
    return this.host.readVcpu('in_l2') !== 0n;
  }

  /** Whether L1 is in VMX operation. */
  get inOperation(): boolean {
    return this.host.readVcpu('vmxon12') !== NONE;
  }

  /** L1's current VMCS, in its memory. @throws MonitorError where there is none */
  get vmcs12(): Vmcs {
    const pointer = this.host.readVcpu('vmcs12');
    if (pointer === NONE) throw new MonitorError('no VMCS12 is current');
    return this.vmcsAt(pointer);
  }

  /** VMCLEAR: what lies in no RAM is not there to be cleared. @param pointer guest-physical */
  clear(pointer: bigint): void {
    if (this.host.pages.isRam(pointer)) this.vmcsAt(pointer).launchState = LaunchState.CLEAR;
  }

  /** How a VM entry by VMCS12 would be refused, by the processor's own checks with what L1 believes to have. */
  judge(): EntryRefusal | undefined {
    const { host, vmcs12, capabilities } = this;
    return checkEntry({
      read: (field) => vmcs12.read(field),
      readNumber: (field) => vmcs12.readNumber(field),
      capabilities,
      facts: {
        longModeActive: (host.vmread(Field.GUEST_IA32_EFER) & WideEfer.LMA) !== 0n,
        vmcsAddress: host.readVcpu('vmcs12'),
        memory: {
          read32: (address) => Number(host.readGuestPhysical(BigInt(address), 4)),
          read64: (address) => host.readGuestPhysical(BigInt(address), 8),
        },
      },
    });
  }

  /** @param guest guest-physical address of L1's */
  mergeMsrBitmaps(guest: bigint): void {
    const { host, bitmaps } = this;
    const { memory } = host.computer;
    for (let at = 0; at < BITMAPS_SIZE; at += 8) {
      const wanted = host.readGuestPhysical(guest + BigInt(at), 8);
      memory.write64(bitmaps.merged + at, memory.read64(bitmaps.own + at) | wanted);
    }
  }

  /** Where the EPT of VMCS12 leads. @param qualification of the EPT violation */
  walkEpt12(address: bigint, qualification: bigint): bigint {
    const wanted = Number(qualification & BigInt(EptRights.ALL));
    return packWalk(
      this.walk(address, {
        read: (wanted & EptRights.READ) !== 0,
        write: (wanted & EptRights.WRITE) !== 0,
        execute: (wanted & EptRights.EXECUTE) !== 0,
      }),
    );
  }

  /** The L1-physical address of one of the level that has the processor; undefined where L1's EPT does not lead on. */
  inL1(address: bigint): bigint | undefined {
    if (!this.runsL2 || !this.usesEpt12) return address;
    const result = this.walk(address, { read: true, write: false, execute: false });
    return result.kind === 'translation' ? BigInt(result.address) : undefined;
  }

  private get usesEpt12(): boolean {
    return (readControls(this.vmcs12).secondary & SecondaryControl.ENABLE_EPT) !== 0;
  }

  private walk(address: bigint, access: EptAccess): EptResult {
    const { host, vmcs12 } = this;
    const memory = {
      read32: (at: number) => Number(host.readGuestPhysical(BigInt(at), 4)),
      write32: (at: number, value: number) => {
        host.writeGuestPhysical(BigInt(at), 4, BigInt(value >>> 0));
      },
    };
    return walkEpt(memory, vmcs12.read(Field.EPT_POINTER), address, access, false);
  }

  /**
   * Maps a page of L2's in one step, with a frame for RAM that has none yet, and with the rights that both EPTs give.
   *
   * @param walked what `walkEpt12` has given
   * @returns whether the access is allowed there
   */
  fill(address: bigint, walked: bigint, qualification: bigint): boolean {
    const { page: inL1, rights } = unpackWalk(walked);
    const page = this.host.pages.obtain(inL1);
    if (!page) return false;
    const both = page.writable ? rights : rights & ~EptRights.WRITE;
    if (Number(qualification & BigInt(EptRights.ALL)) & ~both) return false;
    this.ept.map(address & PAGE, page.frame, both);
    return true;
  }

  private vmcsAt(pointer: bigint): Vmcs {
    const page = this.host.pages.obtain(pointer);
    if (!page) throw new MonitorError('a VMCS12 lies in no RAM');
    return new Vmcs(this.memoryOf(page.frame), Number(pointer));
  }

  /** Guest-physical memory, of which only the page of the VMCS is asked for. */
  private memoryOf(frame: number): VmcsMemory {
    const { memory } = this.host.computer;
    return {
      pageWords: () => memory.pageWords(frame),
      written: (address, length) => {
        memory.written(frame + (address & 0xfff), length);
      },
    };
  }
}
