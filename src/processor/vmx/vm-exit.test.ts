import assert from 'node:assert/strict';
import { Rflags } from '../../isa/registers/flags';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { LONG_MODE } from './entry-checks/valid-vmcs.testing';
import { prepare } from './prepared-processor.testing';

/** VM exits that instructions of a guest in 64-bit mode make, without EPT. */

/** Physical addresses; both worlds see them in the upper half. */
const HOST_CODE = 0x100000;
const GUEST_CODE = 0x109000;
const UPPER_HALF = 0xffff800000000000n;
const PML4 = 0x110000;
const HLT = 0xf4;

function enter(code: readonly number[], flags: number) {
  const cpu = prepare({
    ...LONG_MODE,
    SECONDARY_VM_EXEC_CONTROL: 0,
    HOST_CR3: PML4,
    GUEST_CR3: PML4,
    GUEST_RIP: UPPER_HALF + BigInt(GUEST_CODE),
    GUEST_RFLAGS: flags | 2,
  });
  cpu.physical.writeBytes(GUEST_CODE, Uint8Array.from(code));
  cpu.physical.write8(HOST_CODE, HLT);
  assert.equal(cpu.vmx.enter(true).kind, 'VMsucceed');
  return cpu;
}

describe('a VM exit by an instruction', () => {
  const instructions = [
    ['CPUID', [0x0f, 0xa2]],
    ['HLT', [HLT]],
    ['INVD', [0x0f, 0x08]],
    ['RDMSR', [0x0f, 0x32]],
    ['VMCALL', [0x0f, 0x01, 0xc1]],
    ['VMREAD', [0x0f, 0x78, 0xc0]],
  ] as const;
  for (const [name, code] of instructions) {
    for (const flags of [0, Rflags.TF]) {
      it(`${name} is saved as not yet executed${flags ? ', its single-step trap does not follow' : ''}`, () => {
        const cpu = enter(code, flags);
        cpu.physical.writeBytes(0x12000, new Uint8Array(4096).fill(0xff)); // the MSR bitmaps
        const before = cpu.retired;
        assert.equal(cpu.run(100).kind, 'halt');
        assert.equal(cpu.retired, before + 1); // the HLT of the host alone
        assert.equal(cpu.guestMode.active, false);
        assert.equal(cpu.state.rip, UPPER_HALF + BigInt(HOST_CODE + 1));
        const { current } = cpu.vmx;
        assert.equal(current?.readNumber(Field.VM_EXIT_REASON), ExitReason[name]);
        assert.equal(current.readNumber(Field.VM_EXIT_INSTRUCTION_LEN), code.length);
        assert.equal(current.read(Field.GUEST_RIP), UPPER_HALF + BigInt(GUEST_CODE));
        assert.equal(current.readNumber(Field.GUEST_RFLAGS), flags | 2);
        assert.equal(cpu.state.dr[6], 0xffff0ff0n);
      });
    }
  }
});
