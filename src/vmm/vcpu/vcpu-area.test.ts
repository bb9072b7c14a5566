import assert from 'node:assert/strict';
import { PhysicalMemory } from '../../processor/physical-memory';
import { DEFAULT_PROFILE } from '../../processor/profile/default';
import { CpuState, registerWindow } from '../../processor/state/cpu-state';
import { State } from '../../processor/state/layout';
import { VcpuArea, VcpuLayout } from '.';

const FRAME = 0x3000;
const LSTAR = 0xc0000082;
const STAR = 0xc0000081;

function area() {
  const memory = new PhysicalMemory(0x10000);
  return { memory, subject: new VcpuArea(memory, FRAME, DEFAULT_PROFILE) };
}

const processorState = (): CpuState =>
  new CpuState(registerWindow(new DataView(new ArrayBuffer(0x1000))), DEFAULT_PROFILE);

describe('the area of a virtual processor', () => {
  it('holds registers in host memory, where the state window has them', () => {
    const { memory, subject } = area();
    const cpu = processorState();
    cpu.setGpr(3, 0x1122n);
    cpu.rip = 0x7c00n;
    cpu.units[0] = 0x5a;
    subject.store(cpu);
    assert.equal(memory.read64(FRAME + State.GPR + 3 * 8), 0x1122n);
    assert.equal(subject.state.rip, 0x7c00n);
    memory.write64(FRAME + State.RIP, 0x8000n);
    const other = processorState();
    subject.load(other);
    assert.equal(other.rip, 0x8000n);
    assert.equal(other.gpr(3), 0x1122n);
    assert.equal(other.units[0], 0x5a);
  });

  it('holds what a processor keeps elsewhere, too', () => {
    const { memory, subject } = area();
    const cpu = processorState();
    cpu.activity = 'hlt';
    cpu.interruptShadow = 'mov-ss';
    cpu.nmiBlocked = true;
    cpu.pendingDebug = 0x4000;
    cpu.random = 77n;
    subject.store(cpu);
    assert.equal(memory.read32(FRAME + VcpuLayout.ACTIVITY), 1);
    assert.equal(memory.read32(FRAME + VcpuLayout.INTERRUPTIBILITY), 0b1010);
    assert.ok(subject.inShadow);
    const other = processorState();
    subject.load(other);
    const { activity, interruptShadow, nmiBlocked, pendingDebug, random } = other;
    assert.deepEqual(
      { activity, interruptShadow, nmiBlocked, pendingDebug, random },
      {
        activity: 'hlt',
        interruptShadow: 'mov-ss',
        nmiBlocked: true,
        pendingDebug: 0x4000,
        random: 77n,
      },
    );
  });

  it('lists MSRs as VMX does, and refuses more than there is room for', () => {
    const { memory, subject } = area();
    const { state, msrs } = subject;
    state.setMsr(LSTAR, 5n);
    state.setMsr(STAR, 6n);
    state.setMsr(LSTAR, 7n);
    assert.equal(memory.read32(FRAME + VcpuLayout.MSR_COUNT), 2);
    assert.equal(memory.read32(FRAME + VcpuLayout.MSRS), LSTAR);
    assert.equal(memory.read64(FRAME + VcpuLayout.MSRS + 8), 7n);
    assert.deepEqual(
      [...msrs],
      [
        [LSTAR, 7n],
        [STAR, 6n],
      ],
    );
    assert.throws(() => {
      for (let n = 0; n < 100; n++) msrs.set(n, 0n);
    }, /more than 80 MSRs/);
    msrs.clear();
    assert.deepEqual([...msrs], []);
  });
});
