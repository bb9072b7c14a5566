import { UNIT_MEMORY_SIZE, type UnitCase, type UnitResult } from '../../../test/vectors/units';
import { createProcessor } from '../create-processor';
import { PhysicalMemory } from '../physical-memory';
import type { Processor } from '../processor';
import { Units } from '../state/layout';
import { Image } from './recorded.testing';
import { RegisterStack } from './register-stack';

/** The simulated processor in the place of the one of this machine: 64-bit code of ring 3. */

const CODE = 0x4000;
const MEMORY = 0x8000;
const RBX = 3;

const bus = {
  readPort: () => 0,
  writePort: () => undefined,
  interruptRequested: () => false,
  acknowledgeInterrupt: () => 0,
};

export function unitProcessor(): Processor {
  const cpu = createProcessor(new PhysicalMemory(0x200000), bus);
  const { physical, state } = cpu;
  physical.write64(0x1000, 0x2007n);
  physical.write64(0x2000, 0x3007n);
  physical.write64(0x3000, 0x87n);
  state.cr3 = 0x1000n;
  state.cr4 = 0x20n;
  state.efer = 0xd01n;
  state.cr0 = 0x80000031n;
  state.idtr = { base: 0n, limit: 0 };
  for (let index = 0; index < 6; index++) {
    const accessRights = index === 1 ? 0xa0fb : 0xc0f3;
    state.setSegment(index, { selector: 0x2b, base: 0n, limit: 0xffffffff, accessRights });
  }
  state.setGpr(RBX, BigInt(MEMORY));
  cpu.updateDerivedState();
  return cpu;
}

const FLOATING_POINT_SIGNAL = 8;

/** Executes a case as units.c does. */
export function execute(cpu: Processor, unit: UnitCase): UnitResult {
  const { physical, state } = cpu;
  const stack = new RegisterStack(state);
  const view = new DataView(unit.image.buffer);
  state.setSlot(Units.X87_CONTROL, BigInt(view.getUint16(Image.FCW, true)));
  stack.status = view.getUint16(Image.FSW, true);
  stack.tags = unit.image[Image.TAGS] ?? 0;
  for (let n = 0; n < 8; n++) {
    const high = BigInt(view.getUint16(Image.ST + 16 * n + 8, true));
    const low = view.getBigUint64(Image.ST + 16 * n, true);
    stack.setPhysical(stack.physical(n), (high << 64n) | low);
  }
  physical.writeBytes(CODE, unit.code);
  physical.writeBytes(MEMORY, unit.memory);
  state.setGpr(0, unit.rax);
  state.rflags = unit.rflags;
  state.rip = BigInt(CODE);
  const stop = cpu.run(1);
  return {
    rax: state.gpr(0),
    rflags: state.rflags,
    image: imageOf(stack),
    memory: physical.readBytes(MEMORY, UNIT_MEMORY_SIZE).slice(),
    signal: stop.kind === 'budget' ? 0 : FLOATING_POINT_SIGNAL,
  };
}

function imageOf(stack: RegisterStack): Uint8Array {
  const image = new Uint8Array(512);
  const view = new DataView(image.buffer);
  view.setUint16(Image.FCW, stack.control, true);
  view.setUint16(Image.FSW, stack.status, true);
  image[Image.TAGS] = stack.tags;
  for (let n = 0; n < 8; n++) {
    const value = stack.get(n);
    view.setBigUint64(Image.ST + 16 * n, BigInt.asUintN(64, value), true);
    view.setUint16(Image.ST + 16 * n + 8, Number(value >> 64n), true);
  }
  return image;
}
