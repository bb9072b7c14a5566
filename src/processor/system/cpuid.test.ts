import assert from 'node:assert/strict';
import { execute, longMode, protectedMode } from '../modes.testing';
import { cpuid } from './cpuid';

/** CPUID (SDM 2A CPUID, table 3-8). Which feature bits are set is tested beside the profile. */

describe('CPUID', () => {
  const { state } = longMode();

  it('leaf 0 gives the highest basic leaf and the vendor', () => {
    const expected = { eax: 0xd, ebx: 0x756e6547, edx: 0x49656e69, ecx: 0x6c65746e };
    assert.deepEqual(cpuid(state, 0, 0), expected);
  });

  it('leaf 1 gives family, model and stepping', () => {
    assert.equal(cpuid(state, 1, 0).eax, 0x306a9);
  });

  it('leaf 80000000H gives the highest extended leaf, 80000008H the widths of addresses', () => {
    assert.equal(cpuid(state, 0x80000000, 0).eax, 0x80000008);
    assert.equal(cpuid(state, 0x80000008, 0).eax, 0x3028);
  });

  it('leaves 80000002H to 80000004H give the brand, 16 characters each', () => {
    assert.deepEqual(cpuid(state, 0x80000002, 0), {
      eax: 0x676e6952, // Ring
      ebx: 0x65646973, // side
      ecx: 0x6d695320, // ·Sim
      edx: 0x74616c75, // ulat
    });
  });

  it('has features only in subleaf 0 of leaf 7', () => {
    assert.equal(cpuid(state, 7, 0).ebx & 0x80, 0x80); // SMEP
    assert.deepEqual(cpuid(state, 7, 1), { eax: 0, ebx: 0, ecx: 0, edx: 0 });
  });

  it('beyond the highest leaf gives the data of the highest basic one', () => {
    for (const leaf of [0xe, 0x40000000, 0x80000009]) {
      assert.deepEqual(cpuid(state, leaf, 0), cpuid(state, 0xd, 0), leaf.toString(16));
    }
  });

  it('tells of SYSCALL in 64-bit mode only', () => {
    assert.equal(cpuid(state, 0x80000001, 0).edx & 0x800, 0x800);
    assert.equal(cpuid(protectedMode().state, 0x80000001, 0).edx & 0x800, 0);
  });

  it('looks at EAX and ECX, and clears the upper halves of four registers', () => {
    const cpu = longMode();
    for (let index = 0; index < 4; index++) cpu.state.setGpr(index, 0xffffffff00000000n);
    assert.equal(execute(cpu, 0x0f, 0xa2), 'nothing');
    const registers = [0, 3, 2, 1].map((index) => cpu.state.gpr(index));
    assert.deepEqual(registers, [0xdn, 0x756e6547n, 0x49656e69n, 0x6c65746en]);
  });
});
