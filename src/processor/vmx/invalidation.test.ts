import assert from 'node:assert/strict';
import { Rflags } from '../../isa/registers/flags';
import { Field } from '../../isa/vmx/fields';
import { VmInstructionError } from '../../isa/vmx/instruction-errors';
import { LONG_MODE } from './entry-checks/valid-vmcs.testing';
import { prepare } from './prepared-processor.testing';

/** Operands of INVEPT and INVVPID (SDM 3C 31.3). */

const CODE = 0x109000;
const DESCRIPTOR = 0x10a000;
const OPCODE = { INVEPT: 0x80, INVVPID: 0x81 } as const;
const EPTP = 0x2005en;
const NOT_CANONICAL = 0x0000_8000_0000_0000n;

/** INV… RAX, [RBX]: undefined when it succeeds, else the VM-instruction error. */
function errorOf(
  name: keyof typeof OPCODE,
  type: bigint,
  low: bigint,
  high = 0n,
): number | undefined {
  const cpu = prepare(LONG_MODE);
  cpu.physical.writeBytes(CODE, Uint8Array.of(0x66, 0x0f, 0x38, OPCODE[name], 0x03));
  cpu.physical.write64(DESCRIPTOR, low);
  cpu.physical.write64(DESCRIPTOR + 8, high);
  cpu.state.rip = BigInt(CODE);
  cpu.state.setGpr(0, type);
  cpu.state.setGpr(3, BigInt(DESCRIPTOR));
  cpu.run(1);
  assert.equal(cpu.state.rip, BigInt(CODE + 5));
  if ((cpu.state.flags & Rflags.ZF) === 0) return undefined;
  return cpu.vmx.current?.readNumber(Field.VM_INSTRUCTION_ERROR);
}

const WRONG = VmInstructionError.INVALID_INVALIDATION_OPERAND;

describe('INVEPT', () => {
  const rows: readonly (readonly [string, bigint, bigint, number | undefined])[] = [
    ['type 0', 0n, EPTP, WRONG],
    ['type 1, single-context', 1n, EPTP, undefined],
    ['type 1 without accessed and dirty flags', 1n, EPTP & ~0x40n, undefined],
    ['type 1 with a wrong memory type', 1n, EPTP ^ 1n, WRONG],
    ['type 1 with a wrong walk length', 1n, EPTP ^ 8n, WRONG],
    ['type 1 with reserved bits', 1n, EPTP | 0x100n, WRONG],
    ['type 1 with the shadow-stack bit', 1n, EPTP | 0x80n, WRONG],
    ['type 1 beyond MAXPHYADDR', 1n, EPTP | (1n << 40n), WRONG],
    ['type 2, all-context, whatever the descriptor', 2n, -1n, undefined],
    ['type 3', 3n, EPTP, WRONG],
    ['type 2^32 + 1', (1n << 32n) + 1n, EPTP, WRONG],
  ];
  for (const [what, type, eptp, error] of rows) {
    it(`${what}: ${error === undefined ? 'succeeds' : 'fails'}`, () => {
      assert.equal(errorOf('INVEPT', type, eptp), error);
    });
  }
});

describe('INVVPID', () => {
  const rows: readonly (readonly [string, bigint, bigint, bigint, number | undefined])[] = [
    ['type 0, individual-address', 0n, 1n, 0x5000n, undefined],
    ['type 0 with an address that is not canonical', 0n, 1n, NOT_CANONICAL, WRONG],
    ['type 0 with VPID 0', 0n, 0n, 0x5000n, WRONG],
    ['type 1, single-context', 1n, 1n, NOT_CANONICAL, undefined],
    ['type 1 with VPID 0', 1n, 0n, 0n, WRONG],
    ['type 2, all-context', 2n, 0n, NOT_CANONICAL, undefined],
    ['type 3, retaining globals', 3n, 1n, 0n, undefined],
    ['type 3 with VPID 0', 3n, 0n, 0n, WRONG],
    ['type 4', 4n, 1n, 0n, WRONG],
    ...[0n, 1n, 2n, 3n].map((type) => {
      return [`type ${String(type)} with reserved bits`, type, 0x10001n, 0n, WRONG] as const;
    }),
  ];
  for (const [what, type, low, high, error] of rows) {
    it(`${what}: ${error === undefined ? 'succeeds' : 'fails'}`, () => {
      assert.equal(errorOf('INVVPID', type, low, high), error);
    });
  }
});
