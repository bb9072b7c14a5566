import assert from 'node:assert/strict';
import { SvmExit, VMEXIT_INVALID } from '../../isa/svm/exit-codes';
import { VMRUN_CHECKS } from './entry-checks';
import { saveRegisters } from '../state/saved-registers';
import {
  at,
  entryOf,
  exitCode,
  exited,
  GUEST_TABLES,
  halted,
  HOST_CODE,
  IOPM,
  intercepting,
  NESTED,
  prepare,
  set,
  VMCB,
  vmcbOf,
  type VmcbValues,
} from './prepared-processor.testing';

const CPUID = [0x0f, 0xa2];
const onCpuid = intercepting(SvmExit.CPUID);

describe('VMRUN and #VMEXIT (APM 2 15.5, 15.6)', () => {
  for (const engine of ['interpreter', 'reference'] as const) {
    it(`take the guest’s state from the VMCB and the host’s back (${engine})`, () => {
      const cpu = prepare({ ...onCpuid, RAX: 0x1234, CR2: 0x77 }, [0x48, 0xff, 0xc0, ...CPUID], {
        engine,
      }); // inc rax
      const before = saveRegisters(cpu.state);
      const vmcb = exited(cpu);
      assert.equal(exitCode(vmcb), BigInt(SvmExit.CPUID));
      assert.deepEqual([vmcb.read('RAX'), at(vmcb), vmcb.read('NRIP')], [0x1235n, 3, 0x109005n]);
      const after = saveRegisters(cpu.state);
      assert.equal(after.rip, BigInt(HOST_CODE + 4));
      assert.deepEqual(after.general, before.general);
      assert.deepEqual(after.segments, before.segments);
      assert.equal(after.control[2], before.control[2]);
      assert.equal(cpu.svm.globalInterruptFlag, false);
    });
  }

  it('leave the state of VMLOAD as the guest has it', () => {
    const cpu = prepare(onCpuid, [0x8e, 0xe0, ...CPUID]); // mov fs, eax
    cpu.state.setGpr(0, BigInt(VMCB));
    set(cpu, { RAX: 0 });
    exited(cpu);
    assert.equal(cpu.state.selector(4), 0);
  });

  it('keep the host’s DR6 as the guest has left it, and disable its breakpoints', () => {
    const cpu = prepare({ ...onCpuid, DR6: 0xffff0ff1, DR7: 0x455 }, CPUID);
    cpu.state.dr[7] = 0x4ffn;
    exited(cpu);
    assert.deepEqual([cpu.state.dr[6], cpu.state.dr[7]], [0xffff0ff1n, 0x400n]);
  });

  it('make addresses canonical that are not', () => {
    const vmcb = exited(
      prepare({ ...onCpuid, ES_BASE: 0x8000_0000_0000n, IDTR_BASE: 0xffff_0000_0000_1000n }, CPUID),
    );
    assert.equal(vmcb.read('ES_BASE'), 0xffff_8000_0000_0000n);
    assert.equal(vmcb.read('IDTR_BASE'), 0x1000n);
  });

  it('set EFER.LMA by LME and paging, whatever the VMCB says', () => {
    assert.equal(exited(prepare({ ...onCpuid, EFER: 0x1900 }, CPUID)).read('EFER'), 0x1d00n);
  });

  it('take the privilege level from the VMCB', () => {
    const cpu = prepare({ ...onCpuid, CPL: 3, SS_ATTRIB: 0xc93, CS_ATTRIB: 0xafb }, CPUID);
    const vmcb = exited(cpu);
    assert.deepEqual([vmcb.readNumber('CPL'), vmcb.readNumber('SS_ATTRIB')], [3, 0xcf3]);
    assert.equal(cpu.state.cpl, 0);
  });

  it('run a guest in real mode', () => {
    const real: VmcbValues = {
      CR0: 0x10,
      EFER: 0x1000,
      CR4: 0,
      CS_SELECTOR: 0x1000,
      CS_BASE: 0x10000,
      CS_ATTRIB: 0x9b,
      CS_LIMIT: 0xffff,
      RIP: 0x100,
      DS_ATTRIB: 0x93,
      DS_LIMIT: 0xffff,
    };
    const cpu = prepare({ ...onCpuid, ...real });
    cpu.physical.writeBytes(0x10100, Uint8Array.from(CPUID));
    const vmcb = exited(cpu);
    assert.deepEqual(
      [exitCode(vmcb), vmcb.read('RIP'), vmcb.read('NRIP')],
      [0x72n, 0x100n, 0x102n],
    );
  });

  it('run a guest in paged real mode (APM 2 15.19)', () => {
    const cpu = prepare({
      ...onCpuid,
      CR0: 0x80000010n,
      EFER: 0x1000,
      CR4: 0,
      CR3: 0x170000,
      CS_SELECTOR: 0,
      CS_ATTRIB: 0x9b,
      CS_LIMIT: 0xffff,
      RIP: 0x100,
    });
    cpu.physical.write32(0x170000, 0x171007);
    cpu.physical.write32(0x171000, 0x10007); // linear 0 leads to 10000H
    cpu.physical.writeBytes(0x10100, Uint8Array.from(CPUID));
    assert.equal(exitCode(exited(cpu)), 0x72n);
  });

  it('run a guest with PAE paging, whose PDPTEs they read', () => {
    const pae: VmcbValues = { EFER: 0x1000, CR4: 0x20, CR3: 0x170000, CS_ATTRIB: 0xc9b };
    for (const nested of [{}, NESTED]) {
      const cpu = prepare({ ...onCpuid, ...pae, ...nested }, CPUID);
      cpu.physical.write64(0x170000, BigInt(GUEST_TABLES + 0x2001));
      assert.equal(exitCode(exited(cpu)), 0x72n);
    }
  });

  it('hold interrupts for an instruction where the VMCB says so, and tell it (15.21.5)', () => {
    const cpu = prepare({ ...onCpuid, INTERRUPT_SHADOW: 1 }, CPUID);
    assert.equal(exited(cpu).read('INTERRUPT_SHADOW'), 1n);
    const later = exited(prepare({ ...onCpuid, INTERRUPT_SHADOW: 1 }, [0x90, ...CPUID]));
    assert.equal(later.read('INTERRUPT_SHADOW'), 0n);
    const sti = exited(prepare(onCpuid, [0xfb, ...CPUID]));
    assert.equal(sti.read('INTERRUPT_SHADOW'), 1n);
  });

  it('trap behind VMRUN where the host has TF set, and not in the guest', () => {
    const cpu = prepare(onCpuid, [0x90, ...CPUID], { host: [0x90, 0xf4] });
    cpu.state.rflags |= 0x100n;
    const vmcb = exited(cpu);
    assert.deepEqual([exitCode(vmcb), at(vmcb), vmcb.read('RFLAGS') & 0x100n], [0x72n, 1, 0n]);
    assert.equal(cpu.state.rip, 0x131011n); // in the handler of #DB
    assert.equal(cpu.physical.read64(0x148000 - 40), BigInt(HOST_CODE + 3));
  });

  it('add TSC_OFFSET to the TSC that the guest sees, times TSC_RATIO (15.30.5)', () => {
    const rdtsc = [0x0f, 0x31, ...CPUID];
    const plain = exited(prepare({ ...onCpuid, TSC_OFFSET: 0x1000 }, rdtsc));
    assert.equal(plain.read('RAX'), 0x1002n);
    const cpu = prepare({ ...onCpuid, TSC_OFFSET: 0x1000 }, rdtsc);
    cpu.state.setMsr(0xc0000104, 16n << 32n);
    assert.equal(exited(cpu).read('RAX'), 0x1020n);
  });

  it('go on after the guest has been saved and restored in the middle', () => {
    const code = [0x90, 0x48, 0xff, 0xc0, ...CPUID];
    const cpu = prepare({ ...onCpuid, ...NESTED }, code);
    cpu.run(2);
    assert.equal(cpu.svm.inGuest, true);
    const [memory, state] = [cpu.physical.save(), cpu.save()];
    const other = prepare({}, []);
    other.physical.restore(memory);
    other.restore(state);
    assert.deepEqual(other.save(), state);
    for (const each of [cpu, other]) assert.equal(exitCode(exited(each)), 0x72n);
    assert.deepEqual(other.save(), cpu.save());
  });

  it('are told to whoever watches', () => {
    const cpu = prepare(onCpuid, CPUID);
    const seen: string[] = [];
    cpu.observer = {
      entered: () => seen.push(`entered ${String(cpu.svm.inGuest)}`),
      exiting: () => seen.push(`exiting ${String(cpu.svm.current?.read('EXITCODE'))}`),
      entryFailed: ({ instruction, early }) => seen.push(`${instruction} ${String(early)}`),
    };
    exited(cpu);
    const refused = prepare({ GUEST_ASID: 0 });
    refused.observer = cpu.observer;
    exited(refused);
    assert.deepEqual(seen, ['entered true', 'exiting 114', 'VMRUN false']);
  });
});

/** A rule, values that break it, and another rule that such values cannot but break, too. */
const BROKEN: readonly (readonly [string, VmcbValues, string?])[] = [
  ['save.efer.svme', { EFER: 0xd00 }],
  ['save.cr0.nw-cd', { CR0: 0xa0000031 }],
  ['save.cr0.upper-half', { CR0: 0x1_8000_0031n }],
  ['save.cr3.reserved', { CR3: 1n << 52n }],
  ['save.cr4.reserved', { CR4: 0x2620 }],
  ['save.cr4.reserved', { CR4: 0x1_0000_0620n }],
  ['save.dr6.upper-half', { DR6: 0x1_ffff_0ff0n }],
  ['save.dr7.upper-half', { DR7: 0x1_0000_0400n }],
  ['save.efer.reserved', { EFER: 0x1_0000_1d00n }],
  ['save.efer.reserved', { EFER: 0x5d00 }],
  ['save.long-mode.pae', { CR4: 0x600 }],
  ['save.long-mode.pe', { CR0: 0x80000030 }],
  ['save.cs.l-d', { CS_ATTRIB: 0xe9b }],
  // This processor has no CET: a guest that has it breaks a rule before those on its registers.
  ['save.cr4.cet', { CR4: 0x800620 }, 'save.cr4.reserved'],
  ['save.s-cet.reserved', { CR4: 0x800620, CR0: 0x80010031, S_CET: 0x40 }, 'save.cr4.reserved'],
  ['control.vmrun-intercept', { INTERCEPT_VECTOR_4: 2 }],
  ['control.asid', { GUEST_ASID: 0 }],
  ['control.virtual-nmi', { VIRTUAL_INTERRUPT: 1 << 26 }],
  ['control.iopm', { IOPM_BASE_PA: 0xff_ffff_e000n }],
  ['control.msrpm', { MSRPM_BASE_PA: 0xff_ffff_f000n }],
  ['control.msrpm', { MSRPM_BASE_PA: 0xff_ffff_e001n }],
  ...[1, 5, 6, 7].map(
    (type) => ['control.event.type', { EVENTINJ: 0x80000020 + type * 0x100 }] as const,
  ),
  ['control.event.vector', { EVENTINJ: 0x80000302 }],
  ['control.event.vector', { EVENTINJ: 0x80000320 }],
  ['control.event.mode', { EVENTINJ: 0x80000304 }],
  ['control.event.mode', { EVENTINJ: 0x80000305 }],
  ['control.nested-cr3', { ...NESTED, N_CR3: 1n << 40n }],
  ['control.guest-pat', { ...NESTED, G_PAT: 2 }],
  ['control.sev-es', { NESTED_CONTROL: 4 }],
  [
    'control.allowed-sev-features',
    { ...NESTED, NESTED_CONTROL: 7, ALLOWED_SEV_FEATURES: (1n << 63n) | 1n, SEV_FEATURES: 3 },
  ],
];

describe('what VMRUN refuses (APM 2 15.5.1)', () => {
  for (const [rule, fields, also] of BROKEN) {
    const what = Object.entries(fields).map(([id, value]) => `${id}=${value.toString(16)}h`);
    it(`${what.join(' ')}: ${rule}`, () => {
      const cpu = prepare(fields);
      const before = vmcbOf(cpu).read('RIP');
      const vmcb = exited(cpu);
      assert.equal(exitCode(vmcb), VMEXIT_INVALID);
      const failed = new Set(cpu.svm.entryFailures.map((failure) => failure.rule));
      assert.deepEqual(failed, new Set(also === undefined ? [rule] : [rule, also]));
      assert.deepEqual([vmcb.read('EXITINFO1'), vmcb.read('EXITINFO2')], [0n, 0n]);
      assert.equal(cpu.state.rip, BigInt(HOST_CODE + 4));
      assert.equal(vmcb.read('RIP'), before);
      assert.equal(cpu.svm.globalInterruptFlag, false);
    });
  }

  it('nested paging for a host without paging (15.25.3)', () => {
    const cpu = prepare(NESTED);
    Object.assign(cpu.state, { cr0: 0x31n, efer: 0x1000n });
    cpu.state.setSegment(1, { selector: 8, base: 0n, limit: 0xffffffff, accessRights: 0xc09b });
    cpu.updateDerivedState();
    assert.equal(exitCode(exited(cpu)), VMEXIT_INVALID);
    assert.deepEqual(
      cpu.svm.entryFailures.map(({ rule }) => rule),
      ['control.host-paging'],
    );
  });

  it('takes away the event to inject', () => {
    const vmcb = exited(prepare({ GUEST_ASID: 0, EVENTINJ: 0x80000020 }));
    assert.equal(vmcb.readNumber('EVENTINJ'), 0);
  });

  it('nothing of a VMCB that is as it should be', () => {
    assert.equal(halted(prepare({ IOPM_BASE_PA: IOPM + 0xfff })), 1);
    const last = { IOPM_BASE_PA: 0xff_ffff_d000n, MSRPM_BASE_PA: 0xff_ffff_d000n };
    assert.equal(halted(prepare(last)), 1);
    assert.equal(halted(prepare(NESTED)), 1);
  });
});

describe('the checks of VMRUN', () => {
  it('are all shown to refuse something', () => {
    const elsewhere = ['control.host-paging']; // not for values of a VMCB: above
    const shown = new Set([...BROKEN.map(([rule]) => rule), ...elsewhere]);
    assert.deepEqual(shown, new Set(VMRUN_CHECKS.map(({ id }) => id)));
  });
});

describe('TLB_CONTROL and ASIDs (APM 2 15.16)', () => {
  const LOAD = [0x8b, 0x04, 0x25, 0x00, 0x00, 0x0f, 0x00]; // mov eax, [0xf0000]
  /** What the guest reads at the same address before and after its page is moved, with the host between. */
  function reads(second: VmcbValues): [bigint, bigint] {
    const cpu = prepare(onCpuid, [...LOAD, ...CPUID]);
    cpu.physical.write32(0xf0000, 0x11);
    cpu.physical.write32(0xf1000, 0x22);
    const first = exited(cpu).read('RAX');
    cpu.physical.write64(entryOf(GUEST_TABLES, 0xf0000), 0xf1007n);
    set(cpu, { ...second, RIP: 0x109000 });
    cpu.state.activity = 'active';
    cpu.state.rip = BigInt(HOST_CODE);
    return [first, exited(cpu).read('RAX')];
  }

  it('translations of an ASID stay, even when they are not true any more', () => {
    assert.deepEqual(reads({}), [0x11n, 0x11n]);
  });

  it('those of another ASID are not seen', () => {
    assert.deepEqual(reads({ GUEST_ASID: 2 }), [0x11n, 0x22n]);
  });

  for (const command of [1, 3, 7]) {
    it(`command ${command} flushes them`, () => {
      assert.deepEqual(reads({ TLB_CONTROL: command }), [0x11n, 0x22n]);
    });
  }
});
