import assert from 'node:assert/strict';
import { PrimaryControl, SecondaryControl } from '../../isa/vmx/controls';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { Msr } from '../../isa/registers/msr';
import type { Processor } from '../processor';
import { LONG_MODE, type FieldValues } from './entry-checks/valid-vmcs.testing';
import { prepare, VMCS_REGION } from './prepared-processor.testing';
import { Vmcs } from './vmcs';

/** What VM exits tell of the instruction: exit qualification and instruction information (SDM 3C 28.2.1, 28.2.5). */

const CODE = 0x109000;
const DATA = 0x10a000;
const R9 = 9;

/** Enters a guest in ring 0 of 64-bit mode, and runs code there; RBX points to data. */
function run(controls: FieldValues, setup: (cpu: Processor) => void, ...code: number[]) {
  const cpu = prepare({ ...WITHOUT_EPT, GUEST_IDTR_LIMIT: 0, ...controls });
  cpu.physical.writeBytes(CODE, Uint8Array.from([...code, 0xeb, 0xfe]));
  cpu.run(1);
  assert.ok(cpu.guestMode.active);
  cpu.state.rip = BigInt(CODE);
  cpu.state.setGpr(3, BigInt(DATA));
  setup(cpu);
  cpu.updateDerivedState();
  cpu.run(2);
  const vmcs = new Vmcs(cpu.physical, VMCS_REGION);
  return {
    reason: vmcs.readNumber(Field.VM_EXIT_REASON) & 0xffff,
    qualification: vmcs.read(Field.EXIT_QUALIFICATION),
    information: vmcs.readNumber(Field.VMX_INSTRUCTION_INFO),
  };
}

const WITHOUT_EPT: FieldValues = {
  ...LONG_MODE,
  GUEST_CR3: 0x110000,
  SECONDARY_VM_EXEC_CONTROL: 0,
};

const nothing = (): void => undefined;

/** [rbx + 0x40]: 64-bit address size, DS, no index, base RBX. */
const MEMORY = (2 << 7) | (3 << 15) | (1 << 22) | (3 << 23);

describe('VM exits by instructions tell', () => {
  const primary = LONG_MODE['CPU_BASED_VM_EXEC_CONTROL'] as number;

  it('the destination and operand size of RDRAND and RDSEED', () => {
    const controls = {
      SECONDARY_VM_EXEC_CONTROL: SecondaryControl.RDRAND_EXITING | SecondaryControl.RDSEED_EXITING,
    };
    const rdrand = run(controls, nothing, 0x49, 0x0f, 0xc7, 0xf1); // rdrand r9
    assert.deepEqual(
      [rdrand.reason, rdrand.information],
      [ExitReason.RDRAND, (R9 << 3) | (2 << 11)],
    );
    const rdseed = run(controls, nothing, 0x66, 0x0f, 0xc7, 0xf8); // rdseed ax
    assert.deepEqual([rdseed.reason, rdseed.information], [ExitReason.RDSEED, 0]);
  });

  it('the descriptor of INVPCID by its displacement, and the register of its type', () => {
    const controls = {
      CPU_BASED_VM_EXEC_CONTROL: (primary | PrimaryControl.INVLPG_EXITING) >>> 0,
      SECONDARY_VM_EXEC_CONTROL: SecondaryControl.ENABLE_INVPCID,
    };
    const told = run(controls, nothing, 0x66, 0x44, 0x0f, 0x38, 0x82, 0x4b, 0x40); // invpcid r9, [rbx + 0x40]
    assert.equal(told.reason, ExitReason.INVPCID);
    assert.equal(told.qualification, 0x40n);
    assert.equal(told.information, (MEMORY | (R9 << 28)) >>> 0);
  });

  it('the area of XSAVES', () => {
    const controls = {
      SECONDARY_VM_EXEC_CONTROL: SecondaryControl.ENABLE_XSAVES,
      XSS_EXIT_BITMAP: 0x100,
    };
    const asks = ({ state }: Processor): void => {
      state.cr4 |= 1n << 18n;
      state.setMsr(Msr.XSS, 0x100n);
      state.setGpr(0, 0x100n);
      state.setGpr(2, 0n);
    };
    const told = run(controls, asks, 0x0f, 0xc7, 0x6b, 0x40); // xsaves [rbx + 0x40]
    assert.equal(told.reason, ExitReason.XSAVES);
    assert.deepEqual([told.qualification, told.information], [0x40n, MEMORY]);
  });

  it('the displacement of LGDT', () => {
    const controls = {
      SECONDARY_VM_EXEC_CONTROL: SecondaryControl.DESCRIPTOR_TABLE_EXITING,
    };
    const told = run(controls, nothing, 0x0f, 0x01, 0x53, 0x40); // lgdt [rbx + 0x40]
    assert.equal(told.reason, ExitReason.GDTR_IDTR_ACCESS);
    assert.equal(told.qualification, 0x40n);
  });

  it('whether MWAIT would have waited', () => {
    const controls = {
      CPU_BASED_VM_EXEC_CONTROL: (primary | PrimaryControl.MWAIT_EXITING) >>> 0,
    };
    const at = ({ state }: Processor): void => {
      state.setGpr(0, BigInt(DATA));
      state.setGpr(1, 0n);
    };
    const armed = run(controls, at, 0x0f, 0x01, 0xc8, 0x0f, 0x01, 0xc9); // monitor; mwait
    assert.deepEqual([armed.reason, armed.qualification], [ExitReason.MWAIT, 1n]);
    const not = run(controls, at, 0x0f, 0x01, 0xc9);
    assert.deepEqual([not.reason, not.qualification], [ExitReason.MWAIT, 0n]);
  });
});

it('a guest that waits by MWAIT is active in the VMCS (SDM 3C 25.4.2)', () => {
  const cpu = prepare({
    ...WITHOUT_EPT,
    GUEST_RFLAGS: 0x202,
    VMX_PREEMPTION_TIMER_VALUE: 1000,
    PIN_BASED_VM_EXEC_CONTROL:
      (LONG_MODE['PIN_BASED_VM_EXEC_CONTROL'] as number) | ACTIVATE_PREEMPTION_TIMER,
  });
  cpu.physical.writeBytes(CODE, Uint8Array.of(0x0f, 0x01, 0xc8, 0x0f, 0x01, 0xc9));
  cpu.run(1);
  cpu.state.rip = BigInt(CODE);
  cpu.state.setGpr(0, BigInt(DATA));
  cpu.state.setGpr(1, 0n);
  assert.equal(cpu.run(5).kind, 'halt');
  assert.equal(cpu.state.activity, 'mwait');
  cpu.rest(100_000);
  cpu.run(1);
  const vmcs = new Vmcs(cpu.physical, VMCS_REGION);
  assert.equal(vmcs.readNumber(Field.VM_EXIT_REASON) & 0xffff, ExitReason.PREEMPTION_TIMER_EXPIRED);
  assert.equal(vmcs.readNumber(Field.GUEST_ACTIVITY_STATE), 0);
  assert.equal(vmcs.read(Field.GUEST_RIP), BigInt(CODE + 6));
});

const ACTIVATE_PREEMPTION_TIMER = 1 << 6;
