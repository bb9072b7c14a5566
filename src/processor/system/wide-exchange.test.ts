import assert from 'node:assert/strict';
import { execute, longMode, PAGE_TABLES, protectedMode, Sel } from '../modes.testing';
import { DS, ES } from '../state/layout';

/** CMPXCHG8B, CMPXCHG16B, LES (SDM 2A). */

const AT = 0x9000;

describe('CMPXCHG8B', () => {
  const compare = [0x0f, 0xc7, 0x0d, 0x00, 0x90, 0x00, 0x00];

  it('stores ECX:EBX where EDX:EAX stands, and sets ZF', () => {
    const cpu = protectedMode();
    cpu.physical.write64(AT, 0x1122334455667788n);
    [0x55667788n, 0xaaaaaaaan, 0x11223344n, 0xbbbbbbbbn].forEach((value, n) => {
      cpu.state.setGpr(n, value);
    });
    assert.equal(execute(cpu, ...compare), 'nothing');
    assert.equal(cpu.physical.read64(AT), 0xaaaaaaaabbbbbbbbn);
    assert.equal(cpu.state.rflags & 0x40n, 0x40n);
  });

  it('loads EDX:EAX otherwise, and clears ZF', () => {
    const cpu = protectedMode();
    cpu.state.rflags = 0x42n;
    cpu.physical.write64(AT, 0x1122334455667788n);
    assert.equal(execute(cpu, ...compare), 'nothing');
    assert.deepEqual([cpu.state.gpr(0), cpu.state.gpr(2)], [0x55667788n, 0x11223344n]);
    assert.equal(cpu.state.rflags & 0x40n, 0n);
  });

  it('writes either way: a segment that is read-only is #GP(0)', () => {
    const cpu = protectedMode();
    cpu.state.setSegment(DS, {
      selector: Sel.READ_ONLY,
      base: 0n,
      limit: 0xffffffff,
      accessRights: 0xc091,
    });
    cpu.updateDerivedState();
    assert.equal(execute(cpu, ...compare), '#GP(0)');
  });
});

it('CMPXCHG16B wants 16-byte alignment: #GP(0), before the page is asked', () => {
  const cpu = longMode();
  cpu.state.setGpr(6, BigInt(AT + 8));
  assert.equal(execute(cpu, 0x48, 0x0f, 0xc7, 0x0e), '#GP(0)'); // [rsi]
  cpu.state.setGpr(6, BigInt(PAGE_TABLES) + 0x10000000n + 8n);
  assert.equal(execute(cpu, 0x48, 0x0f, 0xc7, 0x0e), '#GP(0)');
  cpu.state.setGpr(6, BigInt(AT));
  assert.equal(execute(cpu, 0x48, 0x0f, 0xc7, 0x0e), 'nothing');
});

it('LES loads the selector behind the offset, and nothing when it faults', () => {
  const cpu = protectedMode();
  const load = (): string => execute(cpu, 0xc4, 0x05, 0x00, 0x90, 0x00, 0x00); // les eax, [0x9000]
  cpu.physical.write32(AT, 0x12345678);
  cpu.physical.write16(AT + 4, Sel.USER_DATA);
  assert.equal(load(), 'nothing');
  assert.deepEqual([cpu.state.gpr(0), cpu.state.selector(ES)], [0x12345678n, Sel.USER_DATA]);
  cpu.physical.write32(AT, 0);
  cpu.physical.write16(AT + 4, Sel.BEYOND);
  assert.equal(load(), '#GP(100)');
  assert.equal(cpu.state.gpr(0), 0x12345678n);
});
