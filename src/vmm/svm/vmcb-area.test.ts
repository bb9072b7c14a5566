import assert from 'node:assert/strict';
import { Gpr } from '../../isa/registers/general';
import { WideCr0, WideEfer } from '../../isa/registers/control';
import { VMCB_SIZE } from '../../isa/svm/vmcb';
import type { EmulatedState } from '../emulator/instruction-emulator';
import type { GuestArea } from '../hardware/guest-area';
import { exitedGuest, type ExitedGuest } from './prepared-guest.testing';

const UNITS = new Uint8Array(0);
const SS = 2;
const RF = 0x10000n;
const saved = Array.from({ length: 16 }, (_, n) => BigInt(n + 100));

function areaOf({ machine }: ExitedGuest): GuestArea {
  const area = machine.vm?.host.area;
  assert.ok(area);
  return area;
}

/** The same with other registers. */
const changed = (
  state: EmulatedState,
  registers: Partial<EmulatedState['registers']>,
): EmulatedState => ({ ...state, registers: { ...state.registers, ...registers } });

const page = ({ machine, vmcb }: ExitedGuest): Uint8Array =>
  machine.computer.memory.readBytes(vmcb.address, VMCB_SIZE);

describe('the registers of a guest in its VMCB', () => {
  it('RAX and RSP are there, the others the monitor has saved', async () => {
    const guest = await exitedGuest();
    const area = areaOf(guest);
    assert.equal(area.gpr(Gpr.RAX), 1n);
    assert.equal(area.gpr(Gpr.RBX), undefined);
    assert.equal(area.setGpr(Gpr.RSP, 0x1234n), true);
    assert.equal(guest.vmcb.read('RSP'), 0x1234n);
    assert.equal(area.setGpr(Gpr.RBX, 1n), false);
    const { gprs } = area.registers(saved, UNITS).registers;
    assert.deepEqual([gprs[Gpr.RAX], gprs[Gpr.RBX], gprs[Gpr.RSP]], [1n, saved[Gpr.RBX], 0x1234n]);
  });

  it('an instruction that is done for the guest moves RIP, and is over with RF', async () => {
    const guest = await exitedGuest();
    guest.vmcb.write('RFLAGS', guest.vmcb.read('RFLAGS') | RF);
    areaOf(guest).complete(0x7c05n);
    assert.equal(guest.vmcb.read('RIP'), 0x7c05n);
    assert.equal(guest.vmcb.read('RFLAGS') & RF, 0n);
  });

  it('what nothing has changed is stored as it was', async () => {
    for (const paging of ['ept', 'shadow'] as const) {
      const guest = await exitedGuest({ paging });
      const area = areaOf(guest);
      const before = page(guest);
      const state = area.registers(saved, UNITS);
      assert.equal(area.store(state, state), false);
      assert.deepEqual(page(guest), before, paging);
      assert.deepEqual(area.registers(saved, UNITS), state);
    }
  });

  it('the guest reads EFER without SVME, which stays set', async () => {
    const guest = await exitedGuest();
    const area = areaOf(guest);
    const state = area.registers(saved, UNITS);
    assert.equal(state.registers.efer & WideEfer.SVME, 0n);
    const efer = state.registers.efer | WideEfer.LME;
    assert.equal(area.store(state, changed(state, { efer })), true);
    assert.equal(guest.vmcb.read('EFER'), efer | WideEfer.SVME);
    assert.equal(area.controls.efer, efer);
  });

  it('with shadow paging, control registers are the guest’s in the vCPU’s area and the processor’s in the VMCB', async () => {
    const guest = await exitedGuest({ paging: 'shadow' });
    const area = areaOf(guest);
    const state = area.registers(saved, UNITS);
    assert.equal(state.registers.cr0 & WideCr0.PG, 0n);
    const [cr3, root] = [0x5000n, guest.vmcb.read('CR3')];
    assert.equal(area.store(state, changed(state, { cr3 })), true);
    assert.equal(area.controls.cr3, cr3);
    assert.equal(guest.vmcb.read('CR3'), root, 'it follows with the root');
    assert.equal(guest.vmcb.read('CR0') & WideCr0.PG, WideCr0.PG);
  });

  it('CPL is the DPL of SS in protected mode, and 0 in real mode', async () => {
    const guest = await exitedGuest();
    const area = areaOf(guest);
    const state = area.registers(saved, UNITS);
    const segments = state.registers.segments.map((segment, index) =>
      index === SS ? { ...segment, accessRights: segment.accessRights | 0x60 } : segment,
    );
    area.store(state, changed(state, { segments }));
    assert.equal(guest.vmcb.readNumber('CPL'), 0);
    const cr0 = state.registers.cr0 | WideCr0.PE;
    area.store(state, changed(state, { segments, cr0 }));
    assert.equal(guest.vmcb.readNumber('CPL'), 3);
    assert.equal(area.isUser, true);
    const read = area.registers(saved, UNITS).registers.segments[SS];
    assert.equal((read?.accessRights ?? 0) & 0x60, 0x60);
  });
});
