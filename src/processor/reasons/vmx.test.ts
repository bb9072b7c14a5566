import assert from 'node:assert/strict';
import { LONG_MODE } from '../vmx/entry-checks/valid-vmcs.testing';
import { prepare } from '../vmx/prepared-processor.testing';
import { Msr } from '../../isa/registers/msr';
import { longMode } from '../modes.testing';
import { nothing, both, row, derived, VMXON, cr4, testReasons } from './reasons.testing';
import { CS } from '../state/layout';
import { virtualizationException } from './vmx';

describe('reasons of the VMX instructions', () => {
  testReasons([
    row(
      'vmx-operation',
      'The processor is not in VMX operation',
      longMode,
      nothing,
      0x0f,
      0x01,
      0xc4,
    ),
    row('vmfunc-outside-guest', 'VMFUNC exists only', longMode, nothing, 0x0f, 0x01, 0xd4),
    row('cr4-vmxe', 'CR4.VMXE is 0', longMode, nothing, ...VMXON),
    row(
      'vmx-fixed-bits',
      'VMX operation fixes bits of CR0.\nThese must be 1: 0x20',
      longMode,
      both(cr4(1n << 13n), ({ state }) => {
        state.cr0 &= ~0x20n;
      }),
      ...VMXON,
    ),
    row(
      'feature-control',
      'IA32_FEATURE_CONTROL is not locked',
      longMode,
      both(cr4(1n << 13n), ({ state }) => {
        state.setMsr(Msr.FEATURE_CONTROL, 0n);
      }),
      ...VMXON,
    ),
    row(
      'vmx-compatibility-mode',
      'VMX instructions do not exist in compatibility mode',
      longMode,
      both(
        cr4(1n << 13n),
        ({ state }) => {
          state.setSegment(CS, { ...state.segment(CS), accessRights: 0xc09b });
        },
        derived,
      ),
      0xf3,
      0x0f,
      0xc7,
      0x35,
      0x00,
      0x90,
      0x00,
      0x00,
    ),
  ]);

  it('not-enabled-by-vmm: In a guest the instruction exists only with a control', () => {
    const cpu = prepare({
      ...LONG_MODE,
      GUEST_CR3: 0x110000,
      GUEST_IDTR_LIMIT: 0,
      SECONDARY_VM_EXEC_CONTROL: 0,
    });
    cpu.physical.writeBytes(GUEST_CODE, Uint8Array.from([0x0f, 0x01, 0xf9])); // rdtscp
    cpu.run(1);
    cpu.state.rip = BigInt(GUEST_CODE);
    cpu.run(1);
    const [fault] = cpu.faultChain;
    assert.deepEqual(
      [fault?.reason.check, fault?.reason.words()],
      [
        'not-enabled-by-vmm',
        'In a guest the instruction exists only with the VM-execution control "Enable RDTSCP".',
      ],
    );
  });
});

const GUEST_CODE = 0x109000;

it('a virtualization exception names the guest-physical address', () => {
  const reason = virtualizationException(0x5000n);
  assert.deepEqual(
    [reason.check, reason.words()],
    [
      'virtualization-exception',
      'The EPT forbids the access to guest-physical address 0x5000, and the VMM leaves that to the guest.',
    ],
  );
});
