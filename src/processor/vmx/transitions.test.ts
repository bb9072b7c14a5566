import assert from 'node:assert/strict';
import { Msr } from '../../isa/registers/msr';
import {
  ExitControl,
  PinBasedControl,
  PrimaryControl,
  SecondaryControl,
} from '../../isa/vmx/controls';
import { InterruptionInfo, InterruptionType, PendingDebug } from '../../isa/vmx/events';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { VmxAbort } from '../../isa/vmx/instruction-errors';
import type { Processor } from '../processor';
import { LONG_MODE, type FieldValues } from './entry-checks/valid-vmcs.testing';
import { prepare, VMCS_REGION } from './prepared-processor.testing';
import { Vmcs } from './vmcs';

/** What transitions do beside registers: pending debug exceptions, the preemption timer, MSR areas, PDPTEs. */

const HOST_CODE = 0x100000;
const GUEST_CODE = 0x109000;
const AREA = 0x120000;
const UPPER_HALF = 0xffff800000000000n;
const PML4 = 0x110000;
const [NOP, HLT] = [0x90, 0xf4];
const TF = 0x100;

/** A guest in 64-bit mode without EPT; the host halts after a VM exit. */
function guest(fields: FieldValues, ...code: number[]): Processor {
  const cpu = prepare({
    ...LONG_MODE,
    SECONDARY_VM_EXEC_CONTROL: 0,
    HOST_CR3: PML4,
    GUEST_CR3: PML4,
    GUEST_RIP: UPPER_HALF + BigInt(GUEST_CODE),
    ...fields,
  });
  cpu.physical.writeBytes(GUEST_CODE, Uint8Array.from([...code, NOP, NOP, NOP, NOP]));
  cpu.physical.write8(HOST_CODE, HLT);
  return cpu;
}

/** Enters and runs to the host's HLT; gives the VMCS. */
function exited(cpu: Processor): Vmcs {
  assert.equal(cpu.vmx.enter(true).kind, 'VMsucceed');
  assert.equal(cpu.run(10_000).kind, 'halt');
  assert.equal(cpu.guestMode.active, false);
  return new Vmcs(cpu.physical, VMCS_REGION);
}

const reason = (vmcs: Vmcs): number => vmcs.readNumber(Field.VM_EXIT_REASON);
const pending = (vmcs: Vmcs): number => vmcs.readNumber(Field.GUEST_PENDING_DBG_EXCEPTIONS);
const instructions = (vmcs: Vmcs): number =>
  Number(vmcs.read(Field.GUEST_RIP) - UPPER_HALF) - GUEST_CODE;

const primary = (more: number): FieldValues => ({
  CPU_BASED_VM_EXEC_CONTROL: (Number(LONG_MODE.CPU_BASED_VM_EXEC_CONTROL) | more) >>> 0,
});
const timer = (ticks: number, exit = 0): FieldValues => ({
  PIN_BASED_VM_EXEC_CONTROL:
    Number(LONG_MODE.PIN_BASED_VM_EXEC_CONTROL) | PinBasedControl.ACTIVATE_PREEMPTION_TIMER,
  VM_EXIT_CONTROLS: Number(LONG_MODE.VM_EXIT_CONTROLS) | exit,
  VMX_PREEMPTION_TIMER_VALUE: ticks,
});
const BITMAP_DB: FieldValues = { EXCEPTION_BITMAP: 2 };

describe('pending debug exceptions (SDM 3C 27.7.3, 28.3.4)', () => {
  it('stay pending when the monitor trap flag comes before them', () => {
    const fields = { ...primary(PrimaryControl.MONITOR_TRAP_FLAG), GUEST_RFLAGS: 2 | TF };
    const vmcs = exited(guest(fields, NOP));
    assert.equal(reason(vmcs), ExitReason.MONITOR_TRAP_FLAG);
    assert.deepEqual([pending(vmcs), instructions(vmcs)], [PendingDebug.BS, 1]);
  });

  it('are none at the monitor trap flag of an instruction without TF', () => {
    const vmcs = exited(guest(primary(PrimaryControl.MONITOR_TRAP_FLAG), NOP));
    assert.equal(pending(vmcs), 0);
  });

  it('are told by the qualification when #DB exits, and pend no more; DR6 is as it was', () => {
    const cpu = guest({ ...BITMAP_DB, GUEST_RFLAGS: 2 | TF }, NOP);
    const vmcs = exited(cpu);
    assert.equal(reason(vmcs), ExitReason.EXCEPTION_NMI);
    assert.deepEqual([pending(vmcs), instructions(vmcs)], [0, 1]);
    assert.equal(vmcs.read(Field.EXIT_QUALIFICATION), 1n << 14n);
    assert.equal(cpu.state.dr[6], 0xffff0ff0n);
  });

  it('are delivered by a VM entry before the first instruction', () => {
    const fields = {
      ...BITMAP_DB,
      GUEST_RFLAGS: 2 | TF,
      GUEST_PENDING_DBG_EXCEPTIONS: PendingDebug.BS,
    };
    const vmcs = exited(guest(fields, NOP));
    assert.equal(reason(vmcs), ExitReason.EXCEPTION_NMI);
    assert.deepEqual([vmcs.read(Field.EXIT_QUALIFICATION), instructions(vmcs)], [1n << 14n, 0]);
  });

  it('are lost when the entry injects an exception', () => {
    const type = InterruptionType.HARDWARE_EXCEPTION << InterruptionInfo.TYPE_SHIFT;
    const fields = {
      EXCEPTION_BITMAP: 2 | (1 << 14),
      GUEST_PENDING_DBG_EXCEPTIONS: PendingDebug.ENABLED_BREAKPOINT,
      VM_ENTRY_INTR_INFO: (InterruptionInfo.VALID | type | 6) >>> 0,
    };
    // The IDT is not there: #UD cannot be delivered, and the page fault on the way exits.
    const vmcs = exited(guest({ ...fields, GUEST_IDTR_BASE: 0x40000000 }, NOP));
    assert.equal(vmcs.readNumber(Field.VM_EXIT_INTR_INFO) & 0xff, 14);
  });

  it('wait for the instruction behind MOV SS, and the trap of MOV SS itself is lost', () => {
    const fields = { ...BITMAP_DB, GUEST_RFLAGS: 2 | TF, GUEST_SS_SELECTOR: 0 };
    const cpu = guest(fields, 0x8e, 0xd0); // mov ss, ax
    const vmcs = exited(cpu);
    assert.equal(reason(vmcs), ExitReason.EXCEPTION_NMI);
    assert.equal(instructions(vmcs), 3);
  });
});

describe('the monitor trap flag (SDM 3C 26.5.2)', () => {
  it('exits after each iteration of a repeated string instruction', () => {
    const cpu = guest(primary(PrimaryControl.MONITOR_TRAP_FLAG), 0xf3, 0xaa); // rep stosb
    cpu.state.setGpr(1, 3n);
    cpu.state.setGpr(7, BigInt(AREA));
    assert.equal(reason(exited(cpu)), ExitReason.MONITOR_TRAP_FLAG);
    const steps: [bigint, number][] = [];
    for (let n = 0; n < 3; n++) {
      steps.push([cpu.state.gpr(1), instructions(new Vmcs(cpu.physical, VMCS_REGION))]);
      assert.equal(cpu.vmx.enter(false).kind, 'VMsucceed');
      cpu.run(100);
    }
    assert.deepEqual(steps, [
      [2n, 0],
      [1n, 0],
      [0n, 2],
    ]);
  });

  it('exits in a handler before its first instruction', () => {
    const fields = {
      ...primary(PrimaryControl.MONITOR_TRAP_FLAG),
      GUEST_IDTR_BASE: UPPER_HALF + BigInt(AREA),
      GUEST_GDTR_BASE: UPPER_HALF + 0x121000n,
    };
    const cpu = guest(fields, 0x0f, 0x0b); // ud2
    cpu.physical.write64(AREA + 6 * 16, 0x8e00_0008_2000n | (0x12n << 48n));
    cpu.physical.write64(AREA + 6 * 16 + 8, 0xffff8000n);
    cpu.physical.write64(0x121008, 0x00af9b000000ffffn);
    const vmcs = exited(cpu);
    assert.equal(reason(vmcs), ExitReason.MONITOR_TRAP_FLAG);
    assert.equal(vmcs.read(Field.GUEST_RIP), UPPER_HALF + 0x122000n);
  });
});

describe('the preemption timer (SDM 3C 26.5.1)', () => {
  it('of 0 exits before the first instruction', () => {
    const vmcs = exited(guest(timer(0), NOP));
    assert.deepEqual([reason(vmcs), instructions(vmcs)], [ExitReason.PREEMPTION_TIMER_EXPIRED, 0]);
  });

  it('of 0 comes after a debug exception that the entry brings', () => {
    const fields = {
      ...timer(0),
      ...BITMAP_DB,
      GUEST_RFLAGS: 2 | TF,
      GUEST_PENDING_DBG_EXCEPTIONS: PendingDebug.BS,
    };
    assert.equal(reason(exited(guest(fields, NOP))), ExitReason.EXCEPTION_NMI);
  });

  it('counts with the TSC, as IA32_VMX_MISC tells', () => {
    for (const ticks of [1, 3, 100]) {
      const cpu = guest(timer(ticks), 0xeb, 0xfe); // jmp $
      const start = cpu.time;
      exited(cpu);
      assert.equal(cpu.time - start, ticks + 1); // the host's HLT
      assert.equal(cpu.state.msr(Msr.VMX_MISC) & 0x1fn, 0n);
    }
  });

  it('saves what is left, and 0 when it has expired', () => {
    const save = ExitControl.SAVE_PREEMPTION_TIMER;
    const early = exited(guest(timer(1000, save), 0x0f, 0xa2)); // cpuid
    assert.equal(early.readNumber(Field.VMX_PREEMPTION_TIMER_VALUE), 999);
    const behind = exited(guest(timer(1000, save), NOP, NOP, 0x0f, 0xa2));
    assert.equal(behind.readNumber(Field.VMX_PREEMPTION_TIMER_VALUE), 997);
    const late = exited(guest(timer(4, save), 0xeb, 0xfe));
    assert.equal(late.readNumber(Field.VMX_PREEMPTION_TIMER_VALUE), 0);
  });

  it('leaves its field alone when it is not to be saved', () => {
    const vmcs = exited(guest(timer(4), 0xeb, 0xfe));
    assert.equal(vmcs.readNumber(Field.VMX_PREEMPTION_TIMER_VALUE), 4);
  });
});

describe('MSR areas', () => {
  function area(index: number, reserved = 0): (cpu: Processor) => Processor {
    return (cpu) => {
      cpu.physical.write32(AREA, index);
      cpu.physical.write32(AREA + 4, reserved);
      cpu.physical.write64(AREA + 8, 0x1234_5678_9abcn);
      return cpu;
    };
  }
  const STORE: FieldValues = { VM_EXIT_MSR_STORE_COUNT: 1, VM_EXIT_MSR_STORE_ADDR: AREA };
  const LOAD: FieldValues = { VM_EXIT_MSR_LOAD_COUNT: 1, VM_EXIT_MSR_LOAD_ADDR: AREA };
  const CPUID = [0x0f, 0xa2];

  it('store the TSC without the guest’s offset', () => {
    const offset = {
      ...primary(PrimaryControl.USE_TSC_OFFSETTING),
      TSC_OFFSET: 0x1000000,
    };
    const cpu = area(Msr.TSC)(guest({ ...STORE, ...offset }, ...CPUID));
    exited(cpu);
    assert.ok(cpu.physical.read64(AREA + 8) < 0x1000000n);
  });

  const cases = [
    ['an MSR that does not exist, stored', STORE, 0x12345, 0, VmxAbort.SAVING_GUEST_MSRS],
    ['reserved bits, stored', STORE, Msr.STAR, 1, VmxAbort.SAVING_GUEST_MSRS],
    ['an MSR that does not exist, loaded', LOAD, 0x12345, 0, VmxAbort.LOADING_HOST_MSRS],
    ['FS base, loaded', LOAD, Msr.FS_BASE, 0, VmxAbort.LOADING_HOST_MSRS],
  ] as const;
  for (const [what, fields, index, reserved, indicator] of cases) {
    it(`a VMX abort: ${what}`, () => {
      const cpu = area(index, reserved)(guest(fields, ...CPUID));
      assert.equal(cpu.vmx.enter(true).kind, 'VMsucceed');
      assert.deepEqual(cpu.run(1000), { kind: 'vmx-abort', indicator });
      assert.equal(new Vmcs(cpu.physical, VMCS_REGION).abortIndicator, indicator);
    });
  }
});

it('a guest with PAE paging and no EPT gets the PDPTEs that its CR3 leads to (SDM 3C 27.3.2.4)', () => {
  const cpu = guest({
    VM_ENTRY_CONTROLS: Number(LONG_MODE.VM_ENTRY_CONTROLS) & ~0x200,
    GUEST_IA32_EFER: 0,
    GUEST_CR3: AREA,
    GUEST_CS_AR_BYTES: 0xc09b,
    GUEST_RIP: GUEST_CODE,
    GUEST_TR_BASE: 0x3000,
    GUEST_GDTR_BASE: 0x1000,
    SECONDARY_VM_EXEC_CONTROL: SecondaryControl.ENABLE_VPID,
  });
  [0x121001n, 0n, 0x122001n, 0n].forEach((entry, n) => {
    cpu.physical.write64(AREA + 8 * n, entry);
  });
  assert.equal(cpu.vmx.enter(true).kind, 'VMsucceed');
  assert.equal(cpu.guestMode.active, true, cpu.vmx.entryFailures.map(({ id }) => id).join());
  assert.deepEqual([...cpu.state.pdptes], [0x121001n, 0n, 0x122001n, 0n]);
});
