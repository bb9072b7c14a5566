import assert from 'node:assert/strict';
import { Msr } from '../../isa/registers/msr';
import { execute, longMode, protectedMode, setRing } from '../modes.testing';
import type { Processor } from '../processor';
import { CS, FS, GS, SS } from '../state/layout';

/** SYSCALL, SYSRET, SYSENTER, SYSEXIT, SWAPGS, WRFSBASE (SDM 2B, 2D). */

const SYSCALL = [0x0f, 0x05];
const SYSRETL = [0x0f, 0x07];
const SYSRETQ = [0x48, 0x0f, 0x07];
const SYSENTER = [0x0f, 0x34];
const SYSEXIT = [0x0f, 0x35];
const SYSEXITQ = [0x48, 0x0f, 0x35];
const SWAPGS = [0x0f, 0x01, 0xf8];

function withMsrs(cpu: Processor): Processor {
  cpu.state.efer |= 1n;
  cpu.state.setMsr(Msr.STAR, 0x0023_0010_0000_0000n);
  cpu.state.setMsr(Msr.LSTAR, 0x9000n);
  cpu.state.setMsr(Msr.FMASK, 0x200n);
  cpu.state.setMsr(Msr.SYSENTER_CS, 0x0bn);
  cpu.state.setMsr(Msr.SYSENTER_ESP, 0x6000n);
  cpu.state.setMsr(Msr.SYSENTER_EIP, 0x9800n);
  return cpu;
}

/** Selector and attributes of CS and SS, RIP. */
function place({ state }: Processor): string[] {
  const registers = [CS, SS].map((index) => state.segment(index));
  const shown = registers.map((s) => `${s.selector.toString(16)}:${s.accessRights.toString(16)}`);
  return [...shown, state.rip.toString(16)];
}

describe('SYSCALL', () => {
  it('saves RIP and RFLAGS, masks flags, and loads flat segments of ring 0', () => {
    const cpu = withMsrs(longMode());
    setRing(cpu, 3);
    cpu.state.rflags = 0x10202n;
    assert.equal(execute(cpu, ...SYSCALL), 'nothing');
    assert.deepEqual(place(cpu), ['10:a09b', '18:c093', '9000']);
    assert.equal(cpu.state.gpr(1), 0x8002n);
    assert.equal(cpu.state.gpr(11), 0x202n); // without RF
    assert.equal(cpu.state.rflags, 2n);
  });

  it('is #UD without EFER.SCE and outside 64-bit mode', () => {
    assert.equal(execute(longMode(), ...SYSCALL), '#UD');
    assert.equal(execute(withMsrs(protectedMode()), ...SYSCALL), '#UD');
  });
});

describe('SYSRET', () => {
  it('goes to 64-bit code of ring 3, with flags of R11 but RF and VM', () => {
    const cpu = withMsrs(longMode());
    cpu.state.setGpr(1, 0x8100n);
    cpu.state.setGpr(11, 0x30202n);
    assert.equal(execute(cpu, ...SYSRETQ), 'nothing');
    assert.deepEqual(place(cpu), ['33:a0fb', '2b:c0f3', '8100']);
    assert.equal(cpu.state.rflags, 0x202n);
  });

  it('goes to compatibility mode with a 32-bit operand size', () => {
    const cpu = withMsrs(longMode());
    cpu.state.setGpr(1, 0xff_0000_8100n);
    execute(cpu, ...SYSRETL);
    assert.deepEqual(place(cpu), ['23:c0fb', '2b:c0f3', '8100']);
  });

  it('is #GP(0) in ring 3 and for a non-canonical RIP, before anything has changed', () => {
    const cpu = withMsrs(longMode());
    cpu.state.setGpr(1, 0x8000_0000_0000n);
    assert.equal(execute(cpu, ...SYSRETQ), '#GP(0)');
    setRing(cpu, 3);
    cpu.state.setGpr(1, 0n);
    assert.equal(execute(cpu, ...SYSRETQ), '#GP(0)');
  });
});

describe('SYSENTER and SYSEXIT', () => {
  it('enter ring 0 with the RPL of SYSENTER_CS cleared, and IF', () => {
    const cpu = withMsrs(protectedMode());
    setRing(cpu, 3);
    cpu.state.rflags = 0x202n;
    assert.equal(execute(cpu, ...SYSENTER), 'nothing');
    assert.deepEqual(place(cpu), ['8:c09b', '10:c093', '9800']);
    assert.deepEqual([cpu.state.gpr(4), cpu.state.rflags], [0x6000n, 2n]);
  });

  it('exit to ring 3: 32-bit code two descriptors on, 64-bit code four', () => {
    for (const [mode, instruction, expected] of [
      [protectedMode, SYSEXIT, ['1b:c0fb', '23:c0f3', '8200']],
      [longMode, SYSEXITQ, ['2b:a0fb', '33:c0f3', '8200']],
    ] as const) {
      const cpu = withMsrs(mode());
      cpu.state.setGpr(1, 0x5000n);
      cpu.state.setGpr(2, 0x8200n);
      assert.equal(execute(cpu, ...instruction), 'nothing');
      assert.deepEqual(place(cpu), expected);
      assert.equal(cpu.state.gpr(4), 0x5000n);
    }
  });

  it('are #GP(0) with a null SYSENTER_CS, SYSEXIT in ring 3', () => {
    const cpu = withMsrs(protectedMode());
    setRing(cpu, 3);
    assert.equal(execute(cpu, ...SYSEXIT), '#GP(0)');
    cpu.state.setMsr(Msr.SYSENTER_CS, 3n);
    assert.equal(execute(cpu, ...SYSENTER), '#GP(0)');
  });
});

describe('SWAPGS and WRFSBASE', () => {
  it('SWAPGS exchanges the base of GS and IA32_KERNEL_GS_BASE, in ring 0', () => {
    const cpu = longMode();
    cpu.state.setMsr(Msr.KERNEL_GS_BASE, 0x1234n);
    cpu.state.setSegment(GS, { ...cpu.state.segment(GS), base: 0x99n });
    assert.equal(execute(cpu, ...SWAPGS), 'nothing');
    assert.equal(cpu.state.segment(GS).base, 0x1234n);
    assert.equal(cpu.state.msr(Msr.KERNEL_GS_BASE), 0x99n);
    setRing(cpu, 3);
    assert.equal(execute(cpu, ...SWAPGS), '#GP(0)');
  });

  it('WRFSBASE needs CR4.FSGSBASE and a canonical address', () => {
    const cpu = longMode();
    const write = (): string => execute(cpu, 0xf3, 0x48, 0x0f, 0xae, 0xd0); // wrfsbase rax
    cpu.state.setGpr(0, 0x7fff_ffff_f000n);
    assert.equal(write(), '#UD');
    cpu.state.cr4 |= 1n << 16n;
    assert.equal(write(), 'nothing');
    assert.equal(cpu.state.segment(FS).base, 0x7fff_ffff_f000n);
    cpu.state.setGpr(0, 0x8000_0000_0000n);
    assert.equal(write(), '#GP(0)');
  });
});
