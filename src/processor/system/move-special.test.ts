import assert from 'node:assert/strict';
import { execute, longMode, protectedMode, Sel, setRing } from '../modes.testing';
import { SS } from '../state/layout';

/** MOV with segment, control and debug registers (SDM 2B MOV). */

describe('MOV from a segment register', () => {
  it('fills the whole register with zeros above the selector, memory with 16 bits', () => {
    const cpu = longMode();
    cpu.state.setGpr(0, 0xffff_ffff_ffff_ffffn);
    execute(cpu, 0x8c, 0xd8); // mov eax, ds
    assert.equal(cpu.state.gpr(0), BigInt(Sel.DATA));
    cpu.physical.write32(0x9000, 0xaaaaaaaa);
    execute(cpu, 0x8c, 0x1c, 0x25, 0x00, 0x90, 0x00, 0x00); // mov [0x9000], ds
    assert.equal(cpu.physical.read32(0x9000), 0xaaaa0010);
  });
});

describe('MOV to a segment register', () => {
  it('holds interrupts off for one instruction after SS', () => {
    const cpu = protectedMode();
    cpu.state.setGpr(0, BigInt(Sel.DATA));
    execute(cpu, 0x8e, 0xd0);
    assert.deepEqual([cpu.state.selector(SS), cpu.state.interruptShadow], [Sel.DATA, 'mov-ss']);
  });

  it('is #UD for CS', () => {
    assert.equal(execute(protectedMode(), 0x8e, 0xc8), '#UD');
  });
});

describe('MOV with a control register', () => {
  it('is #GP(0) in ring 3, #UD for one that does not exist', () => {
    const cpu = protectedMode();
    assert.equal(execute(cpu, 0x0f, 0x20, 0xc8), '#UD'); // mov eax, cr1
    setRing(cpu, 3);
    assert.equal(execute(cpu, 0x0f, 0x20, 0xc0), '#GP(0)');
    assert.equal(execute(cpu, 0x0f, 0x22, 0xd8), '#GP(0)');
  });

  it('moves 64 bits in 64-bit mode whatever the prefixes, 32 elsewhere', () => {
    const cpu = longMode();
    cpu.state.cr2 = 0x1234_5678_9abcn;
    execute(cpu, 0x66, 0x0f, 0x20, 0xd0); // mov rax, cr2
    assert.equal(cpu.state.gpr(0), 0x1234_5678_9abcn);
    const legacy = protectedMode();
    legacy.state.setGpr(0, 0xffff_ffff_0000_1000n);
    execute(legacy, 0x0f, 0x22, 0xd0); // mov cr2, eax
    assert.equal(legacy.state.cr2, 0x1000n);
  });
});
