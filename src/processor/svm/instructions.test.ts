import assert from 'node:assert/strict';
import { Msr } from '../../isa/registers/msr';
import { Vector } from '../../isa/exceptions';
import { Fault } from '../faults';
import type { Processor } from '../processor';
import { readMsr, writeMsr } from '../system/msr';
import { createProcessor } from '../create-processor';
import { PhysicalMemory } from '../physical-memory';
import {
  entryOf,
  GUEST_TABLES,
  halted,
  HANDLER,
  HOST_CODE,
  NESTED,
  NESTED_TABLES,
  NO_DEVICES,
  prepare,
  VMCB,
  vmcbOf,
} from './prepared-processor.testing';

const CODES: Readonly<Record<string, readonly number[]>> = {
  VMRUN: [0x0f, 0x01, 0xd8],
  VMLOAD: [0x0f, 0x01, 0xda],
  VMSAVE: [0x0f, 0x01, 0xdb],
  STGI: [0x0f, 0x01, 0xdc],
  CLGI: [0x0f, 0x01, 0xdd],
  INVLPGA: [0x0f, 0x01, 0xdf],
};
const VMMCALL = [0x0f, 0x01, 0xd9];
const SKINIT = [0x0f, 0x01, 0xde];

/** The host executes some bytes instead of VMRUN. */
function host(
  code: readonly number[],
  change: (cpu: Processor) => void = () => undefined,
): Processor {
  const cpu = prepare({});
  cpu.physical.writeBytes(HOST_CODE, Uint8Array.from([...code, 0xf4]));
  change(cpu);
  cpu.updateDerivedState();
  return cpu;
}

/** The vector of the exception that they raise. */
function raised(cpu: Processor): number | undefined {
  cpu.run(20);
  const handler = Number(cpu.state.rip) - 1 - HANDLER;
  return handler >= 0 && handler < 0x1000 ? handler / 16 : undefined;
}

describe('the instructions of SVM (APM 2 15.5, 15.13)', () => {
  for (const [name, code] of Object.entries(CODES)) {
    it(`${name} raises #UD while EFER.SVME is 0`, () => {
      assert.equal(raised(host(code, ({ state }) => (state.efer &= ~0x1000n))), Vector.UD);
      assert.notEqual(raised(host(code)), Vector.UD);
    });

    it(`${name} raises #GP outside ring 0`, () => {
      const ring3 = ({ state }: Processor): void => {
        for (const index of [1, 2]) {
          const register = state.segment(index);
          state.setSegment(index, { ...register, accessRights: register.accessRights | 0x60 });
        }
      };
      const cpu = host(code, ring3);
      cpu.physical.write64(0x112000, 0x87n);
      const chain = cpu.run(20);
      assert.ok(chain.kind === 'triple-fault');
      assert.notEqual(chain.chain[0]?.vector, Vector.UD);
    });

    it(`${name} does not exist in real mode`, () => {
      const cpu = host(code, ({ state }) => {
        Object.assign(state, { cr0: 0x10n, efer: 0x1000n });
        state.setSegment(1, { selector: 0, base: 0n, limit: 0xffffffff, accessRights: 0xc09b });
      });
      const seen: number[] = [];
      cpu.observer = { raising: ({ vector }) => (seen.push(vector), true) };
      cpu.run(1);
      assert.deepEqual(seen, [Vector.UD]);
    });
  }

  for (const name of ['VMRUN', 'VMLOAD', 'VMSAVE']) {
    it(`${name} refuses an address that is not aligned, or too wide`, () => {
      for (const address of [BigInt(VMCB) + 8n, 1n << 40n]) {
        const cpu = host(CODES[name] ?? [], ({ state }) => {
          state.setGpr(0, address);
        });
        assert.equal(raised(cpu), Vector.GP);
      }
      assert.notEqual(raised(host(CODES[name] ?? [])), Vector.GP);
    });
  }

  it('take as many bits of rAX as addresses have', () => {
    const cpu = host([0x67, ...(CODES.VMSAVE ?? [])], ({ state }) => {
      state.setGpr(0, (1n << 40n) | BigInt(VMCB));
      state.setMsr(Msr.STAR, 0x77n);
    });
    assert.equal(raised(cpu), undefined);
    assert.equal(vmcbOf(cpu).read('STAR'), 0x77n);
  });

  it('VMMCALL and SKINIT raise #UD in the host', () => {
    assert.equal(raised(host(VMMCALL)), Vector.UD);
    assert.equal(raised(host(SKINIT)), Vector.UD);
  });

  it('VMMCALL raises #UD in a guest that it is not intercepted from', () => {
    assert.equal(halted(prepare({}, VMMCALL)), HANDLER - 0x109000 + 6 * 16 + 1);
  });

  it('do not exist on a processor without SVM', () => {
    const cpu = createProcessor(new PhysicalMemory(0x10000), NO_DEVICES);
    assert.throws(() => {
      writeMsr(cpu, Msr.EFER, 0x1000n);
    }, Fault);
    const seen: string[] = [];
    cpu.observer = { raising: (event) => (seen.push(event.reason?.check ?? ''), true) };
    cpu.physical.writeBytes(0x1000, Uint8Array.from(VMMCALL));
    cpu.state.setSegment(1, { selector: 0, base: 0n, limit: 0xffff, accessRights: 0x9b });
    cpu.state.rip = 0x1000n;
    cpu.updateDerivedState();
    cpu.run(1);
    assert.deepEqual(seen, ['other-processor']);
  });
});

describe('VMLOAD and VMSAVE (APM 2 15.5.2)', () => {
  it('move the hidden state', () => {
    const cpu = host([...(CODES.VMLOAD ?? []), 0xf4]);
    const vmcb = vmcbOf(cpu);
    vmcb.write('FS_SELECTOR', 0x33);
    vmcb.write('FS_BASE', 0x12345000);
    vmcb.write('FS_ATTRIB', 0xcf3);
    vmcb.write('TR_SELECTOR', 0x40);
    vmcb.write('TR_ATTRIB', 0x8b);
    vmcb.write('LDTR_SELECTOR', 0x48);
    vmcb.write('KERNEL_GS_BASE', 0x8000_0000_0000n);
    vmcb.write('STAR', 0x23_0010_0000_0000n);
    vmcb.write('LSTAR', 0xffff_8000_0000_1000n);
    vmcb.write('SYSENTER_CS', 0x10);
    cpu.run(10);
    const { state } = cpu;
    assert.deepEqual(state.segment(4), {
      selector: 0x33,
      base: 0x12345000n,
      limit: 0,
      accessRights: 0xc0f3,
    });
    assert.deepEqual(
      [state.selector(6), state.selector(7), state.accessRights(7)],
      [0x48, 0x40, 0x8b],
    );
    assert.equal(state.msr(Msr.KERNEL_GS_BASE), 0xffff_8000_0000_0000n);
    assert.deepEqual(
      [state.msr(Msr.STAR), state.msr(Msr.LSTAR)],
      [0x23_0010_0000_0000n, 0xffff_8000_0000_1000n],
    );
    const saved = host(CODES.VMSAVE ?? []);
    saved.restore(cpu.save());
    saved.state.activity = 'active';
    saved.state.rip = BigInt(HOST_CODE);
    saved.run(10);
    for (const field of [
      'FS_BASE',
      'FS_ATTRIB',
      'TR_ATTRIB',
      'LDTR_SELECTOR',
      'STAR',
      'LSTAR',
      'SYSENTER_CS',
    ] as const) {
      assert.equal(vmcbOf(saved).read(field), vmcb.read(field), field);
    }
  });

  it('leave a null segment null', () => {
    const cpu = host(CODES.VMLOAD ?? []);
    cpu.run(10);
    assert.equal(cpu.state.accessRights(5) & 0x10000, 0x10000);
  });

  it('are virtualized for a guest with nested paging: its address is its own (15.33.1)', () => {
    const cpu = prepare({ ...NESTED, VIRTUALIZATION_EXTENSIONS: 2, RAX: 0x180000 }, CODES.VMSAVE);
    cpu.physical.write64(entryOf(NESTED_TABLES, 0x180000), 0x190007n);
    cpu.state.setMsr(Msr.STAR, 0x55n);
    halted(cpu);
    assert.deepEqual([cpu.physical.read64(0x180600), cpu.physical.read64(0x190600)], [0n, 0x55n]);
    const fault = prepare({ ...NESTED, VIRTUALIZATION_EXTENSIONS: 2, RAX: 0x180000 }, CODES.VMSAVE);
    fault.physical.write64(entryOf(NESTED_TABLES, 0x180000), 0n);
    fault.run(100);
    assert.deepEqual(
      [vmcbOf(fault).read('EXITCODE'), vmcbOf(fault).read('EXITINFO2')],
      [0x400n, 0x180000n],
    );
  });
});

describe('INVLPGA (APM 2 15.16.1)', () => {
  const LOAD = [0x8b, 0x1c, 0x25, 0x00, 0x00, 0x0f, 0x00]; // mov ebx, [0xf0000]

  for (const [asid, sees] of [
    [1n, 0x22n],
    [0n, 0x11n],
  ] as const) {
    it(`forgets a page of ASID ${String(asid)}`, () => {
      const hosts = [0xb8, 0x00, 0x00, 0x0f, 0x00, 0x0f, 0x01, 0xdf, 0xf4]; // mov eax, 0xf0000; invlpga
      const cpu = prepare({}, [...LOAD, 0x0f, 0xa2], { host: hosts });
      cpu.physical.write32(0xf0000, 0x11);
      cpu.physical.write32(0xf1000, 0x22);
      vmcbOf(cpu).write('INTERCEPT_VECTOR_3', 1 << 18);
      cpu.state.setGpr(1, asid);
      cpu.run(100);
      cpu.physical.write64(entryOf(GUEST_TABLES, 0xf0000), 0xf1007n);
      vmcbOf(cpu).write('RIP', 0x109000);
      cpu.state.activity = 'active';
      cpu.state.setGpr(0, BigInt(VMCB));
      cpu.state.rip = BigInt(HOST_CODE);
      cpu.run(100);
      assert.equal(cpu.state.gpr(3), sees);
    });
  }
});

describe('the MSRs of SVM (APM 2 15.30)', () => {
  const refuses = (cpu: Processor, number: number, value: bigint): boolean => {
    try {
      writeMsr(cpu, number, value);
      return false;
    } catch (thrown) {
      assert.ok(thrown instanceof Fault);
      return thrown.vector === Vector.GP;
    }
  };

  it('VM_CR.SVMDIS keeps EFER.SVME 0, and cannot be set while it is 1', () => {
    const cpu = prepare({});
    assert.ok(refuses(cpu, Msr.VM_CR, 0x10n));
    writeMsr(cpu, Msr.EFER, 0xd00n);
    writeMsr(cpu, Msr.VM_CR, 0x10n);
    assert.ok(refuses(cpu, Msr.EFER, 0x1d00n));
    writeMsr(cpu, Msr.VM_CR, 0n);
    writeMsr(cpu, Msr.EFER, 0x1d00n);
    assert.ok(refuses(cpu, Msr.VM_CR, 0x20n));
  });

  it('VM_CR.LOCK keeps itself and SVMDIS, until the key takes it away', () => {
    const cpu = prepare({});
    writeMsr(cpu, Msr.EFER, 0xd00n);
    writeMsr(cpu, Msr.SVM_KEY, 0x1234n);
    assert.equal(readMsr(cpu, Msr.SVM_KEY), 0n);
    writeMsr(cpu, Msr.VM_CR, 0x18n);
    writeMsr(cpu, Msr.VM_CR, 0x2n);
    assert.equal(readMsr(cpu, Msr.VM_CR), 0x1an);
    writeMsr(cpu, Msr.SVM_KEY, 0x1235n);
    assert.equal(readMsr(cpu, Msr.VM_CR), 0x1an);
    writeMsr(cpu, Msr.SVM_KEY, 0x1234n);
    assert.equal(readMsr(cpu, Msr.VM_CR), 0x12n);
  });

  it('VM_HSAVE_PA is the address of a page; TSC_RATIO has 40 bits', () => {
    const cpu = prepare({});
    for (const bad of [0x1008n, 1n << 40n]) assert.ok(refuses(cpu, Msr.VM_HSAVE_PA, bad));
    assert.ok(!refuses(cpu, Msr.VM_HSAVE_PA, 0x5000n));
    assert.ok(refuses(cpu, Msr.TSC_RATIO, 1n << 40n));
    assert.ok(!refuses(cpu, Msr.TSC_RATIO, 1n << 39n));
  });
});
