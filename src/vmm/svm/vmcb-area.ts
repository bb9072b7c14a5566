import { AccessRights } from '../../isa/access-rights';
import { WideCr0, WideEfer } from '../../isa/registers/control';
import { WideRflags } from '../../isa/registers/flags';
import { Gpr } from '../../isa/registers/general';
import { VirtualInterrupt } from '../../isa/svm/control-fields';
import type { VmcbFieldId } from '../../isa/svm/vmcb';
import type { ApicOwner } from '../../machine/processor-apic';
import type { InterruptEvent } from '../../processor/events/event';
import { SS } from '../../processor/state/layout';
import type { SegmentRegister } from '../../processor/state/cpu-state';
import { injectedEvent } from '../../processor/svm/event-information';
import { putSegment, readSegment } from '../../processor/svm/segments';
import type { Vmcb } from '../../processor/svm/vmcb';
import type { EmulatedState } from '../emulator/instruction-emulator';
import type { GuestArea } from '../hardware/guest-area';
import { differ, type GuestControls } from '../hardware/guest-paging';
import type { Host } from '../host/host';
import { PDPTE_REGISTERS, type VcpuRegister } from '../hardware/vcpu-area';
import { enteredCr0, enteredCr4, enteredEfer } from './paging/entered';

const SEGMENTS = 8;
const USER = 3;

/** The guest's registers in its VMCB. VMSAVE has put those there that #VMEXIT does not save. */
export class VmcbArea implements GuestArea {
  readonly apic: ApicOwner;

  constructor(
    private readonly host: Host,
    private readonly vmcb: Vmcb,
  ) {
    this.apic = taskPriorityOf(host, vmcb);
  }

  /** SVME, which must be set in a VMCB, is nothing that the guest has. */
  get controls(): GuestControls {
    const { host, vmcb } = this;
    if (host.shadowed) return keptControls((register) => host.readVcpu(register));
    return {
      cr0: vmcb.read('CR0'),
      cr3: vmcb.read('CR3'),
      cr4: vmcb.read('CR4'),
      efer: vmcb.read('EFER') & ~WideEfer.SVME,
      pdptes: Array.from(host.cpu.state.pdptes),
    };
  }

  get rflags(): bigint {
    return this.vmcb.read('RFLAGS');
  }

  get isUser(): boolean {
    return this.vmcb.readNumber('CPL') === USER;
  }

  gpr(index: number): bigint | undefined {
    if (index === Gpr.RAX) return this.vmcb.read('RAX');
    return index === Gpr.RSP ? this.vmcb.read('RSP') : undefined;
  }

  setGpr(index: number, value: bigint): boolean {
    if (index !== Gpr.RAX && index !== Gpr.RSP) return false;
    this.vmcb.write(index === Gpr.RAX ? 'RAX' : 'RSP', value);
    return true;
  }

  complete(next: bigint): void {
    this.vmcb.write('RIP', next);
    const flags = this.rflags;
    if (flags & WideRflags.RF) this.vmcb.write('RFLAGS', flags & ~WideRflags.RF);
  }

  event(information: bigint, errorCode: bigint): InterruptEvent | undefined {
    const { vmcb } = this;
    const [rip, nextRip] = [vmcb.read('RIP'), vmcb.read('NRIP')];
    return injectedEvent(Number(information), Number(errorCode), rip, nextRip);
  }

  registers(saved: readonly bigint[], units: Uint8Array): EmulatedState {
    const { vmcb, controls } = this;
    const table = (name: 'GDTR' | 'IDTR') => ({
      base: vmcb.read(`${name}_BASE`),
      limit: vmcb.readNumber(`${name}_LIMIT`) & 0xffff,
    });
    return {
      registers: {
        gprs: saved.map((value, index) => this.gpr(index) ?? value),
        rip: vmcb.read('RIP'),
        rflags: vmcb.read('RFLAGS'),
        ...controls,
        segments: Array.from({ length: SEGMENTS }, (_, index) => this.segment(index)),
        gdtr: table('GDTR'),
        idtr: table('IDTR'),
        units,
      },
      cr2: vmcb.read('CR2'),
      dr7: vmcb.read('DR7'),
      pdptes: controls.pdptes,
      units,
    };
  }

  /** The privilege level is not in SS, where instructions look for it. */
  private segment(index: number): SegmentRegister {
    const segment = readSegment(this.vmcb, index);
    if (index !== SS) return segment;
    const level = this.vmcb.readNumber('CPL') << AccessRights.DPL_SHIFT;
    return { ...segment, accessRights: (segment.accessRights & ~AccessRights.DPL) | level };
  }

  store(before: EmulatedState, after: EmulatedState): boolean {
    const { vmcb } = this;
    const { registers } = after;
    const put = (id: VmcbFieldId, was: bigint, is: bigint): void => {
      if (was !== is) vmcb.put(id, is);
    };
    put('RSP', before.registers.gprs[Gpr.RSP] ?? 0n, registers.gprs[Gpr.RSP] ?? 0n);
    put('RIP', before.registers.rip, registers.rip);
    put('RFLAGS', before.registers.rflags, registers.rflags);
    put('CR2', before.cr2, after.cr2);
    put('DR7', before.dr7, after.dr7);
    registers.segments.forEach((segment, index) => {
      putSegment(vmcb, index, segment);
    });
    for (const [name, { base, limit }] of [
      ['GDTR', registers.gdtr],
      ['IDTR', registers.idtr],
    ] as const) {
      vmcb.put(`${name}_BASE`, base);
      vmcb.put(`${name}_LIMIT`, limit);
    }
    vmcb.put('CPL', levelOf(registers));
    const controlsBefore = { ...before.registers, pdptes: before.pdptes };
    const controls = { ...registers, pdptes: after.pdptes };
    const changed = differ(controlsBefore, controls);
    if (changed) this.storeControls(controls);
    vmcb.written();
    return changed;
  }

  /** CR3 follows with the root where there are shadow tables. */
  private storeControls({ cr0, cr3, cr4, efer, pdptes }: GuestControls): void {
    const { host, vmcb } = this;
    if (!host.shadowed) {
      vmcb.put('CR0', cr0);
      vmcb.put('CR3', cr3);
      vmcb.put('CR4', cr4);
      vmcb.put('EFER', efer | WideEfer.SVME);
      return;
    }
    vmcb.put('CR0', enteredCr0(cr0));
    vmcb.put('CR4', enteredCr4(cr4, cr0));
    vmcb.put('EFER', enteredEfer(efer));
    host.writeVcpu('cr0', cr0);
    host.writeVcpu('cr3', cr3);
    host.writeVcpu('cr4', cr4);
    host.writeVcpu('efer', efer);
    PDPTE_REGISTERS.forEach((register, n) => {
      host.writeVcpu(register, pdptes[n] ?? 0n);
    });
  }
}

/** What the processor gets instead is in the VMCB. */
export const keptControls = (vcpu: (register: VcpuRegister) => bigint): GuestControls => ({
  cr0: vcpu('cr0'),
  cr3: vcpu('cr3'),
  cr4: vcpu('cr4'),
  efer: vcpu('efer'),
  pdptes: PDPTE_REGISTERS.map(vcpu),
});

function levelOf({ cr0, rflags, segments }: EmulatedState['registers']): number {
  if ((cr0 & WideCr0.PE) === 0n) return 0;
  if (rflags & WideRflags.VM) return USER;
  return ((segments[SS]?.accessRights ?? 0) >> AccessRights.DPL_SHIFT) & USER;
}

/** Under V_INTR_MASKING the guest's CR8 is V_TPR: the processor's while the guest runs, else the VMCB's (APM 2 15.21.2). */
function taskPriorityOf(host: Host, vmcb: Vmcb): ApicOwner {
  const { V_TPR } = VirtualInterrupt;
  const running = () => {
    const { svm } = host.cpu;
    const present = svm.inGuest && svm.current?.address === vmcb.address;
    return present ? svm.currentGuest : undefined;
  };
  return {
    get cr8() {
      return running()?.taskPriority() ?? BigInt(vmcb.readNumber('VIRTUAL_INTERRUPT') & V_TPR);
    },
    set cr8(value: bigint) {
      if (running()?.setTaskPriority(value)) return;
      const others = vmcb.readNumber('VIRTUAL_INTERRUPT') & ~V_TPR;
      vmcb.write('VIRTUAL_INTERRUPT', (others | Number(value)) >>> 0);
    },
    msr: (number) => host.cpu.state.msr(number),
  };
}
