import assert from 'node:assert/strict';
import { SecondaryControl } from '../../isa/vmx/controls';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { VmInstructionError } from '../../isa/vmx/instruction-errors';
import { DEFAULT_PROFILE } from '../profile/default';
import type { FieldValues } from './entry-checks/valid-vmcs.testing';
import { apicGuest, told } from './virtual-apic/apic-guest.testing';
import { SHADOW_VMCS, Vmcs } from './vmcs';
import { LONG_MODE } from './entry-checks/valid-vmcs.testing';
import { prepare } from './prepared-processor.testing';

/** VMREAD and VMWRITE of a guest in its shadow VMCS (SDM 3C 25.10, 26.1.3, 31.3). */

const SHADOW = 0x150000;
const READ_BITMAP = 0x151000;
const WRITE_BITMAP = 0x152000;
const { revision } = DEFAULT_PROFILE.vmx;
const [RAX, RCX] = [0, 1];
/** VMREAD RAX, RCX; VMWRITE RCX, RAX. */
const VMREAD = [0x0f, 0x78, 0xc8];
const VMWRITE = [0x0f, 0x79, 0xc8];
const secondary = SecondaryControl.VMCS_SHADOWING;
const FIELD = Field.GUEST_CR3;
const [CF, ZF] = [1n, 0x40n];

interface Case {
  readonly code?: readonly number[];
  readonly encoding?: bigint;
  readonly fields?: FieldValues;
  /** Bits of the bitmaps that are set. */
  readonly exits?: boolean;
}

function run({ code = VMREAD, encoding = BigInt(FIELD), fields = {}, exits = false }: Case) {
  const cpu = apicGuest(
    { secondary },
    {
      VMCS_LINK_POINTER: SHADOW,
      VMREAD_BITMAP: READ_BITMAP,
      VMWRITE_BITMAP: WRITE_BITMAP,
      ...fields,
    },
    code,
  );
  const { physical, state } = cpu;
  physical.write32(SHADOW, (revision | SHADOW_VMCS) >>> 0);
  const shadow = new Vmcs(physical, SHADOW);
  shadow.write(FIELD, 0x1234_5678_9abcn);
  if (exits && encoding <= 0x7fffn) {
    const bitmap = code === VMREAD ? READ_BITMAP : WRITE_BITMAP;
    physical.write8(bitmap + Number(encoding >> 3n), 1 << Number(encoding & 7n));
  }
  state.setGpr(RAX, 0xabcdn);
  state.setGpr(RCX, encoding);
  assert.equal(cpu.vmx.enter(true).kind, 'VMsucceed');
  assert.deepEqual(cpu.vmx.entryFailures, []);
  assert.equal(cpu.run(100).kind, 'halt');
  const vmcs = cpu.vmx.current;
  assert.ok(vmcs);
  return {
    ...told(cpu),
    rax: state.gpr(RAX),
    shadow,
    flags: vmcs.read(Field.GUEST_RFLAGS) & (CF | ZF),
    error: vmcs.readNumber(Field.VM_INSTRUCTION_ERROR),
    own: vmcs.read(FIELD),
  };
}

describe('VMCS shadowing', () => {
  it('reads a field of the linked VMCS', () => {
    const { reason, rax, flags } = run({});
    assert.deepEqual([reason, rax, flags], [ExitReason.VMCALL, 0x1234_5678_9abcn, 0n]);
  });

  it('writes one, and not that of the current VMCS', () => {
    const { reason, shadow, own } = run({ code: VMWRITE });
    assert.equal(reason, ExitReason.VMCALL);
    assert.equal(shadow.read(FIELD), 0xabcdn);
    assert.notEqual(own, 0xabcdn);
  });

  it('writes VM-exit information, too (IA32_VMX_MISC bit 29)', () => {
    const { flags, shadow } = run({ code: VMWRITE, encoding: BigInt(Field.VM_EXIT_REASON) });
    assert.deepEqual([flags, shadow.readNumber(Field.VM_EXIT_REASON)], [0n, 0xabcd]);
  });

  it('exits by the bitmap of the instruction', () => {
    assert.equal(run({ exits: true }).reason, ExitReason.VMREAD);
    assert.equal(run({ code: VMWRITE, exits: true }).reason, ExitReason.VMWRITE);
  });

  it('exits for encodings beyond bit 14, whatever the bitmaps say', () => {
    for (const bit of [15n, 31n, 32n, 63n]) {
      const encoding = BigInt(FIELD) | (1n << bit);
      assert.equal(run({ encoding }).reason, ExitReason.VMREAD);
      assert.equal(run({ encoding, code: VMWRITE }).reason, ExitReason.VMWRITE);
    }
  });

  it('fails for a field that does not exist, with the error in the current VMCS', () => {
    for (const code of [VMREAD, VMWRITE]) {
      const { reason, flags, error } = run({ code, encoding: 0x7ffen });
      assert.deepEqual([reason, flags], [ExitReason.VMCALL, ZF]);
      assert.equal(error, VmInstructionError.UNSUPPORTED_COMPONENT);
    }
  });

  it('fails without a linked VMCS, with no error number', () => {
    for (const code of [VMREAD, VMWRITE]) {
      const { flags, error } = run({ code, fields: { VMCS_LINK_POINTER: -1n } });
      assert.deepEqual([flags, error], [CF, 0]);
    }
  });

  it('is for ring 0 alone', () => {
    const fields = {
      GUEST_CS_AR_BYTES: 0xa0fb,
      GUEST_SS_AR_BYTES: 0xc0f3,
      GUEST_CS_SELECTOR: 0x1b,
      GUEST_SS_SELECTOR: 0x23,
      EXCEPTION_BITMAP: 1 << 13,
    };
    const cpu = apicGuest({ secondary }, { ...fields, VMREAD_BITMAP: READ_BITMAP }, VMREAD);
    for (const at of [0x110000 + 0x800, 0x111000, 0x112000]) {
      cpu.physical.write64(at, cpu.physical.read64(at) | 4n);
    }
    cpu.state.setGpr(RCX, BigInt(FIELD));
    assert.equal(cpu.vmx.enter(true).kind, 'VMsucceed');
    cpu.run(100);
    assert.equal(told(cpu).event & 0xff, 13);
  });

  it('is off without the control', () => {
    const cpu = apicGuest({}, {}, VMREAD);
    cpu.vmx.enter(true);
    cpu.run(100);
    assert.equal(told(cpu).reason, ExitReason.VMREAD);
  });
});

describe('a shadow VMCS', () => {
  const prepared = () => {
    const cpu = prepare(LONG_MODE);
    cpu.physical.write32(SHADOW, (revision | SHADOW_VMCS) >>> 0);
    return cpu;
  };

  it('can be loaded, read and written', () => {
    const { vmx } = prepared();
    assert.equal(vmx.load(BigInt(SHADOW)).kind, 'VMsucceed');
    assert.equal(vmx.write(FIELD, 7).kind, 'VMsucceed');
    assert.deepEqual(vmx.read(FIELD), { kind: 'value', value: 7n });
  });

  it('cannot be entered: VMfailInvalid, although there is a current VMCS', () => {
    const { vmx } = prepared();
    vmx.load(BigInt(SHADOW));
    assert.equal(vmx.enter(true).kind, 'VMfailInvalid');
    assert.equal(vmx.enter(false).kind, 'VMfailInvalid');
  });

  it('must have the right revision', () => {
    const cpu = prepared();
    cpu.physical.write32(SHADOW, ((revision + 1) | SHADOW_VMCS) >>> 0);
    assert.deepEqual(cpu.vmx.load(BigInt(SHADOW)), {
      kind: 'VMfailValid',
      error: VmInstructionError.VMPTRLD_WRONG_REVISION,
    });
  });

  it('is no VMXON region', () => {
    assert.equal(prepared().vmx.on(BigInt(SHADOW)).kind, 'VMfailInvalid');
  });

  it('is what the link pointer must lead to under VMCS shadowing, and must not without', () => {
    for (const [control, ok] of [
      [secondary, true],
      [0, false],
    ] as const) {
      const fields = { VMCS_LINK_POINTER: SHADOW };
      const cpu = apicGuest({ secondary: control }, fields);
      cpu.physical.write32(SHADOW, (revision | SHADOW_VMCS) >>> 0);
      cpu.vmx.enter(true);
      assert.equal(cpu.guestMode.active, ok);
      const failed = cpu.vmx.entryFailures.map(({ id }) => id);
      assert.deepEqual(failed, ok ? [] : ['guest.link-pointer.revision']);
    }
  });
});
