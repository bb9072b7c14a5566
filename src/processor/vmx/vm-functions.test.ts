import assert from 'node:assert/strict';
import { SecondaryControl } from '../../isa/vmx/controls';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import type { Processor } from '../processor';
import type { FieldValues } from './entry-checks/valid-vmcs.testing';
import { apicGuest, load, runToExit, told } from './virtual-apic/apic-guest.testing';

/** VMFUNC and EPTP switching (SDM 3C 26.5.6). */

const EPT = 0x150000;
const OTHER_EPT = 0x160000;
const LIST = 0x158000;
const DATA = 0x159000;
const OTHER_DATA = 0x15a000;
const VMFUNC = [0x0f, 0x01, 0xd4];
const [RAX, RCX] = [0, 1];
const UD = 6;
const secondary = SecondaryControl.ENABLE_VM_FUNCTIONS | SecondaryControl.ENABLE_EPT;

/** An EPT that maps addresses to themselves, but for one page. */
function writeEpt({ physical }: Processor, root: number, page: number, to: number): void {
  for (const level of [0, 1, 2]) {
    physical.write64(root + 0x1000 * level, BigInt(root + 0x1000 * (level + 1) + 7));
  }
  for (let n = 0; n < 512; n++) physical.write64(root + 0x3000 + 8 * n, BigInt(n * 4096 + 0x37));
  physical.write64(root + 0x3000 + (page >> 12) * 8, BigInt(to + 0x37));
}

interface Case {
  readonly fields?: FieldValues;
  readonly controls?: number;
  readonly rax?: bigint;
  readonly rcx?: bigint;
  readonly eptp?: bigint;
}

function guest({ fields = {}, controls = 0, rax = 0n, rcx = 3n, eptp }: Case): Processor {
  const cpu = apicGuest(
    { secondary: secondary | controls },
    {
      EPT_POINTER: EPT | 0x1e,
      VM_FUNCTION_CONTROL: 1,
      EPTP_LIST_ADDRESS: LIST,
      ...fields,
    },
    load(DATA),
    [0x89, 0xc3], // mov ebx, eax
    [0x89, 0xf8], // mov eax, edi
    VMFUNC,
    load(DATA),
  );
  writeEpt(cpu, EPT, DATA, DATA);
  writeEpt(cpu, OTHER_EPT, DATA, OTHER_DATA);
  const { physical, state } = cpu;
  physical.write64(LIST + 24, eptp ?? BigInt(OTHER_EPT + 0x1e));
  physical.write32(DATA, 1);
  physical.write32(OTHER_DATA, 2);
  state.setGpr(7, rax);
  state.setGpr(RCX, rcx);
  return cpu;
}

describe('EPTP switching', () => {
  for (const [what, controls] of [
    ['without a VPID', 0],
    ['with one', SecondaryControl.ENABLE_VPID],
  ] as const) {
    it(`loads another EPT pointer without a VM exit, ${what}`, () => {
      const cpu = guest({ controls });
      assert.equal(runToExit(cpu).reason, ExitReason.VMCALL);
      assert.deepEqual([cpu.state.gpr(3), cpu.state.gpr(RAX)], [1n, 2n]);
      assert.equal(cpu.vmx.current?.read(Field.EPT_POINTER), BigInt(OTHER_EPT + 0x1e));
      assert.equal(cpu.vmx.current.readNumber(Field.EPTP_INDEX), 0);
    });
  }

  it('notes its index where there are virtualization exceptions', () => {
    const cpu = guest({ controls: SecondaryControl.EPT_VIOLATION_VE });
    runToExit(cpu);
    assert.equal(cpu.vmx.current?.readNumber(Field.EPTP_INDEX), 3);
  });

  it('is no matter of privilege', () => {
    const cpu = guest({
      fields: {
        GUEST_CS_AR_BYTES: 0xa0fb,
        GUEST_SS_AR_BYTES: 0xc0f3,
        GUEST_CS_SELECTOR: 0x1b,
        GUEST_SS_SELECTOR: 0x23,
      },
    });
    for (const at of [0x110000, 0x110000 + 0x800, 0x111000, 0x112000]) {
      cpu.physical.write64(at, cpu.physical.read64(at) | 4n);
    }
    assert.equal(runToExit(cpu).reason, ExitReason.VMCALL);
    assert.equal(cpu.state.gpr(RAX), 2n);
  });
});

describe('VMFUNC exits', () => {
  const cases: readonly (readonly [string, Case])[] = [
    ['for a function that is not enabled', { fields: { VM_FUNCTION_CONTROL: 0 } }],
    ['for a function that there is not', { rax: 1n }],
    ['for one beyond 63', { rax: 64n }],
    ['for an index beyond the list', { rcx: 512n }],
    ['for an EPT pointer with a wrong memory type', { eptp: BigInt(OTHER_EPT + 0x1f) }],
    ['for one with a wrong walk length', { eptp: BigInt(OTHER_EPT + 0x16) }],
    ['for one beyond the address width', { eptp: (1n << 45n) | 0x1en }],
  ];
  for (const [when, change] of cases) {
    it(when, () => {
      const cpu = guest(change);
      const exit = runToExit(cpu);
      assert.deepEqual(
        [exit.reason, exit.qualification, exit.length, exit.at],
        [ExitReason.VMFUNC, 0, 3, 11],
      );
      assert.equal(cpu.vmx.current?.read(Field.EPT_POINTER), BigInt(EPT + 0x1e));
    });
  }

  it('not without the control, where it raises #UD', () => {
    const cpu = apicGuest({ secondary: 0 }, {}, VMFUNC);
    assert.equal(runToExit(cpu).handler, UD);
    assert.equal(told(cpu).reason, ExitReason.VMCALL);
  });
});
