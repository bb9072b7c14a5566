import assert from 'node:assert/strict';
import { execute, longMode, PAGE_TABLES, setRing } from '../modes.testing';

it('INVLPG ends a stale translation of its page, in ring 0 (SDM 2A INVLPG)', () => {
  const cpu = longMode('interpreter');
  const { physical, state } = cpu;
  physical.write64(PAGE_TABLES + 0x2008, 0x13007n); // 0x200000: 4-KByte pages by a table at 0x13000
  physical.write64(PAGE_TABLES + 0x3000, 0x50007n);
  physical.write32(0x50000, 1);
  physical.write32(0x51000, 2);
  state.setGpr(6, 0x200000n);
  const read = (): bigint => {
    assert.equal(execute(cpu, 0x8b, 0x06), 'nothing'); // mov eax, [rsi]
    return state.gpr(0);
  };
  assert.equal(read(), 1n);
  physical.write64(PAGE_TABLES + 0x3000, 0x51007n);
  assert.equal(read(), 1n);
  setRing(cpu, 3);
  assert.equal(execute(cpu, 0x0f, 0x01, 0x3e), '#GP(0)'); // invlpg [rsi]
  setRing(cpu, 0);
  assert.equal(execute(cpu, 0x0f, 0x01, 0x3e), 'nothing');
  assert.equal(read(), 2n);
});
