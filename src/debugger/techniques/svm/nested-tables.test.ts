import assert from 'node:assert/strict';
import type { SecondLevelAccess } from '../second-level';
import { ownSvm, untilSide, untilVmrun } from './own-hypervisor.testing';

const NPT = 0x20_8000;
const MEMORY = 0x21_0000;
const READ: SecondLevelAccess = { write: false, execute: false, user: false };

async function atVmrun(edit?: (text: string) => string) {
  const debuggee = await ownSvm(edit);
  untilVmrun(debuggee);
  const { target, machine } = debuggee;
  const second = (): NonNullable<typeof target.technique.secondLevel> => {
    const { secondLevel } = target.technique;
    assert.ok(secondLevel);
    return secondLevel;
  };
  return { debuggee, target, machine, second };
}

describe('nested page tables as a debugger sees them', () => {
  it('lead from guest-physical addresses to host-physical ones, by AMD’s names of entries', async () => {
    const { second, machine } = await atVmrun();
    const hash = machine.stateHash;
    const steps: string[] = [];
    const result = second().walk(0x7123n, READ, ({ level, index }) => {
      steps.push(`${second().entryName(level)}[${String(index)}]`);
    });
    assert.deepEqual(result, { kind: 'translation', address: MEMORY + 0x7123 });
    assert.deepEqual(steps, ['nPML4E[0]', 'nPDPE[0]', 'nPDE[0]', 'nPTE[7]']);
    assert.equal(second().hostAddress(0x7123n), MEMORY + 0x7123);
    assert.equal(machine.stateHash, hash, 'no flag is set');
  });

  it('say where a walk ends: what is not mapped, not writable, or only for the supervisor', async () => {
    const { second, machine } = await atVmrun();
    const entry = NPT + 0x3000 + 7 * 8;
    const text = (access: SecondLevelAccess): string => {
      const result = second().walk(0x7000n, access);
      return result.kind === 'fault' ? result.text : '';
    };
    const set = (flags: number): void => {
      machine.computer.processor.physical.write64(entry, BigInt(MEMORY + 0x7000 + flags));
    };
    const fault = (cause: string): string =>
      `nested page fault at level 1: ${cause}; a #VMEXIT to the host (VMEXIT_NPF)`;
    assert.equal(text({ ...READ, write: true }), '');
    set(5);
    assert.equal(text(READ), '');
    assert.equal(text({ ...READ, write: true }), fault('read-only'));
    assert.equal(text({ ...READ, pageWalk: true }), fault('read-only'), 'walks count as writes');
    set(3);
    assert.equal(text(READ), fault('only for the supervisor'), 'all accesses are a user’s');
    set(0);
    assert.equal(text(READ), fault('not present'));
    const beyond = second().walk(1n << 50n, READ);
    assert.equal(beyond.kind, 'fault');
  });

  it('are those by which the guest runs, and none without NP_ENABLE', async () => {
    const { debuggee, target, second } = await atVmrun();
    untilSide(debuggee, 'guest');
    assert.equal(second().hostAddress(0x7000n), MEMORY + 0x7000);
    assert.equal(target.memory.hostAddress('gva', 0x7000n), MEMORY + 0x7000);
    const without = await atVmrun((text) => text.replace('[rbx + 0x90], 1 ', '[rbx + 0x90], 0 '));
    assert.equal(without.target.technique.secondLevel, undefined);
  });
});
